/// @file
/// atau finds people, organizations, places and programmes in Russian text, by gazetteers and rules, and says why.
///
/// @code{.cpp}
/// #include <atau/atau.h>
///
/// auto extractor = atau::Extractor::Load(atau::DefaultBundlePath());
/// if (!extractor.ok()) { std::cerr << extractor.error().ToString() << '\n'; return 1; }
///
/// auto doc = extractor->Extract("Гендиректор Роскосмоса Дмитрий Рогозин осмотрел стройку комплекса «Байтерек» на Байконуре.");
/// for (const atau::Entity& e : doc->entities)
///   std::cout << atau::TypeName(e.type) << ' ' << e.text << " = " << e.normal << '\n';
///
/// // ROLE Гендиректор = …
/// // ORGANIZATION Роскосмоса = Роскосмос …
/// // PERSON Дмитрий Рогозин = Дмитрий Рогозин
/// // PROGRAM Байтерек = Байтерек
/// // LOCATION Байконуре = Байконур
/// @endcode
///
/// An Extractor is immutable: share one between all threads, and give each thread a Scratch (Extractor::NewScratch) for speed. Spans are
/// bytes of the UTF-8 that was handed in; `code_points` counts as Python does. Nothing here throws, prints or exits: what can fail returns
/// a Result (status.h).
///
/// Own names and rules: LoadOptions::extra_sources, or compiler.h for a bundle of your own. Why a span was found, or was not:
/// Extractor::Explain. From C, or any language that speaks C: atau_c.h.
#ifndef ATAU_ATAU_H_
#define ATAU_ATAU_H_

#include <atau/compiler.h>   // IWYU pragma: export
#include <atau/document.h>   // IWYU pragma: export
#include <atau/extractor.h>  // IWYU pragma: export
#include <atau/status.h>     // IWYU pragma: export
#include <atau/types.h>      // IWYU pragma: export

/// Everything that a C++ program sees of the library. Whatever is not named in `include/atau` is no part of the contract.
namespace atau {}

#endif  // ATAU_ATAU_H_
