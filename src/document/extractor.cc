#include <atau/extractor.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "bundle/bundle.h"
#include "compile/compile.h"
#include "document/build.h"
#include "document/extract_json.h"
#include "document/pipeline.h"
#include "resolve/values.h"
#include "text/charset.h"

#ifndef ATAU_BUNDLE_PATHS
#define ATAU_BUNDLE_PATHS ""  // set by the build: colon-separated places where the bundle may be
#endif
#ifndef ATAU_VERSION
#define ATAU_VERSION "0.0.0"
#endif

namespace atau {

using document::Pipeline;
using document::PipelineScratch;

class Extractor::Impl {
 public:
  // An extractor over a main bundle that is open already, and what the options add to it.
  static Result<Extractor> Make(std::shared_ptr<const bundle::Bundle> main, const LoadOptions& options);

  std::shared_ptr<const Pipeline> pipeline;
  std::uint64_t fingerprint = 0;
};

namespace {

constexpr std::size_t kLargestText = text::CleanText::kMaxBytes;

Result<std::shared_ptr<const Pipeline>> OpenAll(std::shared_ptr<const bundle::Bundle> main, const LoadOptions& options,
                                                std::uint64_t* fingerprint) {
  std::vector<std::shared_ptr<const bundle::Bundle>> bundles = {std::move(main)};
  for (const std::string& path : options.extra_bundles) {
    auto b = bundle::Bundle::Open(path);
    if (!b.ok()) return b.error();
    bundles.push_back(b.value());
  }
  for (const std::string& bytes : options.extra_bundle_bytes) {
    auto b = bundle::Bundle::FromBytes(bytes, "extra bundle in memory");
    if (!b.ok()) return b.error();
    bundles.push_back(b.value());
  }
  if (!options.extra_sources.empty()) {
    auto compiled = compile::CompileWithBase(options.extra_sources, CompileOptions{}, bundles[0]);
    if (!compiled.ok) {
      Error error{Code::kSyntax, {}, {}, 0, 0, {}};
      for (const Diagnostic& d : compiled.diagnostics) {
        if (d.severity != Diagnostic::Severity::kError) continue;
        if (error.message.empty()) {
          error = {Code::kSyntax, d.message, d.file, d.line, d.column, d.hint};
        } else {
          error.message += "\n" + d.ToString();
        }
      }
      return error;
    }
    auto b = bundle::Bundle::FromBytes(std::move(compiled.bundle), "extra sources");
    if (!b.ok()) return b.error();
    bundles.push_back(b.value());
  }
  *fingerprint = 0;
  for (const auto& b : bundles) {
    if (options.verify) {
      if (const Status s = b->Verify(); !s.ok()) return s.error();
    }
    *fingerprint = *fingerprint * 0x9E3779B97F4A7C15ull + b->fingerprint();
  }
  return Pipeline::Open(std::move(bundles));
}

Result<text::CleanOptions> ToCleanOptions(const ExtractOptions& options) {
  text::CleanOptions clean;
  clean.html = options.html;
  for (const std::string& name : options.keep) {
    int kind = -1;
    std::string known;
    for (int k = 0; k < text::kRepairKinds; ++k) {
      const std::string_view repair = text::RepairName(static_cast<text::RepairKind>(k));
      known += (known.empty() ? "" : ", ") + std::string(repair);
      if (repair == name) kind = k;
    }
    if (kind < 0) return Error{Code::kInvalidArgument, "there is no repair \"" + name + "\"", {}, 0, 0, "repairs are " + known};
    clean.disabled |= 1u << kind;
  }
  if (!options.date.empty() && !resolve::ParseDay(options.date)) {
    return Error{Code::kInvalidArgument, "\"" + options.date + "\" is no date", {}, 0, 0, "write it as 2021-03-01"};
  }
  return clean;
}

// A scratch made by the caller, or one for this call.
class Borrowed {
 public:
  Borrowed(const Pipeline& pipeline, Scratch* scratch) : scratch_(static_cast<PipelineScratch*>(scratch)) {
    if (scratch_ == nullptr) own_ = pipeline.NewScratch(), scratch_ = own_.get();
  }
  PipelineScratch* get() { return scratch_; }

 private:
  std::unique_ptr<PipelineScratch> own_;
  PipelineScratch* scratch_;
};

Status CheckKinds(const Pipeline& p, const ExtractOptions& options) {
  for (const std::string& kind : options.without) {
    if (!p.HasKind(kind)) {
      return Error{
          Code::kInvalidArgument, "there is no kind \"" + kind + "\"", {}, 0, 0, "kinds are what entities have: city, street, company, …"};
    }
  }
  return {};
}

// The mentions of a text, into the scratch. `all`: hopeless candidates are to be summed too.
Status FindMentions(const Pipeline& p, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch, bool all = false) {
  if (text.size() > kLargestText) return Error{Code::kTooLarge, "the text has more than 1 GiB", {}, 0, 0, "split it into documents"};
  const auto clean = ToCleanOptions(options);
  if (!clean.ok()) return clean.error();
  if (Status kinds = CheckKinds(p, options); !kinds.ok()) return kinds;
  p.Analyze(text, clean.value(), scratch);
  p.Resolve(scratch, all);
  if (options.places_apart) p.PlacesApart(scratch);
  return {};
}

std::string Number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.2f", x);
  return text;
}

// The type that a piece of evidence names: that of the class word beside a span («head_before=org_head:company») or of the dictionary entry
// («gazetteer=ORGANIZATION.alone»); kNone for all other evidence.
Type NamedType(std::string_view evidence, std::string_view value) {
  const std::string_view first = value.substr(0, value.find_first_of(".:"));
  constexpr std::pair<std::string_view, Type> kHeads[] = {
      {"org_head", Type::kOrganization}, {"place_head", Type::kLocation}, {"program_head", Type::kProgram}};
  for (const auto& [head, type] : kHeads) {
    if (evidence.starts_with("head_") && first == head) return type;
  }
  for (const Type type : resolve::kCompeting) {
    if (first == TypeName(type)) return type;
  }
  return Type::kNone;
}

}  // namespace

Extractor::Extractor(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Extractor> Extractor::Impl::Make(std::shared_ptr<const bundle::Bundle> main, const LoadOptions& options) {
  auto impl = std::make_shared<Impl>();
  auto pipeline = OpenAll(std::move(main), options, &impl->fingerprint);
  if (!pipeline.ok()) return pipeline.error();
  impl->pipeline = pipeline.value();
  return Extractor(std::move(impl));
}

Result<Extractor> Extractor::Load(const std::string& path, const LoadOptions& options) {
  if (path.empty()) {
    return Error{Code::kNotFound,
                 "no bundle was named, and none is installed",
                 {},
                 0,
                 0,
                 "make one with `atau compile dictionaries -o atau.bundle`, or set ATAU_BUNDLE to its path"};
  }
  auto b = bundle::Bundle::Open(path);
  if (!b.ok()) return b.error();
  return Impl::Make(b.value(), options);
}

Result<Extractor> Extractor::FromBytes(std::string bytes, const LoadOptions& options) {
  auto b = bundle::Bundle::FromBytes(std::move(bytes), "bundle in memory");
  if (!b.ok()) return b.error();
  return Impl::Make(b.value(), options);
}

std::unique_ptr<Scratch> Extractor::NewScratch() const { return impl_->pipeline->NewScratch(); }

std::uint64_t Extractor::fingerprint() const { return impl_->fingerprint; }

Result<Document> Extractor::Extract(std::string_view text, const ExtractOptions& options, Scratch* scratch) const {
  const Pipeline& p = *impl_->pipeline;
  Borrowed s(p, scratch);
  if (Status done = FindMentions(p, text, options, s.get()); !done.ok()) return done.error();
  Document document;
  document::BuildDocument(p, text, options, s.get(), &document);
  return document;
}

Status document::ExtractJson(std::string_view text, const ExtractOptions& options, Scratch* scratch, std::string_view id,
                             text::Buffer* out) {
  auto* const s = static_cast<PipelineScratch*>(scratch);  // every scratch is one
  if (Status done = FindMentions(*s->pipeline, text, options, s); !done.ok()) return done;
  AppendJson(BuildDraft(*s->pipeline, text, options, s), id, out);
  return {};
}

Result<Explanation> Extractor::Explain(std::string_view text, Span bytes, const ExtractOptions& options, Scratch* scratch) const {
  if (bytes.start >= bytes.end || bytes.end > text.size()) {
    return Error{Code::kInvalidArgument,
                 "the span " + std::to_string(bytes.start) + ".." + std::to_string(bytes.end) + " is not inside the text",
                 {},
                 0,
                 0,
                 "the text has " + std::to_string(text.size()) + " bytes, and a span is half-open"};
  }
  const Pipeline& p = *impl_->pipeline;
  Borrowed borrowed(p, scratch);
  PipelineScratch& s = *borrowed.get();
  if (Status done = FindMentions(p, text, options, &s, true); !done.ok()) return done.error();
  const resolve::Analysis& a = s.analysis;

  Explanation out;
  out.span = bytes;
  const std::size_t clean_begin = s.clean.CleanOffset(bytes.start), clean_end = s.clean.CleanOffset(bytes.end);
  std::uint32_t begin = 0;
  while (begin < a.tokens.size() && a.tokens[begin].end <= clean_begin) ++begin;
  std::uint32_t end = begin;
  while (end < a.tokens.size() && a.tokens[end].begin < clean_end) ++end;
  if (begin == end) {
    out.notes.push_back("the span holds blanks only");
    return out;
  }
  const auto read = [&](const resolve::Candidate& c, int type, float score, bool chosen) {
    Reading r;
    r.span = {s.clean.OriginalBegin(a.tokens[c.begin].begin), s.clean.OriginalEnd(a.tokens[c.end - 1].end)};
    r.type = resolve::kCompeting[static_cast<std::size_t>(type)];
    r.score = static_cast<double>(score);
    r.chosen = chosen;
    for (const resolve::Contribution& x : p.model().Explain(a, s.cats, c, type, &s.memory)) {
      Reason reason;
      reason.evidence = std::string(resolve::TemplateName(x.t)) + "=" + x.value;
      reason.place = x.place;
      reason.weight = static_cast<double>(x.weight);
      if (x.t == resolve::kRule) {
        for (std::uint32_t i = 0; i < p.rules().size(); ++i) {
          const rules::RuleInfo& info = p.rules().rule(i);
          if (info.name != x.value) continue;
          reason.source = std::string(info.file) + ":" + std::to_string(info.line);
          reason.type = info.type;
        }
      } else {
        reason.type = NamedType(resolve::TemplateName(x.t), x.value);
      }
      r.reasons.push_back(std::move(reason));
    }
    return r;
  };
  const auto chosen_at = [&](std::uint32_t b, std::uint32_t e, int type) {
    return std::any_of(s.mentions.begin(), s.mentions.end(),
                       [&](const resolve::Mention& m) { return m.begin == b && m.end == e && m.type == type; });
  };
  for (std::size_t k = 0; k < s.candidates.size(); ++k) {
    const resolve::Candidate& c = s.candidates[k];
    const bool exact = c.begin == begin && c.end == end;
    const bool overlaps = c.begin < end && begin < c.end;
    if (!overlaps) continue;
    for (int t = 0; t < resolve::kTypes; ++t) {
      if ((c.types >> t & 1) == 0) continue;
      const bool chosen = chosen_at(c.begin, c.end, t);
      if (exact) out.readings.push_back(read(c, t, s.scores[k][static_cast<std::size_t>(t)], chosen));
      if (!exact && chosen) out.rivals.push_back(read(c, t, s.scores[k][static_cast<std::size_t>(t)], true));
    }
  }
  std::stable_sort(out.readings.begin(), out.readings.end(), [](const Reading& x, const Reading& y) { return x.score > y.score; });

  // What the rooms saw.
  for (const text::Change& c : s.clean.changes()) {
    if (c.begin < bytes.end && bytes.start < c.end) out.notes.push_back("repaired: " + std::string(text::RepairName(c.kind)));
  }
  if (out.readings.empty())
    out.notes.push_back("the span was never a candidate: no run of capitalised words, head, quotes, entry or rule proposes it");
  for (std::uint32_t i = begin; i < end; ++i) {
    const morph::Form& f = a.FormOf(i);
    std::string note = "word " + std::string(f.surface) + " [" + std::string(resolve::CatName(s.cats[i])) + "]";
    for (const morph::Reading& r : a.forms->ReadingsOf(f)) {
      if (r.tag == 0) continue;
      note += " " + p.morph().Lemma(r, f.folded) + ":" + p.morph().TagString(r) + (r.origin == morph::Origin::kGuess ? "?" : "") + ";";
    }
    out.notes.push_back(std::move(note));
  }
  for (const gazetteer::Match& m : a.matches) {
    if (m.begin >= end || begin >= m.end) continue;
    const gazetteer::Entry e = a.gazetteer->entry(m.entry);
    out.notes.push_back("entry " + std::string(e.cls) + (e.kind.empty() ? "" : ":" + std::string(e.kind)) + " " + std::string(e.id) +
                        " at «" + std::string(a.TextOf(m.begin, m.end)) + "»" +
                        ((m.flags & gazetteer::kSupport) != 0 ? " (needs support)" : ""));
  }
  for (const rules::Hit& h : a.hits.hits) {
    if (h.begin >= end || begin >= h.end) continue;
    const rules::RuleInfo& info = p.rules().rule(h.rule);
    out.notes.push_back("rule " + std::string(info.name) + " " + std::string(TypeName(info.type)) + " " +
                        Number(static_cast<double>(info.weight)) + " at «" + std::string(a.TextOf(h.begin, h.end)) + "» (" +
                        std::string(info.file) + ":" + std::to_string(info.line) + ")");
  }
  return out;
}

std::string Explanation::ToText() const {
  constexpr std::size_t kReasons = 12;
  std::string out;
  const auto add = [&out](const char* title, const Reading& r) {
    out += std::string(title) + " " + std::string(TypeName(r.type)) + " " + std::to_string(r.span.start) + ".." +
           std::to_string(r.span.end) + " score " + Number(r.score) + (r.chosen ? " (chosen)" : "") + "\n";
    for (std::size_t i = 0; i < r.reasons.size() && i < kReasons; ++i) {
      const Reason& reason = r.reasons[i];
      out += "  " + Number(reason.weight) + "  " + reason.evidence + " @" + reason.place +
             (reason.source.empty() ? "" : "  " + reason.source) + "\n";
    }
    if (r.reasons.size() > kReasons) {
      double rest = 0;
      for (std::size_t i = kReasons; i < r.reasons.size(); ++i) rest += r.reasons[i].weight;
      out += "  " + Number(rest) + "  " + std::to_string(r.reasons.size() - kReasons) + " smaller pieces\n";
    }
  };
  for (const Reading& r : readings) add("reading", r);
  for (const Reading& r : rivals) add("rival", r);
  for (const std::string& note : notes) out += "note " + note + "\n";
  return out;
}

Result<std::string> DecodeBytes(std::string_view bytes, std::string_view charset) { return text::ToUtf8(bytes, charset); }

std::string DefaultBundlePath() {
  if (const char* named = std::getenv("ATAU_BUNDLE"); named != nullptr && *named != '\0') return named;
  std::string_view paths = ATAU_BUNDLE_PATHS;
  while (!paths.empty()) {
    const std::size_t colon = paths.find(':');
    std::string path(paths.substr(0, colon));
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return path;
    paths = colon == std::string_view::npos ? std::string_view() : paths.substr(colon + 1);
  }
  return {};
}

std::string_view Version() { return ATAU_VERSION; }

}  // namespace atau
