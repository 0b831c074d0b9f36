// The C interface over the C++ one. Handles of documents' parts are the C++ structures themselves under another name, so that reading a
// document allocates nothing.
#include <atau/atau.h>
#include <atau/atau_c.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct atau_error {
  atau_code code = ATAU_INTERNAL;
  atau::Error error;
  std::string text;
};

struct atau_load_options {
  atau::LoadOptions value;
};

// Scratches keep their extractor alive and know it by its address.
struct atau_extractor {
  std::shared_ptr<const atau::Extractor> value;
};

struct atau_scratch {
  std::shared_ptr<const atau::Extractor> extractor;
  std::unique_ptr<atau::Scratch> value;  // dies before the extractor
  std::atomic_flag busy = ATOMIC_FLAG_INIT;
};

struct atau_extract_options {
  atau::ExtractOptions value;
  std::string charset;
};

struct atau_document {
  atau::Document value;
};

struct atau_explanation {
  atau::Explanation value;
  std::string text;
};

namespace {

using atau::Code;
using atau::Error;

// Handed out when there is no memory for an error; nobody frees or changes it.
const atau_error* NoMemory() {
  static const atau_error error = {ATAU_OUT_OF_MEMORY, Error{}, {}};
  return &error;
}
constexpr const char* kNoMemoryText = "out of memory";

atau_code ToCode(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
      return ATAU_INVALID_ARGUMENT;
    case Code::kNotFound:
      return ATAU_NOT_FOUND;
    case Code::kIo:
      return ATAU_IO;
    case Code::kCorrupt:
      return ATAU_CORRUPT;
    case Code::kVersion:
      return ATAU_WRONG_VERSION;
    case Code::kSyntax:
      return ATAU_SYNTAX;
    case Code::kEncoding:
      return ATAU_ENCODING;
    case Code::kTooLarge:
      return ATAU_TOO_LARGE;
  }
  return ATAU_INTERNAL;
}

atau_code OutOfMemory(atau_error** out) {
  if (out != nullptr) *out = const_cast<atau_error*>(NoMemory());
  return ATAU_OUT_OF_MEMORY;
}

atau_code Fail(atau_code code, Error error, atau_error** out) {
  if (out == nullptr) return code;
  try {
    auto made = std::make_unique<atau_error>();
    made->code = code;
    made->text = error.ToString();
    made->error = std::move(error);
    *out = made.release();
  } catch (...) {
    return OutOfMemory(out);
  }
  return code;
}

atau_code Fail(Error error, atau_error** out) {
  const atau_code code = ToCode(error.code);
  return Fail(code, std::move(error), out);
}

Error Invalid(std::string message, std::string hint = {}) {
  return Error{Code::kInvalidArgument, std::move(message), {}, 0, 0, std::move(hint)};
}

// Runs what a function does; no exception gets past it.
template <class F>
atau_code Guard(atau_error** error, F&& work) {
  if (error != nullptr) *error = nullptr;
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return OutOfMemory(error);
  } catch (const std::exception& e) {
    try {
      return Fail(ATAU_INTERNAL, Error{Code::kInvalidArgument, std::string("internal error: ") + e.what(), {}, 0, 0, "please report it"},
                  error);
    } catch (...) {
      return OutOfMemory(error);
    }
  } catch (...) {
    return OutOfMemory(error);
  }
}

// The same for functions that make something and have no error but want of memory.
template <class F>
auto OrNull(F&& make) -> decltype(make()) {
  try {
    return make();
  } catch (...) {
    return nullptr;
  }
}

const char* String(const std::string& s, size_t* size) {
  if (size != nullptr) *size = s.size();
  return s.c_str();
}

const char* Nothing(size_t* size) {
  if (size != nullptr) *size = 0;
  return "";
}

char* NewString(std::string_view s, size_t* size) {
  if (size != nullptr) *size = 0;
  auto* copy = static_cast<char*>(std::malloc(s.size() + 1));
  if (copy == nullptr) return nullptr;
  if (!s.empty()) std::memcpy(copy, s.data(), s.size());
  copy[s.size()] = '\0';
  if (size != nullptr) *size = s.size();
  return copy;
}

// A document's text in a form, as a string of the caller's.
template <class F>
char* Written(const atau_document* document, size_t* size, F&& write) {
  if (size != nullptr) *size = 0;
  if (document == nullptr) return nullptr;
  return OrNull([&] { return NewString(write(document->value), size); });
}

std::string_view View(const char* s) { return s == nullptr ? std::string_view() : std::string_view(s); }

atau_span ToSpan(const atau::Span& s) { return {s.start, s.end}; }

const atau::Entity* Cpp(const atau_mention* m) { return reinterpret_cast<const atau::Entity*>(m); }
const atau::DocumentEntity* Cpp(const atau_entity* e) { return reinterpret_cast<const atau::DocumentEntity*>(e); }
const atau::Relation* Cpp(const atau_relation* r) { return reinterpret_cast<const atau::Relation*>(r); }
const atau::Repair* Cpp(const atau_repair* r) { return reinterpret_cast<const atau::Repair*>(r); }
const atau::Reading* Cpp(const atau_reading* r) { return reinterpret_cast<const atau::Reading*>(r); }

// The n-th of a list under its C name; null where there is none.
template <class C, class T>
const C* At(const std::vector<T>* list, size_t index) {
  return list != nullptr && index < list->size() ? reinterpret_cast<const C*>(&(*list)[index]) : nullptr;
}

const std::vector<atau::Entity>* MentionsOf(const atau_document* document, atau_view view) {
  if (document == nullptr) return nullptr;
  if (view == ATAU_FLAT) return &document->value.entities;
  if (view == ATAU_NESTED) return &document->value.nested;
  return nullptr;
}

const std::vector<atau::Reading>* ReadingsOf(const atau_explanation* explanation, atau_readings which) {
  if (explanation == nullptr) return nullptr;
  if (which == ATAU_READINGS) return &explanation->value.readings;
  if (which == ATAU_RIVALS) return &explanation->value.rivals;
  return nullptr;
}

const atau::Reason* ReasonOf(const atau_reading* reading, size_t index) {
  return reading != nullptr && index < Cpp(reading)->reasons.size() ? &Cpp(reading)->reasons[index] : nullptr;
}

// A caller's scratch for the length of a call.
class Borrowed {
 public:
  explicit Borrowed(atau_scratch* scratch) : scratch_(scratch), taken_(scratch != nullptr && !scratch->busy.test_and_set()) {}
  ~Borrowed() {
    if (taken_) scratch_->busy.clear();
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  bool in_use() const { return scratch_ != nullptr && !taken_; }
  atau::Scratch* get() const { return scratch_ == nullptr ? nullptr : scratch_->value.get(); }

 private:
  atau_scratch* scratch_;
  bool taken_;
};

// What extracting and explaining have in common: checks the parameters, decodes the text, and calls `run` with it.
template <class F>
atau_code WithText(const atau_extractor* extractor, atau_scratch* scratch, const char* text, size_t size,
                   const atau_extract_options* options, bool has_output, atau_error** error, F&& run) {
  if (extractor == nullptr) return Fail(Invalid("the extractor is NULL", "open one by atau_open"), error);
  if (text == nullptr && size != 0) return Fail(Invalid("the text is NULL, and its size is not 0"), error);
  if (!has_output) return Fail(Invalid("the output parameter is NULL"), error);
  if (scratch != nullptr && scratch->extractor != extractor->value) {
    return Fail(Invalid("the scratch belongs to another extractor", "make one for each extractor by atau_scratch_new"), error);
  }
  const Borrowed borrowed(scratch);
  if (borrowed.in_use()) return Fail(Invalid("the scratch is in use by another call", "give each thread a scratch of its own"), error);
  static const atau::ExtractOptions kDefault;
  const atau::ExtractOptions& wanted = options == nullptr ? kDefault : options->value;
  std::string_view view = size == 0 ? std::string_view() : std::string_view(text, size);
  std::string decoded;
  if (options != nullptr && !options->charset.empty()) {
    auto utf8 = atau::DecodeBytes(view, options->charset);
    if (!utf8.ok()) return Fail(utf8.error(), error);
    decoded = std::move(utf8.value());
    view = decoded;
  }
  return run(*extractor->value, view, wanted, borrowed.get());
}

bool ReadFile(const char* path, std::string* content) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return false;
  char block[1 << 14];
  errno = 0;
  try {
    for (size_t n; (n = std::fread(block, 1, sizeof block, file)) > 0;) content->append(block, n);
  } catch (...) {
    std::fclose(file);
    throw;
  }
  const int failed = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  errno = failed;
  return failed == 0;
}

atau_code Opened(atau::Result<atau::Extractor> opened, atau_extractor** extractor, atau_error** error) {
  if (!opened.ok()) return Fail(opened.error(), error);
  auto made = std::make_unique<atau_extractor>();
  made->value = std::make_shared<const atau::Extractor>(std::move(opened.value()));
  *extractor = made.release();
  return ATAU_OK;
}

atau_code SetString(std::string* to, const char* value, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    *to = View(value);
    return ATAU_OK;
  });
}

}  // namespace

// Versions.

const char* atau_version(void) { return atau::Version().data(); }

int atau_abi_version(void) { return ATAU_ABI_VERSION; }

int atau_abi_supports(int abi_version) {
  return abi_version / 1000 == ATAU_ABI_MAJOR && abi_version % 1000 <= ATAU_ABI_MINOR && abi_version >= 0 ? 1 : 0;
}

// Errors.

const char* atau_code_name(atau_code code) {
  static constexpr const char* kNames[] = {"ok",       "invalid_argument", "not_found",     "io",      "corrupt", "version", "syntax",
                                           "encoding", "too_large",        "out_of_memory", "internal"};
  return code >= ATAU_OK && code <= ATAU_INTERNAL ? kNames[code] : "unknown";
}

atau_code atau_error_code(const atau_error* error) { return error == nullptr ? ATAU_OK : error->code; }

const char* atau_error_text(const atau_error* error) {
  if (error == nullptr) return "";
  return error == NoMemory() ? kNoMemoryText : error->text.c_str();
}

const char* atau_error_message(const atau_error* error) {
  if (error == nullptr) return "";
  return error == NoMemory() ? kNoMemoryText : error->error.message.c_str();
}

const char* atau_error_hint(const atau_error* error) { return error == nullptr ? "" : error->error.hint.c_str(); }

const char* atau_error_file(const atau_error* error) { return error == nullptr ? "" : error->error.file.c_str(); }

uint32_t atau_error_line(const atau_error* error) { return error == nullptr ? 0 : error->error.line; }

uint32_t atau_error_column(const atau_error* error) { return error == nullptr ? 0 : error->error.column; }

void atau_error_free(atau_error* error) {
  if (error != NoMemory()) delete error;
}

// Types.

const char* atau_type_name(atau_type type) {
  return type >= 0 && type < atau::kTypeCount ? atau::TypeName(static_cast<atau::Type>(type)).data() : "";
}

atau_type atau_type_by_name(const char* name) { return static_cast<atau_type>(atau::TypeByName(View(name))); }

// Opening.

atau_load_options* atau_load_options_new(void) {
  return OrNull([] { return new atau_load_options; });
}

void atau_load_options_free(atau_load_options* options) { delete options; }

atau_code atau_load_options_add_file(atau_load_options* options, const char* path, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr || View(path).empty()) return Fail(Invalid("options or path is NULL or empty"), error);
    const std::string name = path;
    if (!name.ends_with(".tsv") && !name.ends_with(".rules")) {
      options->value.extra_bundles.push_back(name);
      return ATAU_OK;
    }
    std::string content;
    if (!ReadFile(path, &content)) {
      const int why = errno;
      return Fail(Error{why == ENOENT ? Code::kNotFound : Code::kIo, std::string("the file cannot be read: ") + std::strerror(why), name, 0,
                        0, "check its name and permissions"},
                  error);
    }
    options->value.extra_sources.push_back({name, std::move(content)});
    return ATAU_OK;
  });
}

atau_code atau_load_options_add_source(atau_load_options* options, const char* name, const char* content, size_t size, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr || View(name).empty()) return Fail(Invalid("options or name is NULL or empty"), error);
    if (content == nullptr && size != 0) return Fail(Invalid("the content is NULL, and its size is not 0"), error);
    options->value.extra_sources.push_back({name, size == 0 ? std::string() : std::string(content, size)});
    return ATAU_OK;
  });
}

atau_code atau_load_options_add_bundle(atau_load_options* options, const void* bytes, size_t size, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr || bytes == nullptr) return Fail(Invalid("options or bytes is NULL"), error);
    options->value.extra_bundle_bytes.emplace_back(static_cast<const char*>(bytes), size);
    return ATAU_OK;
  });
}

void atau_load_options_set_verify(atau_load_options* options, int verify) {
  if (options != nullptr) options->value.verify = verify != 0;
}

atau_code atau_open(const char* bundle, const atau_load_options* options, atau_extractor** extractor, atau_error** error) {
  if (extractor != nullptr) *extractor = nullptr;
  return Guard(error, [&]() -> atau_code {
    if (extractor == nullptr) return Fail(Invalid("the output parameter is NULL"), error);
    const std::string path = View(bundle).empty() ? atau::DefaultBundlePath() : std::string(bundle);
    return Opened(atau::Extractor::Load(path, options == nullptr ? atau::LoadOptions{} : options->value), extractor, error);
  });
}

atau_code atau_open_bytes(const void* bytes, size_t size, const atau_load_options* options, atau_extractor** extractor,
                          atau_error** error) {
  if (extractor != nullptr) *extractor = nullptr;
  return Guard(error, [&]() -> atau_code {
    if (extractor == nullptr) return Fail(Invalid("the output parameter is NULL"), error);
    if (bytes == nullptr) return Fail(Invalid("the bundle's bytes are NULL"), error);
    return Opened(atau::Extractor::FromBytes(std::string(static_cast<const char*>(bytes), size),
                                             options == nullptr ? atau::LoadOptions{} : options->value),
                  extractor, error);
  });
}

void atau_extractor_free(atau_extractor* extractor) { delete extractor; }

uint64_t atau_extractor_fingerprint(const atau_extractor* extractor) { return extractor == nullptr ? 0 : extractor->value->fingerprint(); }

char* atau_default_bundle(void) {
  return OrNull([] { return NewString(atau::DefaultBundlePath(), nullptr); });
}

atau_scratch* atau_scratch_new(const atau_extractor* extractor) {
  if (extractor == nullptr) return nullptr;
  return OrNull([&] {
    auto made = std::make_unique<atau_scratch>();
    made->extractor = extractor->value;
    made->value = extractor->value->NewScratch();
    return made.release();
  });
}

void atau_scratch_free(atau_scratch* scratch) { delete scratch; }

// Extracting.

atau_extract_options* atau_extract_options_new(void) {
  return OrNull([] { return new atau_extract_options; });
}

void atau_extract_options_free(atau_extract_options* options) { delete options; }

void atau_extract_options_set_html(atau_extract_options* options, int html) {
  if (options != nullptr) options->value.html = html != 0;
}

atau_code atau_extract_options_set_charset(atau_extract_options* options, const char* charset, atau_error** error) {
  return options == nullptr ? Guard(error, [&] { return Fail(Invalid("the options are NULL"), error); })
                            : SetString(&options->charset, charset, error);
}

atau_code atau_extract_options_set_date(atau_extract_options* options, const char* date, atau_error** error) {
  return options == nullptr ? Guard(error, [&] { return Fail(Invalid("the options are NULL"), error); })
                            : SetString(&options->value.date, date, error);
}

atau_code atau_extract_options_add_type(atau_extract_options* options, atau_type type, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr) return Fail(Invalid("the options are NULL"), error);
    if (type <= ATAU_NONE || type >= atau::kTypeCount) return Fail(Invalid("there is no type " + std::to_string(type)), error);
    options->value.types.push_back(static_cast<atau::Type>(type));
    return ATAU_OK;
  });
}

atau_code atau_extract_options_keep(atau_extract_options* options, const char* repair, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr || repair == nullptr) return Fail(Invalid("options or repair is NULL"), error);
    options->value.keep.emplace_back(repair);
    return ATAU_OK;
  });
}

atau_code atau_extract_options_without(atau_extract_options* options, const char* kind, atau_error** error) {
  return Guard(error, [&]() -> atau_code {
    if (options == nullptr || kind == nullptr) return Fail(Invalid("options or kind is NULL"), error);
    options->value.without.emplace_back(kind);
    return ATAU_OK;
  });
}

void atau_extract_options_set_places_apart(atau_extract_options* options, int apart) {
  if (options != nullptr) options->value.places_apart = apart != 0;
}

atau_code atau_extract(const atau_extractor* extractor, atau_scratch* scratch, const char* text, size_t size,
                       const atau_extract_options* options, atau_document** document, atau_error** error) {
  if (document != nullptr) *document = nullptr;
  return Guard(error, [&]() -> atau_code {
    return WithText(
        extractor, scratch, text, size, options, document != nullptr, error,
        [&](const atau::Extractor& x, std::string_view view, const atau::ExtractOptions& wanted, atau::Scratch* memory) -> atau_code {
          auto found = x.Extract(view, wanted, memory);
          if (!found.ok()) return Fail(found.error(), error);
          *document = new atau_document{std::move(found.value())};
          return ATAU_OK;
        });
  });
}

void atau_document_free(atau_document* document) { delete document; }

// A document.

const char* atau_document_text(const atau_document* document, size_t* size) {
  return document == nullptr ? Nothing(size) : String(document->value.text, size);
}

size_t atau_document_mention_count(const atau_document* document, atau_view view) {
  const auto* list = MentionsOf(document, view);
  return list == nullptr ? 0 : list->size();
}

const atau_mention* atau_document_mention(const atau_document* document, atau_view view, size_t index) {
  return At<atau_mention>(MentionsOf(document, view), index);
}

size_t atau_document_entity_count(const atau_document* document) {
  return document == nullptr ? 0 : document->value.document_entities.size();
}

const atau_entity* atau_document_entity(const atau_document* document, size_t index) {
  return document == nullptr ? nullptr : At<atau_entity>(&document->value.document_entities, index);
}

size_t atau_document_relation_count(const atau_document* document) { return document == nullptr ? 0 : document->value.relations.size(); }

const atau_relation* atau_document_relation(const atau_document* document, size_t index) {
  return document == nullptr ? nullptr : At<atau_relation>(&document->value.relations, index);
}

size_t atau_document_repair_count(const atau_document* document) { return document == nullptr ? 0 : document->value.repairs.size(); }

const atau_repair* atau_document_repair(const atau_document* document, size_t index) {
  return document == nullptr ? nullptr : At<atau_repair>(&document->value.repairs, index);
}

char* atau_document_json(const atau_document* document, const char* id, size_t* size) {
  return Written(document, size, [&](const atau::Document& d) { return atau::ToJson(d, View(id)); });
}

char* atau_document_html(const atau_document* document, int page, const char* title, size_t* size) {
  return Written(document, size, [&](const atau::Document& d) { return atau::ToHtml(d, page != 0, View(title)); });
}

char* atau_document_brat(const atau_document* document, size_t* size) {
  return Written(document, size, [](const atau::Document& d) { return atau::ToBrat(d); });
}

char* atau_document_conll(const atau_document* document, size_t* size) {
  return Written(document, size, [](const atau::Document& d) { return atau::ToConll(d); });
}

void atau_string_free(char* string) { std::free(string); }

// A mention.

atau_span atau_mention_bytes(const atau_mention* m) { return m == nullptr ? atau_span{0, 0} : ToSpan(Cpp(m)->span); }

atau_span atau_mention_code_points(const atau_mention* m) { return m == nullptr ? atau_span{0, 0} : ToSpan(Cpp(m)->code_points); }

atau_type atau_mention_type(const atau_mention* m) { return m == nullptr ? ATAU_NONE : static_cast<atau_type>(Cpp(m)->type); }

const char* atau_mention_kind(const atau_mention* m, size_t* size) { return m == nullptr ? Nothing(size) : String(Cpp(m)->kind, size); }

const char* atau_mention_text(const atau_mention* m, size_t* size) { return m == nullptr ? Nothing(size) : String(Cpp(m)->text, size); }

const char* atau_mention_normal(const atau_mention* m, size_t* size) { return m == nullptr ? Nothing(size) : String(Cpp(m)->normal, size); }

int atau_mention_entity(const atau_mention* m) { return m == nullptr ? -1 : Cpp(m)->entity; }

const char* atau_mention_gazetteer(const atau_mention* m, size_t* size) {
  return m == nullptr ? Nothing(size) : String(Cpp(m)->gazetteer, size);
}

double atau_mention_score(const atau_mention* m) { return m == nullptr ? 0 : Cpp(m)->score; }

const char* atau_mention_rule(const atau_mention* m, size_t* size) { return m == nullptr ? Nothing(size) : String(Cpp(m)->rule, size); }

int atau_mention_parent(const atau_mention* m) { return m == nullptr ? -1 : Cpp(m)->parent; }

size_t atau_mention_slot_count(const atau_mention* m) { return m == nullptr ? 0 : Cpp(m)->slots.size(); }

const char* atau_mention_slot_name(const atau_mention* m, size_t index, size_t* size) {
  return index < atau_mention_slot_count(m) ? String(Cpp(m)->slots[index].first, size) : Nothing(size);
}

const char* atau_mention_slot_value(const atau_mention* m, size_t index, size_t* size) {
  return index < atau_mention_slot_count(m) ? String(Cpp(m)->slots[index].second, size) : Nothing(size);
}

const char* atau_mention_slot(const atau_mention* m, const char* name, size_t* size) {
  if (m == nullptr || name == nullptr) return Nothing(size);
  for (const auto& [key, value] : Cpp(m)->slots) {
    if (key == name) return String(value, size);
  }
  return Nothing(size);
}

// An entity.

const char* atau_entity_id(const atau_entity* e, size_t* size) { return e == nullptr ? Nothing(size) : String(Cpp(e)->id, size); }

atau_type atau_entity_type(const atau_entity* e) { return e == nullptr ? ATAU_NONE : static_cast<atau_type>(Cpp(e)->type); }

const char* atau_entity_normal(const atau_entity* e, size_t* size) { return e == nullptr ? Nothing(size) : String(Cpp(e)->normal, size); }

const char* atau_entity_gazetteer(const atau_entity* e, size_t* size) {
  return e == nullptr ? Nothing(size) : String(Cpp(e)->gazetteer, size);
}

size_t atau_entity_mention_count(const atau_entity* e) { return e == nullptr ? 0 : Cpp(e)->mentions.size(); }

int atau_entity_mention(const atau_entity* e, size_t n) { return n < atau_entity_mention_count(e) ? Cpp(e)->mentions[n] : -1; }

// A relation.

const char* atau_relation_type(const atau_relation* r, size_t* size) { return r == nullptr ? Nothing(size) : String(Cpp(r)->type, size); }

int atau_relation_subject(const atau_relation* r) { return r == nullptr ? -1 : Cpp(r)->subject; }

const char* atau_relation_role(const atau_relation* r, size_t* size) { return r == nullptr ? Nothing(size) : String(Cpp(r)->role, size); }

int atau_relation_object(const atau_relation* r) { return r == nullptr ? -1 : Cpp(r)->object; }

atau_span atau_relation_bytes(const atau_relation* r) { return r == nullptr ? atau_span{0, 0} : ToSpan(Cpp(r)->span); }

atau_span atau_relation_code_points(const atau_relation* r) { return r == nullptr ? atau_span{0, 0} : ToSpan(Cpp(r)->code_points); }

// A repair.

const char* atau_repair_kind(const atau_repair* r, size_t* size) { return r == nullptr ? Nothing(size) : String(Cpp(r)->kind, size); }

atau_span atau_repair_bytes(const atau_repair* r) { return r == nullptr ? atau_span{0, 0} : ToSpan(Cpp(r)->span); }

const char* atau_repair_before(const atau_repair* r, size_t* size) { return r == nullptr ? Nothing(size) : String(Cpp(r)->before, size); }

const char* atau_repair_after(const atau_repair* r, size_t* size) { return r == nullptr ? Nothing(size) : String(Cpp(r)->after, size); }

// An explanation.

atau_code atau_explain(const atau_extractor* extractor, atau_scratch* scratch, const char* text, size_t size, atau_span bytes,
                       const atau_extract_options* options, atau_explanation** explanation, atau_error** error) {
  if (explanation != nullptr) *explanation = nullptr;
  return Guard(error, [&]() -> atau_code {
    return WithText(
        extractor, scratch, text, size, options, explanation != nullptr, error,
        [&](const atau::Extractor& x, std::string_view view, const atau::ExtractOptions& wanted, atau::Scratch* memory) -> atau_code {
          auto why = x.Explain(view, {bytes.begin, bytes.end}, wanted, memory);
          if (!why.ok()) return Fail(why.error(), error);
          auto made = std::make_unique<atau_explanation>();
          made->text = why->ToText();
          made->value = std::move(why.value());
          *explanation = made.release();
          return ATAU_OK;
        });
  });
}

void atau_explanation_free(atau_explanation* explanation) { delete explanation; }

const char* atau_explanation_text(const atau_explanation* explanation, size_t* size) {
  return explanation == nullptr ? Nothing(size) : String(explanation->text, size);
}

size_t atau_explanation_reading_count(const atau_explanation* explanation, atau_readings which) {
  const auto* list = ReadingsOf(explanation, which);
  return list == nullptr ? 0 : list->size();
}

const atau_reading* atau_explanation_reading(const atau_explanation* explanation, atau_readings which, size_t index) {
  return At<atau_reading>(ReadingsOf(explanation, which), index);
}

size_t atau_explanation_note_count(const atau_explanation* explanation) {
  return explanation == nullptr ? 0 : explanation->value.notes.size();
}

const char* atau_explanation_note(const atau_explanation* explanation, size_t index, size_t* size) {
  return index < atau_explanation_note_count(explanation) ? String(explanation->value.notes[index], size) : Nothing(size);
}

atau_span atau_reading_bytes(const atau_reading* r) { return r == nullptr ? atau_span{0, 0} : ToSpan(Cpp(r)->span); }

atau_type atau_reading_type(const atau_reading* r) { return r == nullptr ? ATAU_NONE : static_cast<atau_type>(Cpp(r)->type); }

double atau_reading_score(const atau_reading* r) { return r == nullptr ? 0 : Cpp(r)->score; }

int atau_reading_chosen(const atau_reading* r) { return r != nullptr && Cpp(r)->chosen ? 1 : 0; }

size_t atau_reading_reason_count(const atau_reading* r) { return r == nullptr ? 0 : Cpp(r)->reasons.size(); }

const char* atau_reading_evidence(const atau_reading* r, size_t index, size_t* size) {
  const atau::Reason* reason = ReasonOf(r, index);
  return reason == nullptr ? Nothing(size) : String(reason->evidence, size);
}

const char* atau_reading_place(const atau_reading* r, size_t index, size_t* size) {
  const atau::Reason* reason = ReasonOf(r, index);
  return reason == nullptr ? Nothing(size) : String(reason->place, size);
}

double atau_reading_weight(const atau_reading* r, size_t index) {
  const atau::Reason* reason = ReasonOf(r, index);
  return reason == nullptr ? 0 : reason->weight;
}

const char* atau_reading_source(const atau_reading* r, size_t index, size_t* size) {
  const atau::Reason* reason = ReasonOf(r, index);
  return reason == nullptr ? Nothing(size) : String(reason->source, size);
}
