// The native half of the Python package. Results cross over as plain tuples of plain values, made under the GIL from a Document that was
// made without it; the classes that users see are written in Python (atau/__init__.py).
#include <atau/atau.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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

py::str ToStr(const std::string& s) {
  PyObject* text = PyUnicode_DecodeUTF8(s.data(), static_cast<Py_ssize_t>(s.size()), "replace");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

// Where each of the ascending byte offsets is, in code points. The text came from ToUtf8, so that it is valid.
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

std::size_t ByteOf(const std::string& text, std::size_t point) {
  std::size_t i = 0;
  while (i < text.size() && point > 0) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) ++i;
    --point;
  }
  return point > 0 ? text.size() + point : i;
}

// (text, label, start, end, normal, kind, slots, entity, id, score, rule, parent)
py::list Entities(const atau::Document& d, const std::vector<atau::Entity>& list) {
  py::list out;
  for (const atau::Entity& e : list) {
    py::dict slots;
    for (const auto& [key, value] : e.slots) slots[ToStr(key)] = ToStr(value);
    py::object entity = py::none(), id = py::none(), parent = py::none();
    if (e.entity >= 0) entity = ToStr(d.document_entities[static_cast<std::size_t>(e.entity)].id);
    if (!e.gazetteer.empty()) id = ToStr(e.gazetteer);
    if (e.parent >= 0) parent = py::int_(e.parent);
    out.append(py::make_tuple(ToStr(e.text), ToStr(std::string(atau::TypeName(e.type))), e.code_points.start, e.code_points.end,
                              ToStr(e.normal), ToStr(e.kind), slots, entity, id, e.score, ToStr(e.rule), parent));
  }
  return out;
}

// (ents, nested, entities, relations, repairs, json)
py::tuple ToPython(const atau::Document& d, const std::string& json) {
  py::list entities, relations, repairs;
  for (const atau::DocumentEntity& e : d.document_entities) {
    py::object id = py::none();
    if (!e.gazetteer.empty()) id = ToStr(e.gazetteer);
    entities.append(py::make_tuple(ToStr(e.id), ToStr(std::string(atau::TypeName(e.type))), ToStr(e.normal), id, py::cast(e.mentions)));
  }
  const auto name = [&d](int i) -> py::object {
    if (i < 0) return py::none();
    return ToStr(d.document_entities[static_cast<std::size_t>(i)].id);
  };
  for (const atau::Relation& r : d.relations) {
    relations.append(py::make_tuple(ToStr(r.type), name(r.subject), ToStr(r.role), name(r.object), r.code_points.start, r.code_points.end));
  }
  std::vector<std::size_t> bytes;
  for (const atau::Repair& r : d.repairs) bytes.push_back(r.span.start), bytes.push_back(r.span.end);
  const std::vector<std::size_t> points = Points(d.text, bytes);
  for (std::size_t i = 0; i < d.repairs.size(); ++i) {
    const atau::Repair& r = d.repairs[i];
    repairs.append(py::make_tuple(ToStr(r.kind), points[2 * i], points[2 * i + 1], ToStr(r.before), ToStr(r.after)));
  }
  return py::make_tuple(Entities(d, d.entities), Entities(d, d.nested), entities, relations, repairs, ToStr(json));
}

py::list Readings(const std::string& text, const std::vector<atau::Reading>& list) {
  py::list out;
  for (const atau::Reading& r : list) {
    const std::vector<std::size_t> p = Points(text, {r.span.start, r.span.end});
    py::list reasons;
    for (const atau::Reason& x : r.reasons) reasons.append(py::make_tuple(ToStr(x.evidence), ToStr(x.place), x.weight, ToStr(x.source)));
    out.append(py::make_tuple(p[0], p[1], ToStr(std::string(atau::TypeName(r.type))), r.score, r.chosen, reasons));
  }
  return out;
}

class Extractor {
 public:
  Extractor(const std::string& path, const std::vector<std::string>& bundles,
            const std::vector<std::pair<std::string, std::string>>& sources, bool verify)
      : extractor_(Load(path, bundles, sources, verify)) {}

  std::uint64_t Fingerprint() const { return extractor_.fingerprint(); }

  py::tuple Extract(const py::str& text, const atau::ExtractOptions& options) {
    const std::string bytes = ToUtf8(text);
    Done done;
    {
      const py::gil_scoped_release release;
      const Borrowed scratch(this);
      Run(bytes, options, scratch.get(), &done);
    }
    return Hand(done);
  }

  // All texts by up to `threads` threads; results in the order of the texts.
  py::list ExtractAll(const py::list& texts, const atau::ExtractOptions& options, int threads) {
    std::vector<std::string> bytes;
    for (const py::handle& t : texts) bytes.push_back(ToUtf8(py::cast<py::str>(t)));
    std::vector<Done> done(bytes.size());
    {
      const py::gil_scoped_release release;
      std::mutex mutex;
      std::size_t next = 0;
      const auto work = [&] {
        const Borrowed scratch(this);
        while (true) {
          std::size_t i = 0;
          {
            const std::lock_guard lock(mutex);
            if (next >= bytes.size()) return;
            i = next++;
          }
          Run(bytes[i], options, scratch.get(), &done[i]);
        }
      };
      const std::size_t wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max(1, threads)), bytes.size());
      std::vector<std::thread> pool;
      for (std::size_t i = 1; i < wanted; ++i) pool.emplace_back(work);
      work();
      for (std::thread& t : pool) t.join();
    }
    py::list out;
    for (Done& d : done) {
      out.append(Hand(d));
      d = Done{};
    }
    return out;
  }

  py::str Html(const py::str& text, const atau::ExtractOptions& options, bool page, const std::string& title) {
    const std::string bytes = ToUtf8(text);
    std::string html;
    {
      const py::gil_scoped_release release;
      const Borrowed scratch(this);
      auto d = extractor_.Extract(bytes, options, scratch.get());
      if (!d.ok()) throw Failure(d.error());
      html = atau::ToHtml(d.value(), page, title);
    }
    return ToStr(html);
  }

  py::tuple Explain(const py::str& text, std::size_t start, std::size_t end, const atau::ExtractOptions& options) {
    const std::string bytes = ToUtf8(text);
    const atau::Span span{ByteOf(bytes, start), ByteOf(bytes, end)};
    atau::Explanation why;
    {
      const py::gil_scoped_release release;
      const Borrowed scratch(this);
      auto result = extractor_.Explain(bytes, span, options, scratch.get());
      if (!result.ok()) throw Failure(result.error());
      why = std::move(result.value());
    }
    py::list notes;
    for (const std::string& note : why.notes) notes.append(ToStr(note));
    return py::make_tuple(Readings(bytes, why.readings), Readings(bytes, why.rivals), notes, ToStr(why.ToText()));
  }

 private:
  struct Done {
    atau::Document document;
    std::string json;
    std::optional<atau::Error> error;
  };

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

  static atau::Extractor Load(const std::string& path, const std::vector<std::string>& bundles,
                              const std::vector<std::pair<std::string, std::string>>& sources, bool verify) {
    atau::LoadOptions options;
    options.extra_bundles = bundles;
    for (const auto& [name, content] : sources) options.extra_sources.push_back({name, content});
    options.verify = verify;
    const py::gil_scoped_release release;
    auto loaded = atau::Extractor::Load(path, options);
    if (!loaded.ok()) throw Failure(loaded.error());
    return std::move(loaded.value());
  }

  void Run(const std::string& bytes, const atau::ExtractOptions& options, atau::Scratch* scratch, Done* done) const {
    auto d = extractor_.Extract(bytes, options, scratch);
    if (!d.ok()) {
      done->error = d.error();
      return;
    }
    done->document = std::move(d.value());
    done->json = atau::ToJson(done->document);
  }

  static py::tuple Hand(const Done& done) {
    if (done.error) throw Failure(*done.error);
    return ToPython(done.document, done.json);
  }

  atau::Extractor extractor_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<atau::Scratch>> pool_;
};

atau::ExtractOptions Options(const std::string& date, bool html, const std::vector<std::string>& types,
                             const std::vector<std::string>& keep) {
  atau::ExtractOptions o;
  o.date = date;
  o.html = html;
  o.keep = keep;
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

}  // namespace

PYBIND11_MODULE(_atau, m) {
  m.doc() = "The native half of atau; import atau instead.";
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
      .def(py::init(&Options), py::arg("date"), py::arg("html"), py::arg("types"), py::arg("keep"));
  py::class_<Extractor>(m, "Extractor")
      .def(py::init<const std::string&, const std::vector<std::string>&, const std::vector<std::pair<std::string, std::string>>&, bool>(),
           py::arg("path"), py::arg("bundles"), py::arg("sources"), py::arg("verify"))
      .def_property_readonly("fingerprint", &Extractor::Fingerprint)
      .def("extract", &Extractor::Extract)
      .def("extract_all", &Extractor::ExtractAll)
      .def("html", &Extractor::Html)
      .def("explain", &Extractor::Explain);
  m.def("default_bundle_path", &atau::DefaultBundlePath);
  m.def("version", [] { return std::string(atau::Version()); });
}
