#!/bin/sh
# Makes the imported lists of people and places anew. Argument: a folder that holds the unpacked packages as the scripts' docstrings name them.
set -eu
cd "$(dirname "$0")"
from=$1
python3 people_russiannames.py "$from/russiannames/russiannames" ../people/russiannames
python3 people_natasha.py "$from/natasha/natasha" ../people/natasha ../people/russiannames
python3 places_geonames.py "$from/pycities/pycities" "$from/geonames" ../places/geonames ../people/russiannames
python3 places_cldr.py "$from/cldr-localenames-full/package" "$from/cldr-dates-full/package" "$from/cldr" ../places/cldr ../places/geonames ../people
