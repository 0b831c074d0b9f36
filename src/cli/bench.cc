#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/cli.h"
#include "cli/input.h"
#include "cli/progress.h"
#include "document/pipeline.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  InputOptions input;
  std::string results;
  int threads = 0, repeat = 7;
  bool json = false, rooms = false;
};

double Median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// All documents by `threads` threads, each with a scratch of its own that is made before the clock runs. Returns seconds.
double Extraction(const Extractor& extractor, const ExtractOptions& options, const std::vector<std::string>& texts, int threads,
                  std::vector<std::unique_ptr<Scratch>>* scratches) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](std::size_t who) {
    for (std::size_t i = next++; i < texts.size(); i = next++) (void)extractor.Extract(texts[i], options, (*scratches)[who].get());
  };
  const double start = Seconds();
  if (threads == 1) {
    work(0);
  } else {
    std::vector<std::thread> pool;
    for (int t = 0; t < threads; ++t) pool.emplace_back(work, static_cast<std::size_t>(t));
    for (std::thread& t : pool) t.join();
  }
  return Seconds() - start;
}

// ICU's word boundaries of the same texts, which were made UTF-16 before the clock runs. The count keeps the work from being optimised
// away.
double WordBreaks(icu::BreakIterator* words, const std::vector<icu::UnicodeString>& texts, std::size_t* count) {
  const double start = Seconds();
  std::size_t boundaries = 0;
  for (const icu::UnicodeString& text : texts) {
    words->setText(text);
    while (words->next() != icu::BreakIterator::DONE) ++boundaries;
  }
  *count = boundaries;
  return Seconds() - start;
}

// Seconds of each room in one round by one thread, and in `json` those of writing the results.
document::RoomSeconds Rooms(const Extractor& extractor, const ExtractOptions& options, const std::vector<std::string>& texts,
                            Scratch* scratch, double* json) {
  document::RoomSeconds seconds{};
  document::RoomClock& clock = static_cast<document::PipelineScratch*>(scratch)->clock;  // every scratch is one
  clock.CountIn(&seconds);
  std::string out;
  *json = 0;
  for (const std::string& text : texts) {
    const auto document = extractor.Extract(text, options, scratch);
    if (!document.ok()) continue;
    out.clear();
    const double start = Seconds();
    AppendJson(document.value(), {}, &out);
    *json += Seconds() - start;
  }
  clock.CountIn(nullptr);
  return seconds;
}

// The JSON of the first `count` documents, found by all threads at once; an empty string where extraction failed.
std::vector<std::string> ByAllThreads(const Extractor& extractor, const ExtractOptions& options, const std::vector<std::string>& texts,
                                      std::size_t count, std::vector<std::unique_ptr<Scratch>>* scratches) {
  std::vector<std::string> out(count);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> pool;
  for (const std::unique_ptr<Scratch>& scratch : *scratches) {
    pool.emplace_back([&, own = scratch.get()] {
      for (std::size_t i = next++; i < count; i = next++) {
        if (const auto found = extractor.Extract(texts[i], options, own); found.ok()) out[i] = ToJson(found.value());
      }
    });
  }
  for (std::thread& t : pool) t.join();
  return out;
}

std::string JsonList(const std::vector<double>& values) {
  std::string out = "[";
  std::array<char, 40> number;
  for (const double v : values) {
    std::snprintf(number.data(), number.size(), "%s%.6g", out.size() > 1 ? "," : "", v);
    out += number.data();
  }
  return out + "]";
}

int Run(const Options& o) {
  // The bundle is opened once a round; the first time may have to read the file.
  std::vector<Extractor> loaded;
  std::vector<double> loads;
  for (int r = 0; r < o.repeat; ++r) {
    loaded.clear();
    const double load_start = Seconds();
    if (const int failed = o.extractor.Load(&loaded); failed != kOk) return failed;
    loads.push_back(Seconds() - load_start);
  }
  const double load = Median(loads);
  const Extractor& extractor = loaded[0];
  Reader reader(Expand(o.input.files, o.input.globs), FormatOf(o.input.from), o.input.charset, o.input.lines);
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  bool html = false, other = false;
  Input input;
  while (reader.Next(&input)) {
    if (!input.error.empty()) return Complain((input.line > 0 ? input.Place() + ": " : "") + input.error.said), kFailed;
    bytes += input.text.size();
    (input.format == Format::kHtml ? html : other) = true;
    texts.push_back(std::move(input.text));
  }
  if (html && other) return Complain(T("pages and other texts together give no clear figure: measure them apart")), kUsage;
  const ExtractOptions options = o.extractor.ToExtractOptions(html);
  if (bytes == 0) return Complain(T("there is no text to measure with")), kFailed;

  // A short input is measured several times over, so that one round takes a while.
  constexpr std::size_t kLeastBytes = 2000000;
  const std::size_t documents = texts.size(), once = bytes;
  while (bytes < kLeastBytes) {
    for (std::size_t i = 0; i < documents; ++i) texts.push_back(texts[i]);
    bytes += once;
  }
  const int threads = o.threads > 0 ? o.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::unique_ptr<Scratch>> scratches;
  for (int i = 0; i < threads; ++i) scratches.push_back(extractor.NewScratch());

  // Outputs first, then times: every thread must find what one thread with fresh memory finds.
  std::size_t entities = 0;
  const std::vector<std::string> by_all = ByAllThreads(extractor, options, texts, documents, &scratches);
  for (std::size_t i = 0; i < documents; ++i) {
    const auto first = extractor.Extract(texts[i], options, nullptr);
    if (!first.ok()) return Complain(first.error()), kFailed;
    entities += first->entities.size();
    if (ToJson(first.value()) != by_all[i]) {
      return Complain(Say("document {1} gives another result with used scratch memory and {2} threads: times would mean nothing", i + 1,
                          threads)),
             kFailed;
    }
  }
  if (!o.results.empty()) {
    std::ofstream out(o.results, std::ios::binary);
    for (const std::string& line : by_all) out << line << '\n';
    if (!out.flush()) return Complain(Say("cannot write {1}", o.results)), kFailed;
  }

  UErrorCode icu_status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> words(icu::BreakIterator::createWordInstance(icu::Locale("ru"), icu_status));
  if (U_FAILURE(icu_status)) return Complain(std::string("ICU has no word break iterator: ") + u_errorName(icu_status)), kFailed;
  std::vector<icu::UnicodeString> wide;
  for (const std::string& text : texts) wide.push_back(icu::UnicodeString::fromUTF8(text));

  // The rounds take turns, so that a disturbance of the machine hits all alike.
  std::vector<double> one, many, icu_times;
  std::size_t boundaries = 0;
  for (int r = 0; r < o.repeat; ++r) {
    one.push_back(Extraction(extractor, options, texts, 1, &scratches));
    icu_times.push_back(WordBreaks(words.get(), wide, &boundaries));
    if (threads > 1) many.push_back(Extraction(extractor, options, texts, threads, &scratches));
  }
  // Each room by itself, after the other rounds: asking the clock costs a little.
  document::RoomSeconds rooms{};
  double json = 0;
  if (o.rooms) {
    std::array<std::vector<double>, document::kRoomNames.size()> rounds;
    std::vector<double> json_rounds;
    for (int r = 0; r < o.repeat; ++r) {
      const document::RoomSeconds seconds = Rooms(extractor, options, texts, scratches[0].get(), &json);
      for (std::size_t room = 0; room < rooms.size(); ++room) rounds[room].push_back(seconds[room]);
      json_rounds.push_back(json);
    }
    for (std::size_t room = 0; room < rooms.size(); ++room) rooms[room] = Median(rounds[room]);
    json = Median(json_rounds);
  }
  const double mb = static_cast<double>(bytes) / 1e6;
  const double speed_one = mb / Median(one), speed_icu = mb / Median(icu_times), speed_many = threads > 1 ? mb / Median(many) : speed_one;
  std::array<char, 600> out;
  std::string said;
  if (o.json) {
    std::snprintf(out.data(), out.size(),
                  "{\"documents\":%zu,\"bytes\":%zu,\"round_bytes\":%zu,\"entities\":%zu,\"rounds\":%d,\"load_seconds\":%.6f,"
                  "\"mb_per_s\":%.3f,\"threads\":%d,\"mb_per_s_threads\":%.3f,\"icu_words_mb_per_s\":%.3f,\"ratio_to_icu\":%.4f,",
                  documents, once, bytes, entities, o.repeat, load, speed_one, threads, speed_many, speed_icu, speed_one / speed_icu);
    // Seconds a round, in the order in which the rounds took turns.
    said = out.data() + ("\"samples\":{\"load\":" + JsonList(loads)) + ",\"one_thread\":" + JsonList(one) +
           ",\"all_threads\":" + JsonList(many) + ",\"icu_words\":" + JsonList(icu_times) + "}";
  } else {
    std::snprintf(out.data(), out.size(),
                  "%zu documents, %.2f MB of UTF-8, %zu mentions; medians of %d rounds of %.1f MB\n"
                  "load                      %8.1f ms\n"
                  "extraction, 1 thread      %8.2f MB/s\n"
                  "extraction, %2d threads    %8.2f MB/s\n"
                  "ICU word boundaries       %8.2f MB/s\n"
                  "extraction : ICU          %8.3f (1 thread)\n",
                  documents, static_cast<double>(once) / 1e6, entities, o.repeat, mb, load * 1000, speed_one, threads, speed_many,
                  speed_icu, speed_one / speed_icu);
    said += out.data();
  }
  double sum = 0;
  for (const double seconds : rooms) sum += seconds;
  const auto row = [&](std::string_view name, double seconds, bool first) {
    std::snprintf(out.data(), out.size(), o.json ? "%s\"%.*s\":%.4f" : "%s%-24.*s %9.2f us/kB", o.json && !first ? "," : "",
                  static_cast<int>(name.size()), name.data(), o.json ? seconds : seconds * 1e3 / mb);
    said += out.data();
    if (!o.json) {
      std::snprintf(out.data(), out.size(), " %5.1f %%\n", 100 * seconds / sum);
      said += out.data();
    }
  };
  if (o.rooms) {
    if (o.json) said += ",\"room_seconds\":{";
    for (std::size_t room = 0; room < rooms.size(); ++room) row(document::kRoomNames[room], rooms[room], room == 0);
    row("json", json, false);
    if (o.json) said += "}";
  }
  if (o.json) said += "}\n";
  return Print(said, kOk);
}

}  // namespace

Command AddBench(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(
      parent, "bench", T("Measure the speed of extraction, beside ICU's word boundaries in the same run"),
      "  atau bench articles.jsonl\n"
      "  atau bench --lines titles.txt --threads 8\n"
      "  atau bench article.txt --json\n"
      "  atau bench --rooms feed.jsonl\n",
      T("Texts are read into memory first; short inputs are repeated to 2 MB a round. Results are compared before times are taken. MB are\n"
        "millions of bytes of UTF-8. ICU gets its texts as UTF-16 that was converted before the clock ran."));
  app->add_option("--threads", o->threads, T("Threads of the second figure; 0: one for each core"))
      ->check(WholeNumber(0, 256))
      ->capture_default_str();
  app->add_option("--repeat", o->repeat, T("Rounds"))->check(WholeNumber(1, 1000))->capture_default_str();
  app->add_flag("--rooms", o->rooms, T("Show too what each room takes (one thread), and writing JSON in per cent of their sum"));
  app->add_flag("--json", o->json, T("One JSON object with every sample instead of a table"));
  app->add_option("--results", o->results, T("Also write what all threads found: the JSON of a document a line"))->type_name("FILE");
  o->input.AddTo(app);
  o->extractor.AddTo(app);
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
