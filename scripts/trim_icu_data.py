"""Makes a small libicudata.so beside the machine's: the same data package with nothing but what atau reads.

    scripts/trim_icu_data.py FOLDER      writes FOLDER/libicudata.so.NN

atau takes from ICU's data only the charset converters; normalisation and character properties are compiled into
libicuuc. Locales, collation, calendars, transliteration and break rules are 25 of the 30 MB. Needs icupkg and genccode
(Debian: icu-devtools, which libicu-dev brings) and a C compiler.
"""

import pathlib
import re
import subprocess
import sys

from elftools.elf.elffile import ELFFile

KEEP = re.compile(r"^(cnvalias\.icu|[^/]+\.cnv|icuver\.res|icustd\.res|root\.res|pool\.res)$")


def machine_library():
    """Where the linker of this machine finds ICU's data."""
    out = subprocess.run(["/sbin/ldconfig", "-p"], stdout=subprocess.PIPE, check=True, text=True).stdout
    found = re.findall(r"\blibicudata\.so\.(\d+)\b.* => (\S+)", out)
    if not found:
        sys.exit("trim_icu_data.py: no libicudata.so in ldconfig -p: install libicu-dev")
    version, path = max(found, key=lambda f: int(f[0]))
    return int(version), pathlib.Path(path).resolve()


def package_of(library, symbol):
    """The bytes that the symbol names."""
    with open(library, "rb") as file:
        elf = ELFFile(file)
        entry = elf.get_section_by_name(".dynsym").get_symbol_by_name(symbol)[0].entry
        section = elf.get_section(entry.st_shndx)
        file.seek(section["sh_offset"] + entry.st_value - section["sh_addr"])
        # The symbol has no size in some builds; the package begins with a table of contents that tells where it ends.
        return file.read(entry.st_size or section["sh_size"])


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, check=True, text=True).stdout


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    version, library = machine_library()
    symbol, name = f"icudt{version}_dat", f"icudt{version}l"
    # icupkg wants a package's items to be named by its file, so that old and new stand in two folders.
    (folder / "whole").mkdir(exist_ok=True)
    whole = f"whole/{name}.dat"
    (folder / whole).write_bytes(package_of(library, symbol))
    items = run("icupkg", "-l", whole, cwd=folder).split()
    drop = [item for item in items if not KEEP.match(item)]
    (folder / "drop.lst").write_text("\n".join(drop) + "\n")
    run("icupkg", "-r", "drop.lst", whole, f"{name}.dat", cwd=folder)
    run("genccode", "-a", "gcc", "-e", symbol.removesuffix("_dat"), f"{name}.dat", cwd=folder)
    assembly = folder / f"{name}_dat.S"
    so = f"libicudata.so.{version}"
    run("cc", "-shared", "-nostdlib", f"-Wl,-soname,{so}", "-Wl,-z,noexecstack", assembly.name, "-o", so, cwd=folder)
    before, after = library.stat().st_size, (folder / so).stat().st_size
    kept = len(items) - len(drop)
    print(f"trim_icu_data.py: {so}: {before / 1e6:.1f} MB became {after / 1e6:.1f} MB, {kept} items", file=sys.stderr)


if __name__ == "__main__":
    main()
