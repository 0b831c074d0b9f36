// atau-train: learns the weight table from annotated texts.
//
// A conditional model over the very candidates and the cover search that the extractor uses: the probability of a cover is the exponential
// of its score, divided by that of all covers (computed by the forward-backward recursion over candidates). Follow-the-regularised-leader
// with an L1 penalty keeps few weights. Each corpus may have its own copy of every weight, added to a shared one, so that differences of
// annotation schemes do not fight (Daumé's augmentation); `mix` says how much of each copy is written.
#include <atau/status.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <unordered_map>

#include "document/pipeline.h"
#include "morph/letters.h"
#include "resolve/model.h"
#include "rules/examples.h"
#include "text/utf8.h"

namespace atau::train {
namespace {

using namespace resolve;

using Shares = std::array<float, kTypes>;  // how much of a scheme's own copy counts, by type
using Mix = std::map<std::string, double>;

struct Gold {
  std::uint32_t begin, end;  // tokens
  int type;
};

struct Doc {
  std::string id, text;
  int scheme = 0;
  int number = 0;                                    // of the text in its corpus: copies in one letter case have their text's number
  bool programs = false;                             // PROGRAM is annotated
  bool adapt = false;                                // its gold is brought nearer to our own definition
  const std::set<std::string>* leave_out = nullptr;  // types of its nested annotation that say nothing about places
  bool one_case = false;
  bool learn = true;  // a training text; not one for measuring
  std::size_t tokens = 0;
  std::vector<std::uint32_t> form;                       // by token: index of the form's list of blocks
  std::vector<std::vector<std::uint32_t>> token_blocks;  // by token, without memory
  std::vector<std::vector<std::uint32_t>> memory_blocks;
  std::vector<Candidate> candidates;
  std::vector<std::vector<std::uint32_t>> span_blocks, span_memory_blocks;
  std::vector<int> gold_of;  // by candidate: its gold type or -1
  std::vector<Gold> gold;    // what is learned
  std::vector<Gold> scored;  // what the corpus says, for scoring
  std::vector<Gold> ignore;
  std::vector<std::uint8_t> active;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> bytes;  // of the tokens, in `clean`
  std::string clean;
  std::size_t lost = 0;  // gold mentions that are no candidates
};

struct Options {
  std::string bundle, out;
  std::vector<std::pair<std::string, std::string>> data;  // scheme, path
  std::vector<std::string> eval;
  int epochs = 12, folds = 0, jackknife = 3, min_count = 3, one_case = 0, orders = 1;
  double alpha = 0.15, l1 = 0.6, l2 = 0.5, scheme_l1 = 1.5, span_l1 = 1, place_l1 = 1;
  double rule_prior = 0;  // how much of the weight in a rule's file is taken for granted: the penalties draw towards it, not towards nought
  std::set<std::string> adapt;                             // schemes whose gold is brought nearer to our own definition
  std::map<std::string, std::set<std::string>> leave_out;  // by scheme: nested types that say nothing about places
  Mix mix;                                                 // by scheme, or by scheme and type ("nerel.ORGANIZATION")
  std::vector<Mix> sweep;                                  // further mixes that are only measured
  bool quiet = false;
  std::string errors;  // a type whose errors on the evaluation texts are printed
};

// Blocks of parameters: word evidence has kBlock numbers, candidate evidence kTypes.
class Blocks {
 public:
  std::uint32_t Of(Template t, std::uint64_t value_key, const std::string& name, bool span) {
    const std::uint64_t key = EvidenceKey(t, value_key);
    const auto [it, fresh] = index_.try_emplace(key, static_cast<std::uint32_t>(names_.size()));
    if (fresh) {
      names_.push_back(std::string(TemplateName(t)) + "=" + name);
      span_.push_back(span);
      count_.push_back(0);
    }
    return it->second;
  }
  std::size_t size() const { return names_.size(); }
  const std::string& NameOf(std::uint32_t b) const { return names_[b]; }
  bool IsSpan(std::uint32_t b) const { return span_[b] != 0; }
  std::vector<std::uint32_t>& counts() { return count_; }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> index_;
  std::vector<std::string> names_;
  std::vector<std::uint8_t> span_;
  std::vector<std::uint32_t> count_;
};

class Corpus {
 public:
  // `one_case`: every so many training texts are read in capitals and in small letters too (0: none).
  Corpus(std::shared_ptr<const document::Pipeline> pipeline, int one_case)
      : pipeline_(std::move(pipeline)), scratch_(pipeline_->NewScratch()), one_case_(one_case) {}

  void Read(const std::string& path, int scheme, bool programs, bool learn, bool adapt, const std::set<std::string>* leave_out,
            std::vector<Doc>* docs) {
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    const bool marked = path.ends_with(".txt");
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (marked && (line.empty() || line.starts_with("# "))) continue;
      const auto j = marked ? FromMarked(line, path + ":" + std::to_string(number)) : nlohmann::json::parse(line);
      Doc d;
      d.id = j.value("id", "");
      d.text = j.at("text").get<std::string>();
      d.scheme = scheme;
      d.number = number;
      d.programs = programs;
      d.learn = learn;
      d.adapt = adapt;
      d.leave_out = leave_out;
      // Some texts are read once more in capitals and once more in small letters, so that the evidence that does not look at letter case is
      // learned too.
      if (learn && one_case_ > 0 && number % one_case_ == 0 && d.text.size() > 200) {
        for (const bool upper : {true, false}) {
          Doc copy = d;
          copy.one_case = true;
          copy.text = InOneCase(d.text, upper);
          Add(j, &copy);
          docs->push_back(std::move(copy));
        }
      }
      Add(j, &d);
      docs->push_back(std::move(d));
    }
  }

  // The memory's evidence of the second look, after a first look that found `mentions`.
  void Remember(Doc* d, const std::vector<Mention>& mentions) {
    Prepare(*d);
    const Analysis& a = scratch_->analysis;
    Memory memory;
    memory.Learn(a, mentions);
    const Evidence& e = pipeline_->model().evidence();
    d->memory_blocks.assign(d->tokens, {});
    std::vector<EvidenceId> ids;
    for (std::size_t i = 0; i < d->tokens; ++i) {
      if (d->active[i + 2] == 0) continue;
      ids.clear();
      e.Remembered(a, i, memory, &ids);
      for (const EvidenceId id : ids) d->memory_blocks[i].push_back(BlockOf(id, false));
    }
    d->span_memory_blocks.assign(d->candidates.size(), {});
    for (std::size_t k = 0; k < d->candidates.size(); ++k) {
      ids.clear();
      e.Remembered(a, d->candidates[k], memory, &ids);
      for (const EvidenceId id : ids) d->span_memory_blocks[k].push_back(BlockOf(id, true));
    }
  }

  // What the files of rules say that each rule weighs, by the name of its evidence.
  std::map<std::string, Scores> RuleWeights() const {
    std::map<std::string, Scores> out;
    const rules::RuleSet& rules = pipeline_->rules();
    for (std::uint32_t r = 0; r < rules.size(); ++r) {
      const rules::RuleInfo& info = rules.rule(r);
      Scores weights{};
      for (std::size_t t = 0; t < kTypes; ++t) {
        if (info.type == kCompeting[t] || (info.vetoes >> static_cast<unsigned>(kCompeting[t]) & 1u) != 0) weights[t] = info.weight;
      }
      out.emplace(std::string(TemplateName(kRule)) + "=" + std::string(info.name), weights);
    }
    return out;
  }

  Blocks blocks;
  std::vector<std::vector<std::uint32_t>> form_blocks;

 private:
  // A line of marked text: «[Аскар Мамин]PERSON приехал», with `\\n` for a line break.
  static nlohmann::json FromMarked(std::string line, const std::string& where) {
    for (std::size_t at = line.find("\\n"); at != std::string::npos; at = line.find("\\n", at)) line.replace(at, 2, "\n");
    const rules::MarkedText marked = rules::ParseMarked(line);
    if (!marked.error.empty()) throw std::runtime_error(where + ": " + marked.error);
    const auto points = [&marked](std::size_t byte) {
      return std::count_if(marked.text.begin(), marked.text.begin() + static_cast<std::ptrdiff_t>(byte),
                           [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    };
    nlohmann::json j = {{"id", where}, {"text", marked.text}, {"entities", nlohmann::json::array()}};
    for (const auto& m : marked.marks) {
      if (m.type == Type::kNone) throw std::runtime_error(where + ": a mark has no type");
      j["entities"].push_back({{"start", points(m.begin)}, {"end", points(m.end)}, {"type", std::string(TypeName(m.type))}});
    }
    return j;
  }

  static std::string InOneCase(const std::string& text, bool upper) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t size = 0;
      const char32_t c = text::Decode(text.data() + i, text.data() + text.size(), &size);
      const char32_t turned = upper ? morph::ToUpper(c) : morph::ToLower(c);
      text::Append(turned, &out);
      i += size;
    }
    return out;
  }

  // Quotes and brackets at the edges belong to a mention only where both of a pair stand inside of it.
  static void Balance(const Analysis& a, Gold* g) {
    const auto edge = [&a](std::uint32_t i) {
      const token::Token& t = a.tokens[i];
      return t.kind == token::Kind::kQuote || t.Has(token::Flag::kOpens | token::Flag::kCloses);
    };
    const auto paired_inside = [&](std::uint32_t i) {
      return a.tokens[i].pair >= static_cast<std::int32_t>(g->begin) && a.tokens[i].pair < static_cast<std::int32_t>(g->end);
    };
    const auto around = [&] {
      return g->end - g->begin >= 2 && edge(g->begin) && a.tokens[g->begin].pair + 1 == static_cast<std::int32_t>(g->end);
    };
    while (g->begin < g->end && edge(g->begin) && (!paired_inside(g->begin) || around())) g->end -= around() ? 1 : 0, ++g->begin;
    while (g->begin < g->end && edge(g->end - 1) && !paired_inside(g->end - 1)) --g->end;
    if (g->end < a.tokens.size() && a.tokens[g->end].Has(token::Flag::kCloses) && a.tokens[g->end].kind == token::Kind::kQuote &&
        a.tokens[g->end].pair > static_cast<std::int32_t>(g->begin) && a.tokens[g->end].pair < static_cast<std::int32_t>(g->end)) {
      ++g->end;
    }
  }

  // Brings gold that ends a body's name before its country nearer to our own definition: «[Министерство юстиции] [КНР]» becomes one body.
  // Where such a phrase is no body at all in that corpus («правительство [Киргизии]»), it teaches nothing.
  static void Adapt(const Analysis& a, Doc* d) {
    constexpr int kBody = 1, kPlace = 2;
    const auto may_follow = [&a](std::uint32_t i) {
      if (i >= a.tokens.size() || a.tokens[i].kind != token::Kind::kWord || a.tokens[i].Has(token::Flag::kBlockStart)) return false;
      const morph::Form& f = a.FormOf(i);
      return !f.known || (f.any & morph::kgent) != 0;
    };
    for (Gold& g : d->gold) {
      if (g.type != kBody || !may_follow(g.end)) continue;
      for (const Gold& l : d->gold) {
        if (l.type == kPlace && l.begin == g.end) {
          g.end = l.end;
          break;
        }
      }
    }
    std::vector<Gold> undecided;
    for (const Gold& l : d->gold) {
      Chains::Chain chain;
      if (l.type != kPlace || !may_follow(l.begin) || !a.chains.Around(a, l.begin, &chain)) continue;
      if (!a.gazetteer->KindName(chain.kind).starts_with("org_head:")) continue;
      const auto head = static_cast<std::uint32_t>(a.chains.HeadAround(l.begin));
      const auto taken = [&](const Gold& g) { return g.type == kBody && g.begin < l.end && head < g.end; };
      if (std::none_of(d->gold.begin(), d->gold.end(), taken)) undecided.push_back({head, l.end, kBody});
    }
    const auto inside = [](const std::vector<Gold>& list, std::uint32_t begin, std::uint32_t end, int type) {
      return std::any_of(list.begin(), list.end(), [=](const Gold& g) { return begin < g.end && g.begin < end && g.type == type; });
    };
    std::vector<Gold> bodies;
    std::copy_if(d->gold.begin(), d->gold.end(), std::back_inserter(bodies), [](const Gold& g) { return g.type == kBody; });
    std::erase_if(d->gold, [&](const Gold& g) {
      return g.type == kPlace && (inside(bodies, g.begin, g.end, kBody) || inside(undecided, g.begin, g.end, kBody));
    });
    std::erase_if(d->candidates, [&](const Candidate& c) { return inside(undecided, c.begin, c.end, kBody); });
  }

  void Prepare(const Doc& d) { pipeline_->Analyze(d.text, {}, scratch_.get()); }

  std::uint32_t BlockOf(EvidenceId id, bool span) {
    const Evidence& e = pipeline_->model().evidence();
    if (dense_.size() < e.size()) dense_.resize(e.size(), ~0u);
    std::uint32_t& b = dense_[id];
    if (b == ~0u) b = blocks.Of(e.TemplateOf(id), ValueKey(e.ValueOf(id)), e.ValueOf(id), span);
    return b;
  }

  void Add(const nlohmann::json& j, Doc* d) {
    Prepare(*d);
    const Analysis& a = scratch_->analysis;
    const auto& cats = scratch_->cats;
    d->tokens = a.tokens.size();
    d->clean = std::string(a.clean);
    for (const token::Token& t : a.tokens) d->bytes.emplace_back(t.begin, t.end);
    d->candidates = scratch_->candidates;
    // Code points of the original to tokens of the clean view.
    std::vector<std::size_t> bytes{};
    for (std::size_t i = 0; i <= d->text.size(); ++i) {
      if (i == d->text.size() || (static_cast<unsigned char>(d->text[i]) & 0xC0) != 0x80) bytes.push_back(i);
    }
    const auto spans = [&](const char* key, const std::set<std::string>* left_out, std::vector<Gold>* out) {
      if (!j.contains(key)) return;
      for (const auto& e : j.at(key)) {
        const auto name = e.at("type").get<std::string>();
        const int type = left_out == nullptr ? IndexOf(TypeByName(name)) : left_out->contains(name) ? IndexOf(Type::kLocation) : -1;
        if (type < 0) continue;
        const std::size_t b = scratch_->clean.CleanOffset(bytes[e.at("start").get<std::size_t>()]);
        const std::size_t f = scratch_->clean.CleanOffset(bytes[e.at("end").get<std::size_t>()]);
        Gold g{0, 0, type};
        std::size_t i = 0;
        while (i < a.tokens.size() && a.tokens[i].end <= b) ++i;
        g.begin = static_cast<std::uint32_t>(i);
        while (i < a.tokens.size() && a.tokens[i].begin < f) ++i;
        g.end = static_cast<std::uint32_t>(i);
        Balance(a, &g);
        if (g.begin < g.end) out->push_back(g);
      }
    };
    spans("entities", nullptr, &d->gold);
    spans("ignore", nullptr, &d->ignore);
    if (d->learn && d->leave_out != nullptr) spans("nested", d->leave_out, &d->ignore);
    if (!d->programs) std::erase_if(d->gold, [](const Gold& g) { return g.type == 3; });
    d->scored = d->gold;
    if (d->learn && d->adapt) Adapt(a, d);
    // Where PROGRAM is not annotated, what looks like one may be one; all else shows what is none.
    if (!d->programs && d->learn) {
      std::vector<std::uint8_t> maybe(d->tokens + 1, 0);
      for (std::size_t m = 0; m < a.matches.size(); ++m) {
        if (a.placed[m].type == 3) std::fill(maybe.begin() + a.matches[m].begin, maybe.begin() + a.matches[m].end, std::uint8_t{1});
      }
      for (const rules::Hit& h : a.hits.hits) {
        if (pipeline_->rules().rule(h.rule).type == Type::kProgram)
          std::fill(maybe.begin() + h.begin, maybe.begin() + h.end, std::uint8_t{1});
      }
      for (Candidate& c : d->candidates) {
        if (std::find(maybe.begin() + c.begin, maybe.begin() + c.end, 1) != maybe.begin() + c.end) c.types &= 7;
      }
      std::erase_if(d->candidates, [](const Candidate& c) { return c.types == 0; });
    }
    // Debatable mentions say nothing either way: no learning from candidates inside them.
    if (d->learn) {
      for (Candidate& c : d->candidates) {
        if (std::any_of(d->gold.begin(), d->gold.end(), [&c](const Gold& g) { return g.begin == c.begin && g.end == c.end; })) continue;
        for (const Gold& g : d->ignore) {
          if (c.begin >= g.begin && c.end <= g.end) c.types &= static_cast<std::uint8_t>(~(1u << g.type));
        }
      }
      std::erase_if(d->candidates, [](const Candidate& c) { return c.types == 0; });
    }
    d->gold_of.assign(d->candidates.size(), -1);
    for (const Gold& g : d->gold) {
      bool found = false;
      for (std::size_t k = 0; k < d->candidates.size(); ++k) {
        const Candidate& c = d->candidates[k];
        if (c.begin == g.begin && c.end == g.end && (c.types >> g.type & 1) != 0) d->gold_of[k] = g.type, found = true;
      }
      if (!found) {
        ++d->lost;
        if (std::getenv("ATAU_TRAIN_LOST") != nullptr)
          std::cerr << "lost " << TypeName(kCompeting[static_cast<std::size_t>(g.type)]) << '\t' << a.TextOf(g.begin, g.end) << '\n';
      }
    }
    d->active.assign(d->tokens + 4, 0);
    for (const Candidate& c : d->candidates) std::fill(d->active.begin() + c.begin, d->active.begin() + c.end + 4, std::uint8_t{1});
    const Evidence& e = pipeline_->model().evidence();
    d->form.assign(d->tokens, 0);
    d->token_blocks.resize(d->tokens);
    std::vector<EvidenceId> ids;
    for (std::size_t i = 0; i < d->tokens; ++i) {
      if (d->active[i + 2] == 0) continue;
      const std::uint64_t key = std::uint64_t{a.caseless} << 32 | InternForm(a, i);
      const auto [it, fresh] = forms_.try_emplace(key, static_cast<std::uint32_t>(form_blocks.size()));
      if (fresh) {
        form_blocks.emplace_back();
        FormEvidence of_form;
        e.OfForm(*a.forms, a.tokens[i].form, a.caseless, &of_form);
        for (const FormEvidence::Keyed& k : of_form.keyed) {
          form_blocks.back().push_back(blocks.Of(k.t, k.key, e.KeyedValue(*a.forms, a.tokens[i].form, a.caseless, k.t), false));
        }
        for (const EvidenceId id : of_form.ids) form_blocks.back().push_back(BlockOf(id, false));
      }
      d->form[i] = it->second;
      for (const std::uint32_t b : form_blocks[it->second]) ++blocks.counts()[b];
      ids.clear();
      e.OfToken(a, cats, i, &ids);
      for (const EvidenceId id : ids) d->token_blocks[i].push_back(BlockOf(id, false));
      for (const std::uint32_t b : d->token_blocks[i]) ++blocks.counts()[b];
    }
    d->span_blocks.resize(d->candidates.size());
    for (std::size_t k = 0; k < d->candidates.size(); ++k) {
      const Candidate& c = d->candidates[k];
      ids.clear();
      e.OfSpan(a, cats, c, &ids);
      for (const EvidenceId id : ids) d->span_blocks[k].push_back(BlockOf(id, true));
      const SpanKeys keys = e.OfSpanKeyed(a, cats, c);
      for (std::uint32_t i = 0; i < keys.size; ++i) {
        const Template t = keys.items[i].t;
        d->span_blocks[k].push_back(blocks.Of(t, keys.items[i].key, e.SpanKeyedValue(a, cats, c, t), true));
      }
      for (const std::uint32_t b : d->span_blocks[k]) ++blocks.counts()[b];
    }
  }

  // Form numbers that survive the clearing of the form table between documents.
  std::uint32_t InternForm(const Analysis& a, std::size_t i) {
    const auto [it, fresh] = surfaces_.try_emplace(std::string(a.FormOf(i).surface), static_cast<std::uint32_t>(surfaces_.size()));
    return it->second;
  }

  std::shared_ptr<const document::Pipeline> pipeline_;
  std::unique_ptr<document::PipelineScratch> scratch_;
  int one_case_;
  std::unordered_map<std::string, std::uint32_t> surfaces_;
  std::unordered_map<std::uint64_t, std::uint32_t> forms_;
  std::vector<std::uint32_t> dense_;
};

// Parameters of one copy (shared, or a scheme's own).
class Parameters {
 public:
  // `share`: by block, how much of the L1 penalty it bears.
  Parameters(const std::vector<std::uint32_t>& offsets, const std::vector<float>& share, std::size_t size, double alpha, double l1,
             double l2)
      : offsets_(offsets),
        share_(share),
        w(size),
        z_(size),
        n_(size),
        g_(size),
        touched_flag_(offsets.size(), 0),
        alpha_(alpha),
        l1_(l1),
        l2_(l2) {}

  // The weights that a block has where the texts say nothing else.
  void SetPrior(std::uint32_t block, const Scores& weights) {
    if (prior_.empty()) prior_.assign(w.size(), 0.0f);
    std::copy(weights.begin(), weights.end(), prior_.begin() + offsets_[block]);
    std::copy(weights.begin(), weights.end(), w.begin() + offsets_[block]);
  }

  float* GradientOf(std::uint32_t block) {
    if (touched_flag_[block] == 0) touched_flag_[block] = 1, touched_.push_back(block);
    return g_.data() + offsets_[block];
  }
  const float* WeightsOf(std::uint32_t block) const { return w.data() + offsets_[block]; }

  // One step of follow-the-regularised-leader for everything that the last document touched.
  void Step() {
    for (const std::uint32_t block : touched_) {
      touched_flag_[block] = 0;
      const std::size_t end = block + 1 < offsets_.size() ? offsets_[block + 1] : w.size();
      const float l1 = static_cast<float>(l1_) * share_[block];
      for (std::size_t i = offsets_[block]; i < end; ++i) {
        const float g = g_[i];
        if (g == 0) continue;
        g_[i] = 0;
        const float n = n_[i] + g * g;
        const float sigma = static_cast<float>((std::sqrt(n) - std::sqrt(n_[i])) / alpha_);
        const float prior = prior_.empty() ? 0.0f : prior_[i];
        z_[i] += g - sigma * (w[i] - prior);
        n_[i] = n;
        w[i] = prior +
               (std::abs(z_[i]) <= l1 ? 0.0f : -(z_[i] - (z_[i] > 0 ? l1 : -l1)) / static_cast<float>((1.0 + std::sqrt(n)) / alpha_ + l2_));
      }
    }
    touched_.clear();
  }

 private:
  const std::vector<std::uint32_t>& offsets_;
  const std::vector<float>& share_;

 public:
  std::vector<float> w;

 private:
  std::vector<float> z_, n_, g_;
  std::vector<float> prior_;  // empty: noughts
  std::vector<std::uint8_t> touched_flag_;
  std::vector<std::uint32_t> touched_;
  double alpha_, l1_, l2_;
};

class Learner {
 public:
  Learner(Corpus* corpus, const Options& o, int schemes) : corpus_(corpus), o_(o) {
    std::uint32_t at = 0;
    for (std::uint32_t b = 0; b < corpus->blocks.size(); ++b) {
      offsets_.push_back(at);
      at += corpus->blocks.IsSpan(b) ? kTypes : kBlock;
      const std::string& name = corpus->blocks.NameOf(b);
      const bool lexical =
          name.starts_with("lemma=") || name.starts_with("form=") || name.starts_with("suffix") || name.starts_with("prefix");
      share_.push_back(static_cast<float>(corpus->blocks.IsSpan(b) ? o.span_l1 : lexical ? 1.0 : o.place_l1));
    }
    copies_.emplace_back(offsets_, share_, at, o.alpha, o.l1, o.l2);
    if (o.rule_prior > 0) {
      const std::map<std::string, Scores> weights = corpus->RuleWeights();
      for (std::uint32_t b = 0; b < corpus->blocks.size(); ++b) {
        const auto it = weights.find(corpus->blocks.NameOf(b));
        if (it == weights.end()) continue;
        Scores prior = it->second;
        for (float& w : prior) w *= static_cast<float>(o.rule_prior);
        copies_[0].SetPrior(b, prior);
      }
    }
    for (int s = 0; s < schemes; ++s) copies_.emplace_back(offsets_, share_, at, o.alpha, o.l1 * o.scheme_l1, o.l2);
    mix_.assign(static_cast<std::size_t>(schemes), Shares{1, 1, 1, 0});
  }

  bool Used(std::uint32_t b) const {
    return b < offsets_.size() && b < corpus_->blocks.counts().size() &&
           corpus_->blocks.counts()[b] >= static_cast<std::uint32_t>(o_.min_count);
  }
  // How much of each scheme's own copy counts when texts of no scheme are read.
  void SetMix(std::vector<Shares> mix) { mix_ = std::move(mix); }

  // Scores of all candidates; scheme -1: the mixed weights.
  void Score(const Doc& d, int scheme, bool second, std::vector<Scores>* scores) {
    Lanes(d, scheme, second);
    scores->resize(d.candidates.size());
    std::vector<float> prefix((d.tokens + 1) * kTypes, 0.0f);
    const float* lanes = lanes_.data() + 2 * kLane;
    for (std::size_t i = 0; i < d.tokens; ++i) {
      for (std::size_t t = 0; t < kTypes; ++t) prefix[(i + 1) * kTypes + t] = prefix[i * kTypes + t] + lanes[i * kLane + t];
    }
    for (std::size_t k = 0; k < d.candidates.size(); ++k) {
      const Candidate& c = d.candidates[k];
      Scores& s = (*scores)[k];
      for (std::size_t t = 0; t < kTypes; ++t) {
        s[t] = prefix[c.end * kTypes + t] - prefix[c.begin * kTypes + t] + lanes[c.begin * kLane + kBegin * kTypes + t] +
               lanes[(c.end - 1) * kLane + kEnd * kTypes + t];
      }
      const auto add = [&](const std::vector<std::uint32_t>& list) {
        for (const std::uint32_t b : list) {
          if (!Used(b)) continue;
          ForCopies(scheme, [&](Parameters& p, const Shares& share) {
            const float* w = p.WeightsOf(b);
            for (std::size_t t = 0; t < kTypes; ++t) s[t] += share[t] * w[t];
          });
        }
      };
      add(d.span_blocks[k]);
      if (second) add(d.span_memory_blocks[k]);
      for (std::size_t t = 0; t < kTypes; ++t) {
        if ((c.types >> t & 1) == 0) s[t] = -1e30f;
      }
    }
  }

  // One gradient step on one document; returns its loss.
  double Learn(const Doc& d, bool second) {
    std::vector<Scores> scores;
    Score(d, d.scheme, second, &scores);
    // Forward and backward over positions.
    const std::size_t n = d.tokens;
    std::vector<double> alpha(n + 1, 0.0), beta(n + 1, 0.0);
    const auto log_add = [](double x, double y) {
      const double top = std::max(x, y);
      return top + std::log1p(std::exp(std::min(x, y) - top));
    };
    std::vector<double> total(scores.size());
    for (std::size_t k = 0; k < scores.size(); ++k) {
      double sum = -1e30;
      for (std::size_t t = 0; t < kTypes; ++t) {
        if (scores[k][t] > -1e29f) sum = log_add(sum, scores[k][t]);
      }
      total[k] = sum;
    }
    std::vector<double> in(n + 1, -1e30);
    alpha[0] = 0;
    std::size_t k = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (i > 0) alpha[i] = log_add(alpha[i - 1], in[i]);
      for (; k < scores.size() && d.candidates[k].begin == i; ++k)
        in[d.candidates[k].end] = log_add(in[d.candidates[k].end], alpha[i] + total[k]);
    }
    if (n > 0) alpha[n] = log_add(alpha[n - 1], in[n]);
    beta[n] = 0;
    k = scores.size();
    for (std::size_t i = n; i-- > 0;) {
      beta[i] = beta[i + 1];
      while (k > 0 && d.candidates[k - 1].begin == i) {
        --k;
        beta[i] = log_add(beta[i], total[k] + beta[d.candidates[k].end]);
      }
    }
    const double z = alpha[n];
    // Expected minus gold counts.
    std::vector<float> diff((n + 1) * kTypes, 0.0f);
    std::vector<float> grads((n + 4) * kLane, 0.0f);
    float* lanes = grads.data() + 2 * kLane;
    double loss = z;
    for (k = 0; k < scores.size(); ++k) {
      const Candidate& c = d.candidates[k];
      const double base = alpha[c.begin] + beta[c.end] - z;
      for (std::size_t t = 0; t < kTypes; ++t) {
        if (scores[k][t] < -1e29f) continue;
        double g = std::exp(base + scores[k][t]);
        if (d.gold_of[k] == static_cast<int>(t)) g -= 1, loss -= scores[k][t];
        if (std::abs(g) < 1e-4) continue;
        const float gf = static_cast<float>(g);
        diff[c.begin * kTypes + t] += gf;
        diff[c.end * kTypes + t] -= gf;
        lanes[c.begin * kLane + kBegin * kTypes + t] += gf;
        lanes[(c.end - 1) * kLane + kEnd * kTypes + t] += gf;
        const auto back = [&](const std::vector<std::uint32_t>& list) {
          for (const std::uint32_t b : list) {
            if (!Used(b)) continue;
            copies_[0].GradientOf(b)[t] += gf;
            copies_[static_cast<std::size_t>(d.scheme) + 1].GradientOf(b)[t] += gf;
          }
        };
        back(d.span_blocks[k]);
        if (second) back(d.span_memory_blocks[k]);
      }
    }
    std::array<float, kTypes> run{};
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t t = 0; t < kTypes; ++t) {
        run[t] += diff[i * kTypes + t];
        if (std::abs(run[t]) > 1e-5f) lanes[i * kLane + t] = run[t];
      }
    }
    // A document of hundreds of words is one step: its gradients are summed.
    for (std::size_t m = 0; m < n; ++m) {
      if (d.active[m + 2] == 0) continue;
      const float* around = grads.data() + m * kLane;
      bool any = false;
      for (int x = 0; x < kBlock; ++x) any = any || around[x] != 0;
      if (!any) continue;
      float block[kBlock];
      for (int off = 0; off < kOffsets; ++off) {
        for (int x = 0; x < kLane; ++x) block[off * kLane + x] = around[(4 - off) * kLane + x];
      }
      const auto back = [&](const std::vector<std::uint32_t>& list) {
        for (const std::uint32_t b : list) {
          if (!Used(b)) continue;
          float* g0 = copies_[0].GradientOf(b);
          float* g1 = copies_[static_cast<std::size_t>(d.scheme) + 1].GradientOf(b);
          for (int x = 0; x < kBlock; ++x) g0[x] += block[x], g1[x] += block[x];
        }
      };
      back(corpus_->form_blocks[d.form[m]]);
      back(d.token_blocks[m]);
      if (second) back(d.memory_blocks[m]);
    }
    for (Parameters& p : copies_) p.Step();
    return loss;
  }

  // `seed`: the order in which the texts are learned.
  void Train(const std::vector<const Doc*>& docs, bool second, int epochs, bool quiet, std::uint32_t seed = 7) {
    std::vector<const Doc*> order = docs;
    std::mt19937 random(seed);
    for (int e = 0; e < epochs; ++e) {
      std::shuffle(order.begin(), order.end(), random);
      double loss = 0;
      for (const Doc* d : order) {
        if (second && e % 3 == 2) loss += Learn(*d, false);  // the first look needs the same weights to work without memory
        loss += Learn(*d, second);
      }
      if (!quiet) std::fprintf(stderr, "  epoch %d loss %.1f weights %zu\n", e + 1, loss, Count());
    }
  }

  // Learns the texts in several orders, side by side, and keeps the means of the weights: what hangs on the order alone falls out.
  void TrainInOrders(const std::vector<const Doc*>& docs, int epochs, bool quiet) {
    std::vector<Learner> others;
    for (int i = 1; i < o_.orders; ++i) others.push_back(*this);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < others.size(); ++i) {
      threads.emplace_back([&, i] { others[i].Train(docs, true, epochs, true, static_cast<std::uint32_t>(8 + i)); });
    }
    Train(docs, true, epochs, quiet);
    for (std::thread& t : threads) t.join();
    for (std::size_t c = 0; c < copies_.size(); ++c) {
      for (std::size_t i = 0; i < copies_[c].w.size(); ++i) {
        for (const Learner& other : others) copies_[c].w[i] += other.copies_[c].w[i];
        copies_[c].w[i] /= static_cast<float>(o_.orders);
      }
    }
  }

  std::vector<Mention> Find(const Doc& d, bool second) {
    std::vector<Scores> scores;
    std::vector<Mention> out;
    Score(d, -1, second, &scores);
    BestCover(d.tokens, d.candidates, scores, &out);
    return out;
  }

  std::size_t Count() const {
    std::size_t n = 0;
    for (const Parameters& p : copies_)
      n += static_cast<std::size_t>(std::count_if(p.w.begin(), p.w.end(), [](float w) { return w != 0; }));
    return n;
  }

  // Rows of the table: evidence, place, type, weight of the mixed weights, heavy enough to matter.
  // `trained`: how many of the types (in their order) the texts have.
  std::vector<std::string> Rows(double least, int trained) {
    std::vector<std::string> rows;
    for (std::uint32_t b = 0; b < corpus_->blocks.size(); ++b) {
      if (!Used(b)) continue;
      const bool span = corpus_->blocks.IsSpan(b);
      for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(span ? kTypes : kBlock); ++x) {
        double w = 0;
        ForCopies(-1, [&](Parameters& p, const Shares& share) {
          w += static_cast<double>(share[x % kTypes]) * static_cast<double>(p.WeightsOf(b)[x]);
        });
        // What has a default must be overruled even by a zero.
        if (std::abs(w) < least && !(span && x < static_cast<std::uint32_t>(trained) && HasDefault(corpus_->blocks.NameOf(b)))) continue;
        const std::uint32_t slot = span ? kSpanSlot + x : x;
        char number[32];
        std::snprintf(number, sizeof number, "%.2f", w);
        rows.push_back(corpus_->blocks.NameOf(b) + "\t" + PlaceName(slot) + "\t" + std::string(SlotType(slot)) + "\t" + number);
      }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }

 private:
  // Rules have a weight of their own, and dictionaries/weights/00_defaults.tsv speaks of these templates.
  static bool HasDefault(std::string_view name) {
    for (const Template t : {kRule, kBias, kGazSpan, kGazOver, kGazCross, kQuoted, kBalance, kAgree, kDocSpan}) {
      if (name.starts_with(std::string(TemplateName(t)) + "=")) return true;
    }
    return false;
  }

  template <class F>
  void ForCopies(int scheme, F f) {
    f(copies_[0], Shares{1, 1, 1, 1});
    if (scheme >= 0) {
      f(copies_[static_cast<std::size_t>(scheme) + 1], Shares{1, 1, 1, 0});
    } else {
      for (std::size_t s = 0; s + 1 < copies_.size(); ++s) f(copies_[s + 1], mix_[s]);
    }
  }

  void Lanes(const Doc& d, int scheme, bool second) {
    lanes_.assign((d.tokens + 4) * kLane, 0.0f);
    float sums[kBlock];
    for (std::size_t m = 0; m < d.tokens; ++m) {
      if (d.active[m + 2] == 0) continue;
      std::fill(sums, sums + kBlock, 0.0f);
      const auto add = [&](const std::vector<std::uint32_t>& list) {
        for (const std::uint32_t b : list) {
          if (!Used(b)) continue;
          ForCopies(scheme, [&](Parameters& p, const Shares& share) {
            const float* w = p.WeightsOf(b);
            for (std::size_t x = 0; x < kBlock; ++x) sums[x] += share[x % kTypes] * w[x];
          });
        }
      };
      add(corpus_->form_blocks[d.form[m]]);
      add(d.token_blocks[m]);
      if (second) add(d.memory_blocks[m]);
      float* to = lanes_.data() + m * kLane;
      for (int off = 0; off < kOffsets; ++off) {
        for (int x = 0; x < kLane; ++x) to[(4 - off) * kLane + x] += sums[off * kLane + x];
      }
    }
  }

  Corpus* corpus_;
  const Options& o_;
  std::vector<std::uint32_t> offsets_;
  std::vector<float> share_;
  std::vector<Parameters> copies_;
  std::vector<Shares> mix_;
  std::vector<float> lanes_;
};

struct Tally {
  double tp[kTypes] = {}, fp[kTypes] = {}, fn[kTypes] = {};
  double etp[kTypes] = {}, efp[kTypes] = {}, efn[kTypes] = {};

  void Count(const Doc& d, const std::vector<Mention>& found) {
    for (int t = 0; t < kTypes; ++t) {
      std::vector<std::uint8_t> gold(d.tokens, 0), pred(d.tokens, 0), skip(d.tokens, 0);
      for (const Gold& g : d.scored) {
        if (g.type == t) std::fill(gold.begin() + g.begin, gold.begin() + g.end, std::uint8_t{1});
      }
      for (const Gold& g : d.ignore) {
        if (g.type == t) std::fill(skip.begin() + g.begin, skip.begin() + g.end, std::uint8_t{1});
      }
      for (const Mention& m : found) {
        if (m.type != t) continue;
        const auto same = [&m, t](const Gold& g) { return g.begin == m.begin && g.end == m.end && g.type == t; };
        const auto debatable = [&m, t](const Gold& g) { return g.type == t && m.begin >= g.begin && m.end <= g.end; };
        const bool right = std::any_of(d.scored.begin(), d.scored.end(), same);
        if (!right && std::any_of(d.ignore.begin(), d.ignore.end(), debatable)) continue;  // counts neither way, nor for its words
        std::fill(pred.begin() + m.begin, pred.begin() + m.end, std::uint8_t{1});
        if (right) {
          ++etp[t];
        } else {
          ++efp[t];
        }
      }
      for (const Gold& g : d.scored) {
        if (g.type != t) continue;
        const auto same = [&g, t](const Mention& m) { return g.begin == m.begin && g.end == m.end && m.type == t; };
        if (std::none_of(found.begin(), found.end(), same)) ++efn[t];
      }
      for (std::size_t i = 0; i < d.tokens; ++i) {
        if (skip[i] != 0 && gold[i] == 0) continue;
        tp[t] += gold[i] != 0 && pred[i] != 0;
        fp[t] += gold[i] == 0 && pred[i] != 0;
        fn[t] += gold[i] != 0 && pred[i] == 0;
      }
    }
  }
  void Print(const std::string& name) const {
    std::printf("%-24s", name.c_str());
    for (const int t : {0, 2, 1, 3}) {
      if (tp[t] + fn[t] == 0) continue;
      const double f = 2 * tp[t] / std::max(1.0, 2 * tp[t] + fp[t] + fn[t]);
      const double p = tp[t] / std::max(1.0, tp[t] + fp[t]), r = tp[t] / std::max(1.0, tp[t] + fn[t]);
      const double e = 2 * etp[t] / std::max(1.0, 2 * etp[t] + efp[t] + efn[t]);
      std::printf("  %.3s %.3f (P %.3f R %.3f, exact %.3f)", std::string(TypeName(kCompeting[static_cast<std::size_t>(t)])).c_str(), f, p,
                  r, e);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
};

// The words of a span between those around it, on one line.
std::string InContext(const Doc& d, std::uint32_t begin, std::uint32_t end) {
  constexpr std::uint32_t kAround = 5;
  const std::uint32_t from = begin > kAround ? begin - kAround : 0, to = std::min(end + kAround, static_cast<std::uint32_t>(d.tokens));
  std::string out = d.clean.substr(d.bytes[from].first, d.bytes[begin].first - d.bytes[from].first) + "[[" +
                    d.clean.substr(d.bytes[begin].first, d.bytes[end - 1].second - d.bytes[begin].first) + "]]" +
                    d.clean.substr(d.bytes[end - 1].second, d.bytes[to - 1].second - d.bytes[end - 1].second);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

void PrintErrors(const Doc& d, const std::vector<Mention>& found, Type type) {
  const int t = IndexOf(type);
  for (const Gold& g : d.scored) {
    if (g.type != t) continue;
    const auto same = [&g, t](const Mention& m) { return m.begin == g.begin && m.end == g.end && m.type == t; };
    if (std::none_of(found.begin(), found.end(), same)) std::printf("FN\t%s\t%s\n", d.id.c_str(), InContext(d, g.begin, g.end).c_str());
  }
  for (const Mention& m : found) {
    if (m.type != t) continue;
    const auto same = [&m, t](const Gold& g) { return m.begin == g.begin && m.end == g.end && g.type == t; };
    const auto debatable = [&m](const Gold& g) { return m.begin >= g.begin && m.end <= g.end; };
    if (std::any_of(d.ignore.begin(), d.ignore.end(), debatable)) continue;
    if (std::none_of(d.scored.begin(), d.scored.end(), same))
      std::printf("FP\t%s\t%.2f\t%s\n", d.id.c_str(), static_cast<double>(m.score), InContext(d, m.begin, m.end).c_str());
  }
}

// Two looks with weights that never saw the document.
void Judge(Learner* learner, Corpus* corpus, const std::vector<Doc*>& docs, Type errors, Tally* tally) {
  for (Doc* d : docs) {
    corpus->Remember(d, learner->Find(*d, false));
    const std::vector<Mention> found = learner->Find(*d, true);
    tally->Count(*d, found);
    if (errors != Type::kNone) PrintErrors(*d, found, errors);
  }
}

// First looks for all documents by weights that did not learn from them.
void Jackknife(Corpus* corpus, const Options& o, int schemes, const std::vector<Shares>& mix, const std::vector<Doc*>& docs) {
  for (int fold = 0; fold < o.jackknife; ++fold) {
    std::vector<const Doc*> rest;
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (docs[i]->number % o.jackknife != fold) rest.push_back(docs[i]);
    }
    Learner learner(corpus, o, schemes);
    learner.SetMix(mix);
    learner.Train(rest, false, std::max(3, o.epochs / 2), true);
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (docs[i]->number % o.jackknife == fold) corpus->Remember(docs[i], learner.Find(*docs[i], false));
    }
    if (!o.quiet) std::fprintf(stderr, "  first looks %d of %d\n", fold + 1, o.jackknife);
  }
}

// PROGRAM has no copies of its own: one corpus alone has it annotated, and the others only show what is none.
std::vector<Shares> SharesOf(const Mix& mix, const std::vector<std::string>& schemes) {
  std::vector<Shares> out;
  for (const std::string& s : schemes) {
    Shares shares{};
    for (std::size_t t = 0; t + 1 < kTypes; ++t) {
      const std::string narrow = s + "." + std::string(TypeName(kCompeting[t]));
      const auto it = mix.contains(narrow) ? mix.find(narrow) : mix.find(s);
      shares[t] = static_cast<float>(it == mix.end() ? 1.0 / static_cast<double>(schemes.size()) : it->second);
    }
    out.push_back(shares);
  }
  return out;
}

std::string NameOf(const Mix& mix) {
  std::string out;
  for (const auto& [scheme, share] : mix) {
    std::ostringstream number;
    number << share;
    out += (out.empty() ? "" : ",") + scheme + "=" + number.str();
  }
  return out;
}

// "factru=0.3,nerel=0.7" into `mix`.
void ReadMix(const std::string& text, Mix* mix) {
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) (*mix)[part.substr(0, part.find('='))] = std::stod(part.substr(part.find('=') + 1));
}

// The number of a scheme, new or known.
int SchemeOf(const std::string& scheme, std::vector<std::string>* schemes) {
  auto it = std::find(schemes->begin(), schemes->end(), scheme);
  if (it == schemes->end()) schemes->push_back(scheme), it = schemes->end() - 1;
  return static_cast<int>(it - schemes->begin());
}

int Run(const Options& o) {
  auto b = bundle::Bundle::Open(o.bundle);
  if (!b.ok()) return std::cerr << b.error().ToString() << '\n', 1;
  auto pipeline = document::Pipeline::Open({b.value()});
  if (!pipeline.ok()) return std::cerr << pipeline.error().ToString() << '\n', 1;
  Corpus corpus(pipeline.value(), o.one_case);
  std::vector<std::string> schemes;
  std::vector<Doc> docs;
  for (const auto& [scheme, path] : o.data) {
    corpus.Read(path, SchemeOf(scheme, &schemes), scheme == "own", true, o.adapt.contains(scheme),
                o.leave_out.contains(scheme) ? &o.leave_out.at(scheme) : nullptr, &docs);
  }
  const std::vector<Shares> mix = SharesOf(o.mix, schemes);
  std::size_t lost = 0, gold = 0, candidates = 0;
  for (const Doc& d : docs) lost += d.lost, gold += d.gold.size(), candidates += d.candidates.size();
  const std::vector<std::uint32_t> trained_counts = corpus.blocks.counts();
  std::vector<std::vector<Doc>> evals;
  for (const std::string& path : o.eval) {
    evals.emplace_back();
    corpus.Read(
        path, 0,
        path.find("programs") != std::string::npos || path.find("kznews") != std::string::npos || path.find("own") != std::string::npos,
        false, false, nullptr, &evals.back());
  }
  // Held-out texts are judged as any text is: with all candidates, by what the corpus itself says.
  std::vector<Doc> whole;
  for (const auto& [scheme, path] : o.data) {
    if (o.folds > 1 && scheme == "factru") corpus.Read(path, SchemeOf(scheme, &schemes), false, false, false, nullptr, &whole);
  }
  // Evidence is counted over the training texts alone.
  std::fill(corpus.blocks.counts().begin(), corpus.blocks.counts().end(), 0u);
  std::copy(trained_counts.begin(), trained_counts.end(), corpus.blocks.counts().begin());
  std::fprintf(stderr, "%zu documents, %zu mentions (%zu are no candidates), %zu candidates, %zu pieces of evidence\n", docs.size(), gold,
               lost, candidates, corpus.blocks.size());
  std::vector<Doc*> all;
  for (Doc& d : docs) all.push_back(&d);
  // The memory's evidence has no count of its own yet: make it known before the parameters are laid out.
  for (Doc* d : all) corpus.Remember(d, {});
  const auto count_memory = [&corpus](const std::vector<Doc*>& list) {
    corpus.blocks.counts().resize(corpus.blocks.size(), 0);
    for (std::uint32_t id = 0; id < corpus.blocks.size(); ++id) {
      const std::string& name = corpus.blocks.NameOf(id);
      if (name.starts_with("document_") || name.starts_with("neighbour=") || name.starts_with("acronym=of."))
        corpus.blocks.counts()[id] = 1000;
    }
    (void)list;
  };
  Jackknife(&corpus, o, static_cast<int>(schemes.size()), mix, all);
  count_memory(all);
  if (o.folds > 1) {
    for (std::size_t s = 0; s < schemes.size(); ++s) {
      if (schemes[s] != "factru") continue;
      std::vector<Mix> mixes = {o.mix};
      mixes.insert(mixes.end(), o.sweep.begin(), o.sweep.end());
      std::vector<Tally> tallies(mixes.size());
      for (int fold = 0; fold < o.folds; ++fold) {
        std::vector<const Doc*> rest;
        std::vector<Doc*> held;
        for (Doc* d : all) {
          if (d->scheme != static_cast<int>(s) || d->number % o.folds != fold) rest.push_back(d);
        }
        for (Doc& d : whole) {
          if (d.number % o.folds == fold) held.push_back(&d);
        }
        Learner learner(&corpus, o, static_cast<int>(schemes.size()));
        learner.SetMix(mix);
        learner.TrainInOrders(rest, o.epochs, true);
        std::vector<Doc> copies;
        for (Doc* d : held) copies.push_back(*d);
        std::vector<Doc*> pointers;
        for (Doc& d : copies) pointers.push_back(&d);
        for (std::size_t m = 0; m < mixes.size(); ++m) {
          learner.SetMix(SharesOf(mixes[m], schemes));
          Judge(&learner, &corpus, pointers, o.eval.empty() && m == 0 ? TypeByName(o.errors) : Type::kNone, &tallies[m]);
        }
        if (!o.quiet) std::fprintf(stderr, "  fold %d of %d\n", fold + 1, o.folds);
      }
      for (std::size_t m = 0; m < mixes.size(); ++m) {
        tallies[m].Print(schemes[s] + ", " + std::to_string(o.folds) + " folds" + (m == 0 ? "" : " " + NameOf(mixes[m])));
      }
    }
  }
  Learner learner(&corpus, o, static_cast<int>(schemes.size()));
  learner.SetMix(mix);
  std::vector<const Doc*> train(all.begin(), all.end());
  learner.TrainInOrders(train, o.epochs, o.quiet);
  for (std::size_t e = 0; e < evals.size(); ++e) {
    Tally tally;
    std::vector<Doc*> pointers;
    for (Doc& d : evals[e]) pointers.push_back(&d);
    const std::string name = o.eval[e].substr(o.eval[e].rfind('/') + 1);
    Judge(&learner, &corpus, pointers, TypeByName(o.errors), &tally);
    tally.Print(name);
    for (const Mix& other : o.sweep) {
      Tally swept;
      learner.SetMix(SharesOf(other, schemes));
      Judge(&learner, &corpus, pointers, Type::kNone, &swept);
      swept.Print(name + " " + NameOf(other));
    }
    learner.SetMix(mix);
  }
  if (!o.out.empty()) {
    const bool programs = std::any_of(docs.begin(), docs.end(), [](const Doc& d) { return d.programs; });
    const auto rows = learner.Rows(0.05, programs ? kTypes : kTypes - 1);
    std::ofstream out(o.out);
    out << "# Learned by atau-train from annotated texts; do not edit by hand: overrule a row in zz_overrides.tsv.\n"
           "#! weights source=\"factRuEval-2016 devset (MIT), NEREL v1.1 train\" licence=Apache-2.0\n"
           "evidence\tplace\ttype\tweight\n";
    for (const std::string& row : rows) out << row << '\n';
    std::fprintf(stderr, "%zu weights written\n", rows.size());
  }
  return 0;
}

}  // namespace
}  // namespace atau::train

int main(int argc, char** argv) {
  atau::train::Options o;
  const auto usage = [] {
    std::cerr << "usage: atau-train BUNDLE SCHEME=FILE.jsonl... [--eval FILE.jsonl]... [--out FILE.tsv] [--folds N] [--epochs N] [--l1 X] "
                 "[--l2 X] [--alpha X]\n"
                 "                  [--scheme-l1 X] [--mix SCHEME[.TYPE]=X,...]... [--sweep SCHEME[.TYPE]=X,...]... [--min-count N] "
                 "[--span-l1 X] [--place-l1 X] [--rule-prior X] [--orders N] [--adapt SCHEME]... [--leave-out SCHEME=NESTED_TYPE]... "
                 "[--jackknife N] [--one-case N] [--errors TYPE] "
                 "[--quiet]\n"
                 "Schemes are names of annotation schemes (factru, nerel, own); texts of `own` have PROGRAM annotated.\n";
    return 2;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto next = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (arg == "--eval") {
      o.eval.push_back(next());
    } else if (arg == "--out") {
      o.out = next();
    } else if (arg == "--folds") {
      o.folds = std::stoi(next());
    } else if (arg == "--epochs") {
      o.epochs = std::stoi(next());
    } else if (arg == "--jackknife") {
      o.jackknife = std::stoi(next());
    } else if (arg == "--min-count") {
      o.min_count = std::stoi(next());
    } else if (arg == "--l1") {
      o.l1 = std::stod(next());
    } else if (arg == "--adapt") {
      o.adapt.insert(next());
    } else if (arg == "--leave-out") {
      const std::string said = next();
      const std::size_t equals = said.find('=');
      if (equals == std::string::npos) return usage();
      o.leave_out[said.substr(0, equals)].insert(said.substr(equals + 1));
    } else if (arg == "--span-l1") {
      o.span_l1 = std::stod(next());
    } else if (arg == "--place-l1") {
      o.place_l1 = std::stod(next());
    } else if (arg == "--orders") {
      o.orders = std::max(1, std::stoi(next()));
    } else if (arg == "--rule-prior") {
      o.rule_prior = std::stod(next());
    } else if (arg == "--l2") {
      o.l2 = std::stod(next());
    } else if (arg == "--alpha") {
      o.alpha = std::stod(next());
    } else if (arg == "--scheme-l1") {
      o.scheme_l1 = std::stod(next());
    } else if (arg == "--mix") {
      atau::train::ReadMix(next(), &o.mix);
    } else if (arg == "--sweep") {
      atau::train::ReadMix(next(), &o.sweep.emplace_back());
    } else if (arg == "--one-case") {
      o.one_case = std::stoi(next());
    } else if (arg == "--errors") {
      o.errors = next();
    } else if (arg == "--quiet") {
      o.quiet = true;
    } else if (arg.starts_with("--")) {
      return usage();
    } else if (arg.find('=') != std::string::npos) {
      o.data.emplace_back(arg.substr(0, arg.find('=')), arg.substr(arg.find('=') + 1));
    } else {
      o.bundle = arg;
    }
  }
  if (o.bundle.empty() || o.data.empty()) return usage();
  try {
    return atau::train::Run(o);
  } catch (const std::exception& e) {
    std::cerr << "atau-train: " << e.what() << '\n';
    return 1;
  }
}
