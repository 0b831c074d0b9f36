// Warnings that need the morphology: names that fire alone although they are everyday words or surnames.
#ifndef ATAU_COMPILE_LINT_H_
#define ATAU_COMPILE_LINT_H_

#include <span>

#include "bundle/diagnostics.h"
#include "bundle/source.h"
#include "morph/morph.h"

namespace atau::compile {

void LintNames(std::span<const bundle::SourceFile> files, const morph::Morph& morph, bundle::Diagnostics* diagnostics);

}  // namespace atau::compile

#endif  // ATAU_COMPILE_LINT_H_
