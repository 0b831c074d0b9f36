#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "cli/bytes_out.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/jsonl.h"
#include "cli/progress.h"
#include "cli/resume.h"
#include "cli/signals.h"
#include "cli/workers.h"
#include "document/extract_json.h"

namespace atau::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  ExtractorOptions extractor;
  InputOptions input;
  std::string to, output;
  std::vector<std::string> relations;
  bool resume = false, gzip = false, quiet = false;
  int jobs = 1;
};

// A readable list for a person.
std::string ToText(const Document& d) {
  std::string out;
  for (const Entity& e : d.entities) {
    out.append(TypeName(e.type)).append("\t").append(e.text);
    if (e.normal != e.text) out.append("\t= ").append(e.normal);
    if (!e.kind.empty()) out.append("\t(").append(e.kind).append(")");
    for (const auto& [key, value] : e.slots) out.append("\t").append(key).append("=").append(value);
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

// Makes what is written for one document, into an empty buffer; a failure goes to `input->error`.
void Process(const Extractor& extractor, const ExtractOptions& plain, const ExtractOptions& html, const Options& o, Scratch* scratch,
             Input* input, text::Buffer* out) {
  const std::string& to = o.to;
  const ExtractOptions& options = input->format == Format::kHtml ? html : plain;
  if (to == "jsonl" && o.relations.empty()) {
    AppendJsonLine(
        *input,
        [&](text::Buffer* json) {
          const Status done = document::ExtractJson(input->text, options, scratch, {}, json);
          if (!done.ok()) input->error = AsIs(done.error().ToString());
          return done.ok();
        },
        out);
    return;
  }
  auto d = extractor.Extract(input->text, options, scratch);
  if (!d.ok()) {
    input->error = AsIs(d.error().ToString());
    return;
  }
  if (!o.relations.empty()) {
    std::erase_if(d.value().relations,
                  [&o](const Relation& r) { return std::find(o.relations.begin(), o.relations.end(), r.type) == o.relations.end(); });
  }
  if (to == "jsonl") {
    AppendJsonLine(
        *input, [&d](text::Buffer* json) { return json->Append(ToJson(d.value())), true; }, out);
  } else if (to == "conll") {
    out->Append(ToConll(d.value()));
  } else if (to == "brat") {
    out->Append(ToBrat(d.value()));
  } else if (to == "html") {
    out->Append(ToHtml(d.value(), true, input->file == "-" ? "atau" : input->file));
  } else {
    out->Append(ToText(d.value()));
  }
}

// Where results go. `Put` gets every document in the order of the input, with its result or its error.
class Results {
 public:
  virtual ~Results() = default;
  // False once nothing more can be written.
  virtual bool Put(const Input& input, std::string_view result) = 0;
  // Everything was put (`complete`), or the run was interrupted. False when something could not be written.
  virtual bool End(bool complete) = 0;
  bool any_failed() const { return failed_; }

 protected:
  bool failed_ = false;  // a document
};

// One file, or standard output.
class OneFile : public Results {
 public:
  OneFile(std::unique_ptr<ByteSink> sink, bool jsonl, Progress* progress) : sink_(std::move(sink)), jsonl_(jsonl), progress_(progress) {}
  bool Put(const Input& input, std::string_view result) override {
    if (input.error.empty()) return sink_->Write(result);
    failed_ = true;
    if (jsonl_) return sink_->Write(JsonError(input) + "\n");
    progress_->Wipe();
    Complain((input.line > 0 ? input.Place() + ": " : "") + input.error.said);
    return true;
  }
  bool End(bool) override {
    if (sink_->Close()) return true;
    progress_->Wipe();
    Complain(sink_->error());
    return false;
  }

 private:
  std::unique_ptr<ByteSink> sink_;
  const bool jsonl_;
  Progress* progress_;
};

// The text that stands beside brat's annotation; it is not compressed.
std::string BratText(std::string annotation) {
  if (EndsInGz(annotation)) annotation.resize(annotation.size() - 3);
  return fs::path(annotation).replace_extension(".txt").string();
}

// A file of a folder: of one file of the input.
struct Part {
  std::string name;            // when it is complete
  std::unique_ptr<Kept> kept;  // of an earlier run; null where there is nothing
  std::string Unfinished() const { return name + ".part"; }
};

// A folder with a file for each file of the input. A file is written under a name with .part and renamed when it is complete.
class Folder : public Results {
 public:
  Folder(const std::vector<InputFile>& files, const std::vector<Part>& parts, bool jsonl, bool brat, bool gzip, Progress* progress)
      : files_(files), parts_(parts), jsonl_(jsonl), brat_(brat), gzip_(gzip), progress_(progress) {}

  bool Put(const Input& input, std::string_view result) override {
    if (!MoveTo(input.number)) return false;
    failed_ = failed_ || !input.error.empty();
    if (!input.error.empty() && (input.line == 0 || !jsonl_)) {
      progress_->Wipe();
      Complain((input.line > 0 ? input.Place() + ": " : "") + input.error.said);
      // A file that could not be read has no output, so that a resumed run tries it again.
      spoilt_ = spoilt_ || input.line == 0;
      return true;
    }
    if (!Open()) return false;
    if (brat_) text_ = input.text;
    return sink_->Write(input.error.empty() ? result : JsonError(input) + "\n") || Fail(sink_->error());
  }

  bool End(bool complete) override {
    if (broken_) return false;
    if (complete) return MoveTo(parts_.size());
    return sink_ == nullptr || sink_->Close() || Fail(sink_->error());
  }

 private:
  bool Fail(const std::string& what) {
    progress_->Wipe();
    Complain(what);
    broken_ = true;
    return false;
  }

  bool Open() {
    if (sink_ != nullptr) return true;
    const Part& part = parts_[at_];
    std::error_code error;
    fs::create_directories(fs::path(part.name).parent_path(), error);
    std::string what;
    const bool append = part.kept != nullptr && part.kept->documents() > 0;
    sink_ = ByteSink::Open(part.Unfinished(), append ? ByteSink::Start::kAppend : ByteSink::Start::kEmpty, gzip_, &what);
    return sink_ != nullptr || Fail(what);
  }

  // Completes the files up to `number`; those without any document become empty ones.
  bool MoveTo(std::size_t number) {
    for (; at_ < number; ++at_) {
      const Part& part = parts_[at_];
      if (!spoilt_ && files_[at_].error.empty()) {
        if (!Open()) return false;
        if (!sink_->Close()) return Fail(sink_->error());
        if (brat_ && !WriteFile(BratText(part.name), text_)) return broken_ = true, false;
        std::error_code error;
        fs::rename(part.Unfinished(), part.name, error);
        if (error) return Fail(Say("cannot write {1}: {2}", part.name, error.message()));
        failed_ = failed_ || (part.kept != nullptr && part.kept->has_errors());
      } else if (sink_ != nullptr) {
        sink_->Close();
      }
      sink_.reset();
      text_.clear();
      spoilt_ = false;
    }
    return true;
  }

  const std::vector<InputFile>& files_;
  const std::vector<Part>& parts_;
  const bool jsonl_, brat_, gzip_;
  Progress* progress_;
  std::size_t at_ = 0;
  bool spoilt_ = false, broken_ = false;
  std::string text_;
  std::unique_ptr<ByteSink> sink_;
};

bool IsFolder(const std::string& output) {
  std::error_code error;
  return output.ends_with("/") || fs::is_directory(output, error);
}

// "news/a.txt.gz" in "out/" becomes "out/news/a.jsonl".
std::string OutputOf(const std::string& folder, const InputFile& file, const std::string& to, bool gzip) {
  std::string name = file.relative;
  if (EndsInGz(name)) name.resize(name.size() - 3);
  const fs::path known(name);
  const std::string extension = known.extension().string();
  for (const char* e : {".txt", ".text", ".html", ".htm", ".xhtml", ".jsonl", ".ndjson"}) {
    if (extension == e) {
      name.resize(name.size() - extension.size());
      break;
    }
  }
  // A list of entities must not look like the text itself.
  name += to == "text" ? ".entities.txt" : to == "brat" ? ".ann" : "." + to;
  return (fs::path(folder) / name).string() + (gzip ? ".gz" : "");
}

// What a resumed run must have in common with the one before.
std::string Settings(const Options& o, const Extractor& extractor, const std::vector<InputFile>& files) {
  const auto list = [](const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& v : values) out += " " + v;
    return out;
  };
  uLong sum = crc32(0, nullptr, 0);
  for (const InputFile& f : files) {
    sum = crc32(sum, reinterpret_cast<const Bytef*>(f.name.data()), static_cast<uInt>(f.name.size() + 1));
  }
  std::string out = "atau " + std::string(Version()) + "\n";
  out += "bundle " + std::to_string(extractor.fingerprint()) + "\n";
  out += "extra" + list(o.extractor.extra) + "\n";
  out += "from " + o.input.from + (o.input.lines ? " lines" : "") + "\n";
  out += "charset " + o.input.charset + "\n";
  out += "to " + o.to + (o.gzip ? " gzip" : "") + "\n";
  out += "types" + list(o.extractor.types) + "\n";
  out += "relations" + list(o.relations) + "\n";
  out += "keep" + list(o.extractor.keep) + "\n";
  if (!o.extractor.without.empty()) out += "without" + list(o.extractor.without) + "\n";
  if (o.extractor.places_apart) out += "places apart\n";
  out += "date " + o.extractor.date + "\n";
  out += "inputs " + std::to_string(files.size()) + " " + std::to_string(sum) + "\n";
  return out;
}

int Run(Options o) {
  std::vector<InputFile> files = Expand(o.input.files, o.input.globs);
  const Format format = FormatOf(o.input.from);
  if (o.to.empty()) {
    const Format first = format == Format::kByName && !files.empty() ? FormatByName(files[0].name) : format;
    o.to = first == Format::kJsonl || FormatByName(o.output) == Format::kJsonl ? "jsonl" : "text";
  }
  o.gzip = o.gzip || EndsInGz(o.output);
  const bool to_folder = !o.output.empty() && IsFolder(o.output), to_file = !o.output.empty() && o.output != "-" && !to_folder;
  if (o.resume && !to_folder && !to_file) return Complain(T("--resume needs --output with a file or a folder")), kUsage;
  if (o.resume && to_file && o.to != "jsonl") {
    return Complain(T("--resume into one file needs --to jsonl, whose lines are the documents; for other formats name a folder")), kUsage;
  }
  // Nothing is written over what is read.
  std::vector<std::string> outputs;
  std::map<std::string, std::string> taken;
  for (const InputFile& file : files) {
    const std::string output = to_folder ? OutputOf(o.output, file, o.to, o.gzip) : to_file ? o.output : std::string();
    std::error_code error;
    if (!output.empty() && file.name != "-" && fs::equivalent(file.name, output, error)) {
      return Complain(Say("{1} is an input: the output must be another file", output)), kUsage;
    }
    if (to_folder && file.error.empty()) {
      const auto [it, fresh] = taken.try_emplace(output, file.name);
      if (!fresh)
        return Complain(Say("{1} and {2} would both be written to {3}: extract them apart", it->second, file.name, output)), kUsage;
    }
    outputs.push_back(output);
  }
  if (to_folder && (o.to == "brat" || o.to == "html")) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      const Format f = format == Format::kByName ? FormatByName(files[i].name) : format;
      if (f == Format::kJsonl || (f == Format::kText && o.input.lines)) {
        return Complain(Say("{1} may hold many documents, but a file of --to {2} holds one: choose another format", files[i].name, o.to)),
               kUsage;
      }
      std::error_code error;
      if (o.to == "brat" && fs::equivalent(files[i].name, BratText(outputs[i]), error)) {
        return Complain(Say("{1} is an input: the output must be another file", files[i].name)), kUsage;
      }
    }
  }
  std::vector<Extractor> loaded;
  if (const int failed = o.extractor.Load(&loaded); failed != kOk) return failed;
  const Extractor& extractor = loaded[0];
  const ExtractOptions plain = o.extractor.ToExtractOptions(false), html = o.extractor.ToExtractOptions(true);

  CatchInterruption();
  Progress progress(T("extracting"), !o.quiet);
  const bool jsonl = o.to == "jsonl";
  std::unique_ptr<RunNote> note;
  std::vector<Part> parts;  // of a folder
  Kept kept;                // of one file
  Message error;
  if (o.resume) {
    std::error_code ignored;
    if (to_folder) fs::create_directories(o.output, ignored);
    note = std::make_unique<RunNote>(to_folder ? (fs::path(o.output) / ".resume").string() : o.output + ".resume",
                                     Settings(o, extractor, files));
    if (!note->Begin(&error)) return Complain(error.said), kFailed;
    if (to_file && !kept.Cut(o.output, o.gzip, &error)) return Complain(error.said), kFailed;
  }
  if (to_folder) {
    std::vector<InputFile> left;
    for (std::size_t i = 0; i < files.size(); ++i) {
      std::error_code status;
      // Files that are complete are passed over unread.
      if (o.resume && files[i].error.empty() && fs::exists(outputs[i], status)) continue;
      Part part{outputs[i], nullptr};
      if (o.resume && jsonl && fs::exists(part.Unfinished(), status)) {
        part.kept = std::make_unique<Kept>();
        if (!part.kept->Cut(part.Unfinished(), o.gzip, &error)) return Complain(error.said), kFailed;
      }
      left.push_back(files[i]);
      parts.push_back(std::move(part));
    }
    const std::size_t done = files.size() - left.size();
    if (done > 0 && !o.quiet) Complain(Fill(TN("{1} file is done already", "{1} files are done already", done), {std::to_string(done)}));
    files.swap(left);
  }
  std::unique_ptr<Results> results;
  if (to_folder) {
    results = std::make_unique<Folder>(files, parts, jsonl, o.to == "brat", o.gzip, &progress);
  } else {
    std::string what;
    auto sink = ByteSink::Open(o.output.empty() ? "-" : o.output, kept.documents() > 0 ? ByteSink::Start::kAppend : ByteSink::Start::kEmpty,
                               o.gzip, &what);
    if (sink == nullptr) return Complain(what), kFailed;
    results = std::make_unique<OneFile>(std::move(sink), jsonl, &progress);
  }

  Reader reader(files, format, o.input.charset, o.input.lines);
  std::size_t documents = 0;
  // The next document that no earlier run has done.
  const auto next = [&](Input* in) {
    while (reader.Next(in)) {
      Kept* done = to_folder ? parts[in->number].kept.get() : &kept;
      if (done == nullptr || done->AllCompared() || (to_folder && in->line == 0)) return true;
      if (!done->IsNext(in->id, &error)) return false;
      progress.Skip(reader.done(), ++documents);
    }
    return false;
  };
  if (kept.documents() > 0 && !o.quiet) {
    Complain(
        Fill(TN("{1} document is done already", "{1} documents are done already", kept.documents()), {std::to_string(kept.documents())}));
  }

  bool good = true;
  Workers workers(
      extractor, [&](Input* in, Scratch* scratch, text::Buffer* out) { Process(extractor, plain, html, o, scratch, in, out); },
      Jobs(o.jobs));
  workers.Run(next, [&](const Input& in, std::string_view result) {
    good = results->Put(in, result);
    progress.ShowBytes(reader.done(), reader.total(), ++documents);
    return good;
  });
  const int signal = Interrupted();
  if (signal == 0 && good && error.empty() && !to_folder && !kept.AllCompared()) {
    error = Both("{1} holds results of {2} documents, but the inputs have only {3}: begin anew without --resume", o.output,
                 kept.documents(), documents);
  }
  if (!error.empty()) {
    progress.Wipe();
    Complain(error.said);
    good = false;
  }
  good = results->End(signal == 0 && good) && good;
  progress.Wipe();
  if (signal != 0) {
    Complain(o.resume ? T("interrupted; the same command goes on from here") : T("interrupted"));
    return kSignalled + signal;
  }
  if (good && note != nullptr) note->End();
  return !good || results->any_failed() || kept.has_errors() ? kFailed : kOk;
}

}  // namespace

Command AddExtract(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app =
      AddCommand(parent, "extract", T("Find people, organizations, places and programmes"),
                 "  atau extract article.txt\n"
                 "  atau extract --to jsonl --jobs 0 feed.jsonl.gz -o entities.jsonl.gz --resume\n"
                 "  atau extract news/ --glob '*.html' --to html --output marked/\n"
                 "  echo 'Глава Роскосмоса Дмитрий Рогозин' | atau extract\n"
                 "  atau extract --extra my_names.tsv --types PROGRAM,ORGANIZATION article.txt\n"
                 "  atau extract --to jsonl --relations WORKS_AS article.txt\n",
                 T("JSONL in: {\"id\": …, \"text\": …}, a document a line; other members are carried through. A bad line gives an\n"
                   "{\"id\", \"error\"} line, the run goes on, and the status is 1 at the end. The output is in the order of the input.\n"
                   "A run with --resume that was stopped, in whatever way, goes on when the same command is given again."));
  app->add_option("--to", o->to, T("Output (default: jsonl for JSONL in or out, else text)"))
      ->check(OneOf({"jsonl", "text", "conll", "brat", "html"}));
  app->add_option("-o,--output", o->output,
                  T("A file (compressed where it ends in .gz), or a folder for a file each (ends in /, or exists)"))
      ->type_name("PATH");
  app->add_flag("--resume", o->resume, T("Go on where an earlier run with the same --output was stopped"));
  app->add_flag("--gzip", o->gzip, T("Compress the output"));
  app->add_option("-j,--jobs", o->jobs, T("Threads; 0: one for each core"))->check(WholeNumber(0, 256))->capture_default_str();
  o->input.AddTo(app);
  o->extractor.AddTo(app);
  // Own rules may tell relations by names of their own, so that only the spelling can be checked.
  const auto check_relation = [](const std::string& value) {
    const bool plain = !value.empty() && value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
    return plain ? std::string()
                 : Say("\"{1}\" is no type of relations: they are written like WORKS_AS, LOCATED_IN, RUN_BY, ALIAS_OF", value);
  };
  app->add_option("--relations", o->relations, T("Only these relations, parted by commas (WORKS_AS, LOCATED_IN, RUN_BY, ALIAS_OF)"))
      ->type_name("TYPE")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Validator(check_relation, ""));
  app->add_flag("--quiet", o->quiet, T("No progress line"));
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
