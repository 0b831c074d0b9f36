#include <algorithm>
#include <memory>

#include "cli/cli.h"
#include "cli/eval_report.h"
#include "cli/eval_score.h"
#include "cli/files.h"
#include "cli/gold.h"
#include "cli/progress.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string gold, predicted, format = "auto", html, title = "atau eval";
  std::vector<std::string> errors;
  std::size_t max_errors = 200;
  bool json = false, quiet = false;
};

// What was found, in the shape of gold.
GoldDocument AsGold(const std::string& id, const Document& d) {
  GoldDocument out;
  out.id = id;
  for (const Entity& e : d.entities) {
    GoldMention m;
    m.span = {e.code_points.start, e.code_points.end};
    m.type = e.type;
    m.normal = e.normal;
    if (e.entity >= 0) m.entity = d.document_entities[static_cast<std::size_t>(e.entity)].id;
    out.mentions.push_back(std::move(m));
  }
  const auto entity = [&d](int i) -> const DocumentEntity* { return i < 0 ? nullptr : &d.document_entities[static_cast<std::size_t>(i)]; };
  const auto place = [&d](const DocumentEntity& e) -> Point {
    const Span s = d.entities[static_cast<std::size_t>(e.mentions.front())].code_points;
    return {s.start, s.end};
  };
  for (const Relation& r : d.relations) {
    const DocumentEntity *subject = entity(r.subject), *object = entity(r.object);
    if (subject != nullptr) out.facts.push_back({{subject->normal}, {r.role}, {object == nullptr ? "" : object->normal}});
    if (subject != nullptr && object != nullptr) out.relations.push_back({r.type, place(*subject), place(*object)});
  }
  return out;
}

int Run(const Options& o) {
  std::size_t listed = 0;
  Type listed_type = Type::kNone;
  if (!o.errors.empty()) {
    listed_type = GoldType(o.errors[1]);
    if (o.errors[0].empty() || o.errors[0].size() > 9 || o.errors[0].find_first_not_of("0123456789") != std::string::npos ||
        (listed_type == Type::kNone && o.errors[1] != "ALL")) {
      return Complain(T("--errors takes a number and a type or ALL, such as --errors 20 PERSON")), kUsage;
    }
    listed = std::stoul(o.errors[0]);
  }
  std::vector<GoldDocument> gold, found;
  if (!ReadGold(o.gold, o.format, &gold)) return kFailed;
  if (!o.predicted.empty()) {
    if (!ReadJsonlGold(o.predicted, false, &found)) return kFailed;
  } else {
    std::vector<Extractor> loaded;
    if (const int failed = o.extractor.Load(&loaded); failed != kOk) return failed;
    const auto scratch = loaded[0].NewScratch();
    const ExtractOptions options = o.extractor.ToExtractOptions(false);
    // Types that were not asked for are neither found nor missed.
    for (GoldDocument& g : gold) {
      const auto left_out = [&options](const GoldMention& m) {
        return !options.types.empty() && std::find(options.types.begin(), options.types.end(), m.type) == options.types.end();
      };
      std::erase_if(g.mentions, left_out);
    }
    Progress progress(T("evaluating"), !o.quiet);
    for (const GoldDocument& g : gold) {
      const auto d = loaded[0].Extract(g.text, options, scratch.get());
      if (!d.ok()) {
        progress.Wipe();
        return Complain(d.error()), kFailed;
      }
      found.push_back(AsGold(g.id, d.value()));
      progress.ShowCount(found.size(), gold.size());
    }
  }
  const Scores scores = Score(gold, found);
  if (scores.missing > 0) Complain(Say("{1} of {2} documents have no prediction", scores.missing, gold.size()));
  if (!o.html.empty() && !WriteFile(o.html, ScoresAsPage(scores, gold, o.title, o.max_errors))) return kFailed;
  std::string out = o.json ? ScoresAsJson(scores) : ScoresAsText(scores);
  if (listed > 0) out += (o.json ? "" : "\n") + MistakesAsText(scores, gold, listed_type, listed);
  return Print(out, scores.missing > 0 ? kFailed : kOk);
}

}  // namespace

Command AddEval(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(
      parent, "eval", T("Compare with annotated texts: precision, recall and F1 by type, and what is wrong"),
      "  atau eval gold.jsonl\n"
      "  atau eval gold.jsonl --errors 20 PROGRAM --html errors.html\n"
      "  atau eval brat_folder/ --format brat\n"
      "  atau extract gold.jsonl -o found.jsonl && atau eval gold.jsonl found.jsonl\n",
      T("GOLD is JSONL ({\"id\", \"text\", \"entities\": [{\"start\", \"end\", \"type\"}], \"ignore\": […]}, offsets in code points), "
        "CoNLL, a\n"
        "folder of brat (.ann, .txt) or of factRuEval-2016 (.txt, .tokens, .spans, .objects, .coref, .facts). PER, LOC, ORG and PRO are\n"
        "read as the long names. What lies in a span of \"ignore\" counts neither way. \"token\" counts tokens as razdel splits them,\n"
        "\"exact\" whole spans; quotes and brackets at the edges of a span do not count. Normal forms, document entities and relations "
        "are\n"
        "scored where the gold has them."));
  app->add_option("GOLD", o->gold, T("Annotated texts: a file or a folder"))->required()->type_name("GOLD");
  app->add_option("PRED", o->predicted, T("Predictions (JSONL) with the same ids; without them the texts are extracted now"))
      ->type_name("PRED");
  app->add_option("--format", o->format, T("Format of the gold"))
      ->check(OneOf({"auto", "jsonl", "conll", "brat", "factru"}))
      ->capture_default_str();
  app->add_option("--errors", o->errors, T("List the first N mistakes of a type, or of ALL"))->expected(2)->type_name("N TYPE");
  app->add_option("--html", o->html, T("Write a page of all scores and mistakes"))->type_name("FILE");
  app->add_option("--max-errors", o->max_errors, T("Mistakes of each kind that the page shows"))
      ->check(WholeNumber(0, 1000000))
      ->capture_default_str();
  app->add_option("--title", o->title, T("The title of the page"))->capture_default_str();
  app->add_flag("--json", o->json, T("One JSON object instead of tables"));
  o->extractor.AddTo(app);
  app->add_flag("--quiet", o->quiet, T("No progress line"));
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
