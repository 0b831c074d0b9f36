// Compiling against a base that is open already: what names and rules added at run time need.
#ifndef ATAU_COMPILE_COMPILE_H_
#define ATAU_COMPILE_COMPILE_H_

#include <atau/compiler.h>

#include <memory>
#include <vector>

#include "bundle/bundle.h"

namespace atau::compile {

// Sections of a bundle.
inline constexpr std::string_view kMorphSection = "morph";
inline constexpr std::string_view kReadingsSection = "readings";  // stored readings of frequent forms, of the same bundle's morphology
inline constexpr std::string_view kGazetteerSection = "gazetteer";
inline constexpr std::string_view kRulesSection = "rules";
inline constexpr std::string_view kWeightsSection = "weights";
inline constexpr std::string_view kProvenanceSection = "provenance";  // TSV: file, kind, rows, checksum, source, licence
inline constexpr std::string_view kLicencesSection = "licences";      // the texts of LICENSE and ATTRIBUTION files

// As atau::Compile; `base` takes the place of options.base_bundle and may be null. Its morphology is used in place, so that a small source
// costs little.
CompileResult CompileWithBase(std::vector<Source> sources, const CompileOptions& options, std::shared_ptr<const bundle::Bundle> base);

}  // namespace atau::compile

#endif  // ATAU_COMPILE_COMPILE_H_
