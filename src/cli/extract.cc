#include <condition_variable>
#include <deque>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/cli.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string from = "text", to, charset = "auto";
  std::vector<std::string> files;
  bool lines = false, quiet = false;
  int jobs = 1;
};

// A readable list for a person.
std::string ToText(const Document& d) {
  std::string out;
  for (const Entity& e : d.entities) {
    out += std::string(TypeName(e.type)) + "\t" + e.text;
    if (e.normal != e.text) out += "\t= " + e.normal;
    if (!e.kind.empty()) out += "\t(" + e.kind + ")";
    for (const auto& [key, value] : e.slots) out += "\t" + key + "=" + value;
    out += "\n";
  }
  for (const Relation& r : d.relations) {
    out += r.type + "\t";
    if (r.subject >= 0) out += d.document_entities[static_cast<std::size_t>(r.subject)].normal;
    if (!r.role.empty()) out += "\t" + r.role;
    if (r.object >= 0) out += "\t" + d.document_entities[static_cast<std::size_t>(r.object)].normal;
    out += "\n";
  }
  return out;
}

// Adds what is written for one document; a failure goes to `input->error`.
void Process(const Extractor& extractor, const ExtractOptions& options, const std::string& to, Scratch* scratch, Input* input,
             std::string* out) {
  auto d = extractor.Extract(input->text, options, scratch);
  if (!d.ok()) {
    input->error = d.error().ToString();
  } else if (to == "jsonl") {
    AppendJsonLine(*input, d.value(), out);
  } else if (to == "conll") {
    *out += ToConll(d.value());
  } else if (to == "brat") {
    *out += ToBrat(d.value());
  } else if (to == "html") {
    *out += ToHtml(d.value(), true, input->file == "-" ? "atau" : input->file);
  } else {
    *out += ToText(d.value());
  }
}

// One document on its way through the threads.
struct Task {
  Input input;
  std::string out;
  bool done = false;
};

// Threads that take documents and leave what is to be written. Whoever hands them in collects them in the same order.
class Workers {
 public:
  Workers(const Extractor& extractor, const ExtractOptions& options, std::string to, int jobs)
      : extractor_(extractor), options_(options), to_(std::move(to)) {
    for (int i = 0; i < jobs; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
  }
  void Put(Task* task) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(task);
    }
    wake_.notify_one();
  }
  void WaitFor(const Task* task) {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [task] { return task->done; });
  }

 private:
  void Work() {
    const auto scratch = extractor_.NewScratch();
    while (true) {
      Task* task = nullptr;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        task = waiting_.front();
        waiting_.pop_front();
      }
      if (task->input.error.empty()) Process(extractor_, options_, to_, scratch.get(), &task->input, &task->out);
      {
        const std::lock_guard lock(mutex_);
        task->done = true;
      }
      finished_.notify_all();
    }
  }

  const Extractor& extractor_;
  const ExtractOptions& options_;
  const std::string to_;
  std::mutex mutex_;
  std::condition_variable wake_, finished_;
  std::deque<Task*> waiting_;
  std::vector<std::thread> threads_;
  bool closed_ = false;
};

int Run(Options o) {
  if (o.to.empty()) o.to = o.from == "jsonl" ? "jsonl" : "text";
  std::vector<Extractor> loaded;
  if (!o.extractor.Load(&loaded)) return kFailed;
  const Extractor& extractor = loaded[0];
  const ExtractOptions options = o.extractor.ToExtractOptions(o.from == "html");
  // A bad option would fail for every document alike: once is enough.
  if (const auto d = extractor.Extract("", options); !d.ok()) return Complain(d.error()), kUsage;
  const Format format = o.from == "jsonl" ? Format::kJsonl : o.from == "html" ? Format::kHtml : Format::kText;
  Reader reader(o.files, format, o.charset, o.lines);
  Progress progress("extracting", !o.quiet);
  int status = kOk;
  std::size_t documents = 0;

  const auto write = [&](const Input& input, const std::string& out) {
    if (input.error.empty()) {
      std::cout.write(out.data(), static_cast<std::streamsize>(out.size()));
    } else {
      status = kFailed;
      if (o.to == "jsonl") {
        std::cout << JsonError(input, input.error) << '\n';
      } else {
        Complain((input.line > 0 ? input.file + ":" + std::to_string(input.line) + ": " : "") + input.error);
      }
    }
    progress.Show(reader.done(), reader.total(), ++documents);
    return static_cast<bool>(std::cout);
  };

  if (o.jobs <= 1) {
    const auto scratch = extractor.NewScratch();
    Input input;
    std::string out;
    while (reader.Next(&input)) {
      out.clear();
      if (input.error.empty()) Process(extractor, options, o.to, scratch.get(), &input, &out);
      if (!write(input, out)) break;
    }
    return Finish(status);
  }

  // The queue is short, so that memory does not grow with the input; its front is written as soon as it is done.
  const std::size_t most = static_cast<std::size_t>(o.jobs) * 4;
  std::deque<std::unique_ptr<Task>> queue;
  Workers workers(extractor, options, o.to, o.jobs);
  bool more = true, good = true;
  while (good && (more || !queue.empty())) {
    while (more && queue.size() < most) {
      auto task = std::make_unique<Task>();
      more = reader.Next(&task->input);
      if (!more) break;
      workers.Put(task.get());
      queue.push_back(std::move(task));
    }
    if (queue.empty()) break;
    workers.WaitFor(queue.front().get());
    good = write(queue.front()->input, queue.front()->out);
    queue.pop_front();
  }
  for (const auto& task : queue) workers.WaitFor(task.get());
  return Finish(status);
}

}  // namespace

Command AddExtract(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("extract", "Find people, organizations, places and programmes");
  app->footer(
      "Examples:\n"
      "  atau extract article.txt\n"
      "  atau extract --from jsonl --to jsonl --jobs 4 feed.jsonl > entities.jsonl\n"
      "  atau extract --from html --to html page.html > marked.html\n"
      "  echo 'Глава Роскосмоса Дмитрий Рогозин' | atau extract\n"
      "  atau extract --extra my_names.tsv --types PROGRAM,ORGANIZATION article.txt\n\n"
      "JSONL in: {\"id\": …, \"text\": …}; other members are carried through. A bad line gives an {\"id\", \"error\"} line, and the status "
      "is 1 at the end.");
  app->add_option("--from", o->from, "Input: text, jsonl or html")->check(CLI::IsMember({"text", "jsonl", "html"}))->capture_default_str();
  app->add_option("--to", o->to, "Output: jsonl, text, conll, brat or html (default: jsonl for JSONL input, else text)")
      ->check(CLI::IsMember({"jsonl", "text", "conll", "brat", "html"}));
  app->add_option("--charset", o->charset, "Charset of text and HTML input: auto, utf-8, windows-1251, koi8-r, utf-16, …")
      ->capture_default_str();
  app->add_flag("--lines", o->lines, "Text input: each line is a document");
  app->add_option("-j,--jobs", o->jobs, "Threads; the order of the output is that of the input")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app->add_flag("--quiet", o->quiet, "No progress bar");
  o->extractor.AddTo(app);
  app->add_option("FILE", o->files, "Files or directories; standard input when none is named, or for -");
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
