// The native half of the Python package. A document stays a C++ value until Python asks for its parts, which cross over as plain tuples;
// the classes that users see are written in Python (atau/).
#include <atau/atau.h>
#include <pthread.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace {

// An atau::Error on its way to Python's atau.Error.
class Failure : public std::exception {
 public:
  explicit Failure(atau::Error error) : error_(std::move(error)), text_(error_.ToString()) {}
  const char* what() const noexcept override { return text_.c_str(); }
  const atau::Error& error() const { return error_; }

 private:
  atau::Error error_;
  std::string text_;
};

const char* CodeName(atau::Code code) {
  switch (code) {
    case atau::Code::kInvalidArgument:
      return "invalid_argument";
    case atau::Code::kNotFound:
      return "not_found";
    case atau::Code::kIo:
      return "io";
    case atau::Code::kCorrupt:
      return "corrupt";
    case atau::Code::kVersion:
      return "version";
    case atau::Code::kSyntax:
      return "syntax";
    case atau::Code::kEncoding:
      return "encoding";
    case atau::Code::kTooLarge:
      return "too_large";
  }
  return "unknown";
}

// A process may be forked while other threads extract. Whoever works without Python's lock holds this gate, and the fork waits until nobody
// does: so the child never inherits a mutex (a pool's, or one inside RE2) that is held by a thread which it does not have. Holders need
// nothing of Python until they have let go, so that the wait ends.
std::shared_mutex& Gate() {
  alignas(std::shared_mutex) static unsigned char place[sizeof(std::shared_mutex)];
  static auto* gate = new (place) std::shared_mutex;
  return *gate;
}

void CloseGate() { Gate().lock(); }
void OpenGate() { Gate().unlock(); }
// Threads that waited at the gate are still counted in the child's copy of it, where they do not exist.
void RenewGate() { new (&Gate()) std::shared_mutex; }

// Without Python's lock, and inside the gate.
class Unlocked {
  py::gil_scoped_release release_;
  std::shared_lock<std::shared_mutex> inside_{Gate()};
};

// A str may hold lone surrogates, which UTF-8 has no bytes for. Each becomes U+FFFD, which keeps the count of code points, so that offsets
// stay right.
std::string ToUtf8(const py::str& text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (bytes != nullptr) return {bytes, static_cast<std::size_t>(size)};
  PyErr_Clear();
  std::string out;
  const Py_ssize_t length = PyUnicode_GET_LENGTH(text.ptr());
  for (Py_ssize_t i = 0; i < length; ++i) {
    Py_UCS4 c = PyUnicode_READ_CHAR(text.ptr(), i);
    if (c >= 0xD800 && c <= 0xDFFF) c = 0xFFFD;
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0 | c >> 12);
      out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      out += static_cast<char>(0xF0 | c >> 18);
      out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

py::str ToStr(std::string_view s) {
  PyObject* text = PyUnicode_DecodeUTF8(s.data(), static_cast<Py_ssize_t>(s.size()), "replace");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

py::object ToStrOrNone(std::string_view s) {
  if (s.empty()) return py::none();
  return ToStr(s);
}

// Where each of the byte offsets is, in code points. The text came from ToUtf8, so that it is valid.
std::vector<std::size_t> Points(const std::string& text, std::vector<std::size_t> bytes) {
  std::vector<std::size_t> sorted = bytes;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::pair<std::size_t, std::size_t>> known;
  std::size_t at = 0, count = 0;
  for (const std::size_t b : sorted) {
    for (; at < b && at < text.size(); ++at) count += (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    known.emplace_back(b, count);
  }
  for (std::size_t& b : bytes) b = std::lower_bound(known.begin(), known.end(), std::pair<std::size_t, std::size_t>{b, 0})->second;
  return bytes;
}

// The bytes at which the code points of a text begin, and its end.
std::vector<std::size_t> Starts(const std::string& text) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

atau::Error Wrong(std::string message) { return {atau::Code::kInvalidArgument, std::move(message), {}, 0, 0, {}}; }

// A document's parts as tuples, whose order is that of the fields of the classes in atau/_document.py.
class Document {
 public:
  explicit Document(atau::Document document) : d_(std::move(document)) {}

  // The other way round: a document from its text and such tuples. Throws where they do not fit together.
  Document(const py::str& text, const py::list& ents, const py::list& nested, const py::list& entities, const py::list& relations,
           const py::list& repairs) {
    d_.text = ToUtf8(text);
    const std::vector<std::size_t> starts = Starts(d_.text);
    const auto span = [&](const py::handle& row, std::size_t at, const char* what) {
      const auto begin = py::cast<std::size_t>(row[py::int_(at)]), end = py::cast<std::size_t>(row[py::int_(at + 1)]);
      if (begin > end || end >= starts.size()) throw Failure(Wrong(std::string(what) + " reaches outside the text"));
      return std::pair(atau::Span{begin, end}, atau::Span{starts[begin], starts[end]});
    };
    std::vector<std::string> ids;
    const auto number = [&](const py::handle& id, const char* what) {
      if (id.is_none()) return -1;
      const auto at = std::find(ids.begin(), ids.end(), ToUtf8(py::cast<py::str>(id)));
      if (at == ids.end()) throw Failure(Wrong(std::string(what) + " names a document entity that is not there"));
      return static_cast<int>(at - ids.begin());
    };
    for (const py::handle& row : entities) {
      atau::DocumentEntity e;
      e.id = String(row[py::int_(0)]);
      e.type = TypeOf(row[py::int_(1)]);
      e.normal = String(row[py::int_(2)]);
      e.gazetteer = String(row[py::int_(3)]);
      for (const py::handle& m : row[py::int_(4)]) {
        const int mention = py::cast<int>(m);
        if (mention < 0 || mention >= static_cast<int>(ents.size()))
          throw Failure(Wrong("a document entity has a mention that is not there"));
        e.mentions.push_back(mention);
      }
      if (e.mentions.empty()) throw Failure(Wrong("a document entity has no mention"));
      ids.push_back(e.id);
      d_.document_entities.push_back(std::move(e));
    }
    const auto mentions = [&](const py::list& rows, std::vector<atau::Entity>* out) {
      for (const py::handle& row : rows) {
        atau::Entity e;
        e.text = String(row[py::int_(0)]);
        e.type = TypeOf(row[py::int_(1)]);
        std::tie(e.code_points, e.span) = span(row, 2, "a mention");
        e.normal = String(row[py::int_(4)]);
        e.kind = String(row[py::int_(5)]);
        for (const auto& [key, value] : py::cast<py::dict>(row[py::int_(6)])) e.slots.emplace_back(String(key), String(value));
        e.entity = number(row[py::int_(7)], "a mention");
        e.gazetteer = String(row[py::int_(8)]);
        e.score = py::cast<double>(row[py::int_(9)]);
        e.rule = String(row[py::int_(10)]);
        const py::object parent = row[py::int_(11)];
        e.parent = parent.is_none() ? -1 : py::cast<int>(parent);
        if (e.parent < -1 || e.parent >= static_cast<int>(rows.size())) throw Failure(Wrong("a mention has a parent that is not there"));
        out->push_back(std::move(e));
      }
    };
    mentions(ents, &d_.entities);
    mentions(nested, &d_.nested);
    for (const py::handle& row : relations) {
      atau::Relation r;
      r.type = String(row[py::int_(0)]);
      r.subject = number(row[py::int_(1)], "a relation");
      r.role = String(row[py::int_(2)]);
      r.object = number(row[py::int_(3)], "a relation");
      std::tie(r.code_points, r.span) = span(row, 4, "a relation");
      d_.relations.push_back(std::move(r));
    }
    for (const py::handle& row : repairs) {
      d_.repairs.push_back({String(row[py::int_(0)]), span(row, 1, "a repair").second, String(row[py::int_(3)]), String(row[py::int_(4)])});
    }
  }

  py::list Ents() const { return Mentions(d_.entities); }
  py::list Nested() const { return Mentions(d_.nested); }

  // (id, label, normal, gazetteer, mentions)
  py::list Entities() const {
    py::list out;
    for (const atau::DocumentEntity& e : d_.document_entities) {
      out.append(py::make_tuple(ToStr(e.id), ToStr(atau::TypeName(e.type)), ToStr(e.normal), ToStrOrNone(e.gazetteer),
                                py::tuple(py::cast(e.mentions))));
    }
    return out;
  }

  // (type, subject, role, object, start, end)
  py::list Relations() const {
    py::list out;
    for (const atau::Relation& r : d_.relations) {
      out.append(
          py::make_tuple(ToStr(r.type), EntityId(r.subject), ToStr(r.role), EntityId(r.object), r.code_points.start, r.code_points.end));
    }
    return out;
  }

  // (kind, start, end, before, after)
  py::list Repairs() const {
    std::vector<std::size_t> bytes;
    for (const atau::Repair& r : d_.repairs) bytes.push_back(r.span.start), bytes.push_back(r.span.end);
    const std::vector<std::size_t> points = Points(d_.text, bytes);
    py::list out;
    for (std::size_t i = 0; i < d_.repairs.size(); ++i) {
      const atau::Repair& r = d_.repairs[i];
      out.append(py::make_tuple(ToStr(r.kind), points[2 * i], points[2 * i + 1], ToStr(r.before), ToStr(r.after)));
    }
    return out;
  }

  py::str Json() const { return ToStr(atau::ToJson(d_)); }
  py::str Html(bool page, const py::str& title) const { return ToStr(atau::ToHtml(d_, page, ToUtf8(title))); }
  py::str Brat() const { return ToStr(atau::ToBrat(d_)); }
  py::str Conll() const { return ToStr(atau::ToConll(d_)); }

 private:
  static std::string String(const py::handle& value) { return value.is_none() ? std::string() : ToUtf8(py::cast<py::str>(value)); }
  static atau::Type TypeOf(const py::handle& value) {
    const std::string name = String(value);
    const atau::Type type = atau::TypeByName(name);
    if (type == atau::Type::kNone) throw Failure(Wrong("there is no type \"" + name + "\""));
    return type;
  }

  py::object EntityId(int index) const {
    if (index < 0) return py::none();
    return ToStr(d_.document_entities[static_cast<std::size_t>(index)].id);
  }

  // As the JSON has it: sums of single precision have no more digits that mean something.
  static double Score(double score) { return std::round(score * 100) / 100 + 0.0; }

  // (text, label, start, end, normal, kind, slots, entity, id, score, rule, parent)
  py::list Mentions(const std::vector<atau::Entity>& list) const {
    py::list out;
    for (const atau::Entity& e : list) {
      py::dict slots;
      for (const auto& [key, value] : e.slots) slots[ToStr(key)] = ToStr(value);
      py::object parent = py::none();
      if (e.parent >= 0) parent = py::int_(e.parent);
      out.append(py::make_tuple(ToStr(e.text), ToStr(atau::TypeName(e.type)), e.code_points.start, e.code_points.end, ToStr(e.normal),
                                ToStr(e.kind), slots, EntityId(e.entity), ToStrOrNone(e.gazetteer), Score(e.score), ToStr(e.rule), parent));
    }
    return out;
  }

  atau::Document d_;
};

// (start, end, label, score, chosen, reasons), in code points already
py::list Readings(const std::vector<atau::Reading>& list) {
  py::list out;
  for (const atau::Reading& r : list) {
    py::list reasons;
    for (const atau::Reason& x : r.reasons) reasons.append(py::make_tuple(ToStr(x.evidence), ToStr(x.place), x.weight, ToStr(x.source)));
    out.append(py::make_tuple(r.span.start, r.span.end, ToStr(atau::TypeName(r.type)), r.score, r.chosen, py::tuple(reasons)));
  }
  return out;
}

class Extractor {
 public:
  Extractor(const std::string& path, const std::vector<std::string>& bundles, const std::vector<py::bytes>& bytes, bool verify)
      : extractor_(Load(path, bundles, bytes, verify)) {}

  std::uint64_t Fingerprint() const { return extractor_.fingerprint(); }

  Document Extract(const py::str& text, const atau::ExtractOptions& options) {
    const std::string bytes = ToUtf8(text);
    const Unlocked unlocked;
    const Borrowed scratch(this);
    auto d = extractor_.Extract(bytes, options, scratch.get());
    if (!d.ok()) throw Failure(d.error());
    return Document(std::move(d.value()));
  }

  // All texts by up to `threads` threads; results in the order of the texts.
  py::list ExtractAll(const py::list& texts, const atau::ExtractOptions& options, int threads) {
    std::vector<std::string> bytes;
    for (const py::handle& t : texts) bytes.push_back(ToUtf8(py::cast<py::str>(t)));
    std::vector<std::optional<atau::Document>> done(bytes.size());
    {
      const Unlocked unlocked;
      std::mutex mutex;
      std::size_t next = 0;
      std::exception_ptr failure;
      const auto work = [&] {
        try {
          const Borrowed scratch(this);
          while (true) {
            std::size_t i = 0;
            {
              const std::lock_guard lock(mutex);
              if (next >= bytes.size() || failure) return;
              i = next++;
            }
            auto d = extractor_.Extract(bytes[i], options, scratch.get());
            if (!d.ok()) throw Failure(d.error());
            done[i] = std::move(d.value());
          }
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!failure) failure = std::current_exception();
        }
      };
      const std::size_t wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, threads)), bytes.size());
      std::vector<std::thread> pool;
      try {
        for (std::size_t i = 1; i < wanted; ++i) pool.emplace_back(work);
      } catch (const std::system_error&) {
        // The system gives no more threads: those that are there do the work.
      }
      work();
      for (std::thread& t : pool) t.join();
      if (failure) std::rethrow_exception(failure);
    }
    py::list out;
    for (std::optional<atau::Document>& d : done) {
      out.append(py::cast(Document(std::move(*d))));
      d.reset();
    }
    return out;
  }

  // (readings, rivals, notes, text); all spans are code points, in the text for people too.
  py::tuple Explain(const py::str& text, std::size_t start, std::size_t end, const atau::ExtractOptions& options) {
    const std::string bytes = ToUtf8(text);
    const std::vector<std::size_t> starts = Starts(bytes);
    if (end >= starts.size() || start > end) throw Failure(Wrong("the span is not inside the text"));
    atau::Explanation why;
    {
      const Unlocked unlocked;
      const Borrowed scratch(this);
      auto result = extractor_.Explain(bytes, {starts[start], starts[end]}, options, scratch.get());
      if (!result.ok()) throw Failure(result.error());
      why = std::move(result.value());
    }
    why.span = {start, end};
    for (std::vector<atau::Reading>* list : {&why.readings, &why.rivals}) {
      for (atau::Reading& r : *list) {
        const std::vector<std::size_t> p = Points(bytes, {r.span.start, r.span.end});
        r.span = {p[0], p[1]};
      }
    }
    py::list notes;
    for (const std::string& note : why.notes) notes.append(ToStr(note));
    return py::make_tuple(Readings(why.readings), Readings(why.rivals), notes, ToStr(why.ToText()));
  }

 private:
  // A scratch from the pool; goes back to it at the end, so that any number of Python threads may call at once.
  class Borrowed {
   public:
    explicit Borrowed(Extractor* owner) : owner_(owner) {
      {
        const std::lock_guard lock(owner_->mutex_);
        if (!owner_->pool_.empty()) {
          scratch_ = std::move(owner_->pool_.back());
          owner_->pool_.pop_back();
        }
      }
      if (scratch_ == nullptr) scratch_ = owner_->extractor_.NewScratch();
    }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    ~Borrowed() {
      const std::lock_guard lock(owner_->mutex_);
      owner_->pool_.push_back(std::move(scratch_));
    }
    atau::Scratch* get() const { return scratch_.get(); }

   private:
    Extractor* owner_;
    std::unique_ptr<atau::Scratch> scratch_;
  };

  static atau::Extractor Load(const std::string& path, const std::vector<std::string>& bundles, const std::vector<py::bytes>& bytes,
                              bool verify) {
    atau::LoadOptions options;
    options.extra_bundles = bundles;
    for (const py::bytes& b : bytes) options.extra_bundle_bytes.emplace_back(std::string(b));
    options.verify = verify;
    const Unlocked unlocked;
    auto loaded = atau::Extractor::Load(path, options);
    if (!loaded.ok()) throw Failure(loaded.error());
    return std::move(loaded.value());
  }

  atau::Extractor extractor_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<atau::Scratch>> pool_;
};

atau::ExtractOptions Options(const std::string& date, bool html, const std::vector<std::string>& types,
                             const std::vector<std::string>& without, bool places_apart, const std::vector<std::string>& keep) {
  atau::ExtractOptions o;
  o.date = date;
  o.html = html;
  o.keep = keep;
  o.without = without;
  o.places_apart = places_apart;
  for (const std::string& name : types) {
    const atau::Type type = atau::TypeByName(name);
    if (type == atau::Type::kNone) {
      throw Failure({atau::Code::kInvalidArgument,
                     "there is no type \"" + name + "\"",
                     {},
                     0,
                     0,
                     "types are PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE, MONEY, ROLE"});
    }
    o.types.push_back(type);
  }
  return o;
}

// (the bundle's bytes or None, [(is an error, file, line, column, message, hint), …])
py::tuple Compile(const std::string& base, const std::vector<std::pair<std::string, py::bytes>>& sources) {
  std::vector<atau::Source> list;
  for (const auto& [name, content] : sources) list.push_back({name, std::string(content)});
  atau::CompileOptions options;
  options.base_bundle = base;
  atau::CompileResult result;
  {
    const Unlocked unlocked;
    auto compiled = atau::Compile(std::move(list), options);
    if (!compiled.ok()) throw Failure(compiled.error());
    result = std::move(compiled.value());
  }
  py::list diagnostics;
  for (const atau::Diagnostic& d : result.diagnostics) {
    diagnostics.append(
        py::make_tuple(d.severity == atau::Diagnostic::Severity::kError, ToStr(d.file), d.line, d.column, ToStr(d.message), ToStr(d.hint)));
  }
  py::object bundle = py::none();
  if (result.ok) bundle = py::bytes(result.bundle);
  return py::make_tuple(bundle, diagnostics);
}

py::str Decode(const py::bytes& bytes, const std::string& charset) {
  const std::string content(bytes);
  auto text = atau::DecodeBytes(content, charset);
  if (!text.ok()) throw Failure(text.error());
  return ToStr(text.value());
}

}  // namespace

PYBIND11_MODULE(_atau, m) {
  m.doc() = "The native half of atau; import atau instead.";
  pthread_atfork(&CloseGate, &OpenGate, &RenewGate);
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const Failure& f) {
      const atau::Error& e = f.error();
      const py::object type = py::module_::import("atau").attr("Error");
      const py::object error = type(ToStr(f.what()), CodeName(e.code), ToStr(e.message), ToStr(e.file), e.line, e.column, ToStr(e.hint));
      PyErr_SetObject(type.ptr(), error.ptr());
    }
  });
  py::class_<atau::ExtractOptions>(m, "Options")
      .def(py::init(&Options), py::arg("date"), py::arg("html"), py::arg("types"), py::arg("without"), py::arg("places_apart"),
           py::arg("keep"));
  py::class_<Document>(m, "Document")
      .def(py::init<const py::str&, const py::list&, const py::list&, const py::list&, const py::list&, const py::list&>(), py::arg("text"),
           py::arg("ents"), py::arg("nested"), py::arg("entities"), py::arg("relations"), py::arg("repairs"))
      .def("ents", &Document::Ents)
      .def("nested", &Document::Nested)
      .def("entities", &Document::Entities)
      .def("relations", &Document::Relations)
      .def("repairs", &Document::Repairs)
      .def("json", &Document::Json)
      .def("html", &Document::Html, py::arg("page"), py::arg("title"))
      .def("brat", &Document::Brat)
      .def("conll", &Document::Conll);
  py::class_<Extractor>(m, "Extractor")
      .def(py::init<const std::string&, const std::vector<std::string>&, const std::vector<py::bytes>&, bool>(), py::arg("path"),
           py::arg("bundles"), py::arg("bundle_bytes"), py::arg("verify"))
      .def_property_readonly("fingerprint", &Extractor::Fingerprint)
      .def("extract", &Extractor::Extract, py::arg("text"), py::arg("options"))
      .def("extract_all", &Extractor::ExtractAll, py::arg("texts"), py::arg("options"), py::arg("threads"))
      .def("explain", &Extractor::Explain, py::arg("text"), py::arg("start"), py::arg("end"), py::arg("options"));
  m.def("compile", &Compile, py::arg("base"), py::arg("sources"));
  m.def("decode", &Decode, py::arg("content"), py::arg("charset"));
  m.def("default_bundle_path", &atau::DefaultBundlePath);
  m.def("version", [] { return std::string(atau::Version()); });
}
