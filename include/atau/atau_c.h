/// @file
/// The C interface of atau: C99, and the one to bind other languages to.
///
/// @code{.c}
/// #include <atau/atau_c.h>
///
/// atau_error* error = NULL;
/// atau_extractor* extractor = NULL;
/// atau_document* document = NULL;
/// if (atau_open(NULL, NULL, &extractor, &error) != ATAU_OK ||
///     atau_extract(extractor, NULL, text, strlen(text), NULL, &document, &error) != ATAU_OK) {
///   fprintf(stderr, "%s\n", atau_error_text(error));
///   return 1;
/// }
/// for (size_t i = 0; i < atau_document_mention_count(document, ATAU_FLAT); ++i) {
///   const atau_mention* m = atau_document_mention(document, ATAU_FLAT, i);
///   printf("%s %s = %s\n", atau_type_name(atau_mention_type(m)), atau_mention_text(m, NULL), atau_mention_normal(m, NULL));
/// }
/// atau_document_free(document);
/// atau_extractor_free(extractor);
/// @endcode
///
/// **Errors.** What can fail returns an @ref atau_code. When that is not ATAU_OK, outputs are set to NULL, and where `error` is not NULL,
/// `*error` is an error that the caller frees by atau_error_free(). On success `*error` is set to NULL. Nothing throws, prints or ends the
/// process; memory that has run out is ATAU_OUT_OF_MEMORY.
///
/// **Ownership.** What a function gives out through a `**` parameter or from a `_new` function belongs to the caller, who frees it by the
/// `_free` function of its kind, in any order: an extractor may be freed while scratches and documents made by it live on. All `_free`
/// functions take NULL. A `char*` (not const) is freed by atau_string_free(). Whatever is `const` belongs to the object it was asked of,
/// and lives as long as that object, unchanged. What is handed in is copied where it is needed; nothing of the caller's is kept.
///
/// **Strings** are UTF-8 (as valid as the text that was handed in), and end with a NUL that the size does not count. The `size` parameter
/// of an accessor may be NULL; it is of use where a text holds NULs itself. Sizes and offsets are in bytes unless a name says
/// `code_points`. No accessor returns NULL for a string: what is unknown is "".
///
/// **NULL and indices.** Accessors take NULL for the object and any index: they answer 0, -1, "" or NULL, as an absent thing would.
///
/// **Threads.** An extractor never changes: any number of threads may use one at a time. A document and everything in it may be read by
/// many threads. A scratch belongs to one call at a time; a second one gets ATAU_INVALID_ARGUMENT. Options may be shared while nobody
/// changes them. Free an object when no other thread is using it.
///
/// **Stability.** Objects are opaque and are reached by functions only, so that they can grow. Within one ABI major version no function
/// is taken away or changes what it takes, and no constant changes its number; new functions and constants raise the minor version
/// (@ref ATAU_ABI_MINOR), and a caller must expect codes and types that it does not know. `libatau_c.so.1` exports these functions and
/// nothing else, under the symbol versions ATAU_C_1 and ATAU_C_1.1, …; its SONAME holds the major version and not that of the C++ library.
/// A test compares its symbols with a list that may only grow. The same functions are also in `libatau`, for programs that use both
/// interfaces.
#ifndef ATAU_ATAU_C_H_
#define ATAU_ATAU_C_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Raised when something is taken away or changed: a program must be compiled anew.
#define ATAU_ABI_MAJOR 1
/// Raised when something is added; 0 again after a change of ATAU_ABI_MAJOR.
#define ATAU_ABI_MINOR 1
/// Both as one number, for atau_abi_supports().
#define ATAU_ABI_VERSION (ATAU_ABI_MAJOR * 1000 + ATAU_ABI_MINOR)

/// @name Versions
/// @{

/// The version of the library, "0.1.0". Lives as long as the program.
const char* atau_version(void);
/// The ATAU_ABI_VERSION that the library was built with.
int atau_abi_version(void);
/// 1 when the library can serve a program compiled with `abi_version`, else 0. Call `atau_abi_supports(ATAU_ABI_VERSION)` first where the
/// library was loaded by hand (dlopen, ctypes, …).
int atau_abi_supports(int abi_version);
/// @}

/// @name Errors
/// @{

/// What sort of thing went wrong.
enum atau_codes {
  ATAU_OK = 0,                ///< nothing went wrong
  ATAU_INVALID_ARGUMENT = 1,  ///< an option or parameter that makes no sense (NULL where something must be, too)
  ATAU_NOT_FOUND = 2,         ///< a file that does not exist
  ATAU_IO = 3,                ///< the operating system refused to read
  ATAU_CORRUPT = 4,           ///< a bundle that is damaged or truncated
  ATAU_WRONG_VERSION = 5,     ///< a bundle of another format version, or of another program
  ATAU_SYNTAX = 6,            ///< a dictionary or rule that does not follow its format
  ATAU_ENCODING = 7,          ///< bytes that are not valid in the named charset
  ATAU_TOO_LARGE = 8,         ///< a text of more than 1 GiB
  ATAU_OUT_OF_MEMORY = 9,     ///< there was not enough memory
  ATAU_INTERNAL = 10          ///< a mistake in the library; please report it
};
/// ATAU_OK or another of @ref atau_codes. An integer of fixed size, so that the compiler's choice for enumerations is no part of the ABI.
typedef int32_t atau_code;

/// What went wrong, where, and how to mend it.
typedef struct atau_error atau_error;

/// The code's name, "not_found"; "unknown" for a number that is none. Lives as long as the program.
const char* atau_code_name(atau_code code);
/// The code of an error; ATAU_OK for NULL.
atau_code atau_error_code(const atau_error* error);
/// Everything as one text, "file:line:column: message (hint)".
const char* atau_error_text(const atau_error* error);
/// What went wrong; further lines hold further mistakes.
const char* atau_error_message(const atau_error* error);
/// How to mend it; may be "".
const char* atau_error_hint(const atau_error* error);
/// The file in which it went wrong; may be "".
const char* atau_error_file(const atau_error* error);
/// The line in the file, from 1; 0 when unknown.
uint32_t atau_error_line(const atau_error* error);
/// The column in the line, in code points from 1; 0 when unknown.
uint32_t atau_error_column(const atau_error* error);
/// Frees an error; NULL is fine.
void atau_error_free(atau_error* error);
/// @}

/// @name Types of mentions
/// @{

/// What a mention is a mention of. Newer libraries may know more.
enum atau_types {
  ATAU_NONE = 0,          ///< nothing
  ATAU_PERSON = 1,        ///< a person or a family
  ATAU_ORGANIZATION = 2,  ///< a company, ministry, party, newspaper, team, …
  ATAU_LOCATION = 3,      ///< a country, city, river, cosmodrome, planet, …
  ATAU_PROGRAM = 4,       ///< a programme, project, launcher, spacecraft, pipeline, …
  ATAU_DATE = 5,          ///< a day, time, period or length of time
  ATAU_MONEY = 6,         ///< an amount of money
  ATAU_ROLE = 7           ///< the post or title of a person who is named
};
/// One of @ref atau_types. An integer of fixed size, so that the compiler's choice for enumerations is no part of the ABI.
typedef int32_t atau_type;

/// "PERSON", "ORGANIZATION", …; "" for ATAU_NONE and unknown numbers. Lives as long as the program.
const char* atau_type_name(atau_type type);
/// The type of a name ("PERSON", also the short "PER", "ORG", "LOC", "PRO"); ATAU_NONE for an unknown one or NULL.
atau_type atau_type_by_name(const char* name);
/// @}

/// @name Opening an extractor
/// @{

/// What an extractor has beside its main bundle.
typedef struct atau_load_options atau_load_options;

/// Fresh options: nothing beside the main bundle. NULL only when memory has run out.
atau_load_options* atau_load_options_new(void);
/// Frees options; NULL is fine.
void atau_load_options_free(atau_load_options* options);
/// Adds a file: a dictionary (`.tsv`), rules (`.rules`), or (any other name) a bundle that `atau compile` made. Dictionaries and rules are
/// read now, bundles by atau_open().
///
/// Errors: ATAU_NOT_FOUND or ATAU_IO for a dictionary or rules that cannot be read; mistakes in them are told by atau_open().
atau_code atau_load_options_add_file(atau_load_options* options, const char* path, atau_error** error);
/// Adds a dictionary or rules from memory: the content of a file that would be called `name` (ending in `.tsv` or `.rules`; messages name
/// it).
atau_code atau_load_options_add_source(atau_load_options* options, const char* name, const char* content, size_t size, atau_error** error);
/// Adds a compiled bundle from memory.
atau_code atau_load_options_add_bundle(atau_load_options* options, const void* bytes, size_t size, atau_error** error);
/// Whether every section's checksum is recomputed before use (touches every page of the file); 0 at first.
void atau_load_options_set_verify(atau_load_options* options, int verify);

/// An opened bundle with what was added to it: finds things in text.
typedef struct atau_extractor atau_extractor;

/// Opens a bundle, which is mapped and must not be changed in place while it is in use.
/// @param bundle  its path; NULL or "" for atau_default_bundle()
/// @param options  may be NULL
/// @param[out] extractor  must not be NULL
/// @param[out] error  may be NULL
///
/// Errors: ATAU_NOT_FOUND, ATAU_IO, ATAU_CORRUPT, ATAU_WRONG_VERSION from files; ATAU_SYNTAX from added dictionaries and rules (with file,
/// line and column of the first mistake; the message has all of them).
atau_code atau_open(const char* bundle, const atau_load_options* options, atau_extractor** extractor, atau_error** error);
/// As atau_open(), over a bundle's bytes in memory, which are copied.
atau_code atau_open_bytes(const void* bytes, size_t size, const atau_load_options* options, atau_extractor** extractor, atau_error** error);
/// Closes an extractor; NULL is fine. Its scratches and documents stay good.
void atau_extractor_free(atau_extractor* extractor);
/// A number that is equal for equal bundles and additions; 0 for NULL.
uint64_t atau_extractor_fingerprint(const atau_extractor* extractor);
/// The path of the bundle that was installed with the library or is named by $ATAU_BUNDLE; "" when there is none. Freed by
/// atau_string_free(); NULL only when memory has run out.
char* atau_default_bundle(void);

/// The memory that a call needs; keeping one a thread makes repeated calls fast.
typedef struct atau_scratch atau_scratch;

/// A scratch for calls with this extractor (no other). NULL when memory has run out or `extractor` is NULL.
atau_scratch* atau_scratch_new(const atau_extractor* extractor);
/// Frees a scratch; NULL is fine.
void atau_scratch_free(atau_scratch* scratch);
/// @}

/// @name Extracting
/// @{

/// How a text is to be read, and what is wanted of it.
typedef struct atau_extract_options atau_extract_options;

/// Fresh options: plain UTF-8, all types, all repairs, no date. NULL only when memory has run out.
atau_extract_options* atau_extract_options_new(void);
/// Frees options; NULL is fine.
void atau_extract_options_free(atau_extract_options* options);
/// The text is HTML (1) or plain (0). Spans point into the HTML.
void atau_extract_options_set_html(atau_extract_options* options, int html);
/// The charset of the bytes: "windows-1251", "koi8-r", "utf-16", …, or "auto" to have it told from the bytes; NULL or "" is UTF-8. With
/// one, spans point into the UTF-8 that the bytes were decoded to: atau_document_text(). An unknown name is told by atau_extract().
atau_code atau_extract_options_set_charset(atau_extract_options* options, const char* charset, atau_error** error);
/// The date of the text, "YYYY-MM-DD", that makes «вчера» a day; NULL or "" for none. What is no date is told by atau_extract().
atau_code atau_extract_options_set_date(atau_extract_options* options, const char* date, atau_error** error);
/// Wants mentions of this type; called for several, of all of them; never called, of every type.
atau_code atau_extract_options_add_type(atau_extract_options* options, atau_type type, atau_error** error);
/// Switches a kind of repair off: "normalized", "soft_hyphen", "invisible", "space", "look_alike", "joined_line". An unknown one is told
/// by atau_extract().
atau_code atau_extract_options_keep(atau_extract_options* options, const char* repair, atau_error** error);

/// Leaves out mentions of this kind ("street", "company", …); called for several, of all of them. An unknown one is told by
/// atau_extract().
atau_code atau_extract_options_without(atau_extract_options* options, const char* kind, atau_error** error);
/// Parts bodies from the places that their names end with (1), «Министерство обороны» and «РФ», or leaves both one mention (0).
void atau_extract_options_set_places_apart(atau_extract_options* options, int apart);

/// All that was found in one text. Depends on nothing.
typedef struct atau_document atau_document;

/// Finds everything in a text.
/// @param extractor  must not be NULL
/// @param scratch  may be NULL: then the call makes one for itself
/// @param text  the bytes of the text; may be NULL when `size` is 0. Bytes that are no UTF-8 are repaired and listed.
/// @param size  their number, at most 1 GiB
/// @param options  may be NULL
/// @param[out] document  must not be NULL
/// @param[out] error  may be NULL
///
/// Errors: ATAU_INVALID_ARGUMENT for an option that makes no sense, an unknown charset, or a scratch that is in use or of another
/// extractor; ATAU_TOO_LARGE.
atau_code atau_extract(const atau_extractor* extractor, atau_scratch* scratch, const char* text, size_t size,
                       const atau_extract_options* options, atau_document** document, atau_error** error);
/// Frees a document and all that was asked of it; NULL is fine.
void atau_document_free(atau_document* document);
/// @}

/// @name Reading a document
/// @{

/// Half-open ranges of bytes or code points.
typedef struct atau_span {
  size_t begin;  ///< where it begins
  size_t end;    ///< behind its last unit
} atau_span;

/// The two views of the mentions.
enum atau_views {
  ATAU_FLAT = 0,   ///< the best cover: in the order of the text, never overlapping
  ATAU_NESTED = 1  ///< all mentions, the longer ones first; atau_mention_parent() makes a tree of them
};
/// One of @ref atau_views. An integer of fixed size, so that the compiler's choice for enumerations is no part of the ABI.
typedef int32_t atau_view;

/// One mention; belongs to its document.
typedef struct atau_mention atau_mention;
/// One thing that the document speaks of; belongs to its document.
typedef struct atau_entity atau_entity;
/// Something that is said of two things; belongs to its document.
typedef struct atau_relation atau_relation;
/// A repair of the text; belongs to its document.
typedef struct atau_repair atau_repair;

/// The text that spans point into (UTF-8).
const char* atau_document_text(const atau_document* document, size_t* size);
/// The number of mentions in a view.
size_t atau_document_mention_count(const atau_document* document, atau_view view);
/// A mention by its index in a view.
const atau_mention* atau_document_mention(const atau_document* document, atau_view view, size_t index);
/// The number of things that the document speaks of.
size_t atau_document_entity_count(const atau_document* document);
/// A thing by its index.
const atau_entity* atau_document_entity(const atau_document* document, size_t index);
/// The number of relations.
size_t atau_document_relation_count(const atau_document* document);
/// A relation by its index.
const atau_relation* atau_document_relation(const atau_document* document, size_t index);
/// The number of repairs.
size_t atau_document_repair_count(const atau_document* document);
/// A repair by its index.
const atau_repair* atau_document_repair(const atau_document* document, size_t index);

/// The document as one line of JSON, as the command line writes it, with `id` first (NULL or "": without). Offsets are code points. Freed
/// by atau_string_free(); NULL for a NULL document or when memory has run out. So are the three below.
char* atau_document_json(const atau_document* document, const char* id, size_t* size);
/// The text with coloured marks as HTML; `page` other than 0: a whole page with `title` (may be NULL).
char* atau_document_html(const atau_document* document, int page, const char* title, size_t* size);
/// brat's stand-off annotation of the flat view.
char* atau_document_brat(const atau_document* document, size_t* size);
/// One token a line with its BIO tag of the flat view.
char* atau_document_conll(const atau_document* document, size_t* size);
/// Frees a `char*` that a function of this header gave; NULL is fine.
void atau_string_free(char* string);
/// @}

/// @name Reading a mention
/// @{

/// Where it stands, in bytes of atau_document_text().
atau_span atau_mention_bytes(const atau_mention* mention);
/// Where it stands, in code points.
atau_span atau_mention_code_points(const atau_mention* mention);
/// Its type.
atau_type atau_mention_type(const atau_mention* mention);
/// A narrower sort, "government", "launcher", …; may be "".
const char* atau_mention_kind(const atau_mention* mention, size_t* size);
/// Its words, repaired.
const char* atau_mention_text(const atau_mention* mention, size_t* size);
/// The name in the nominative, as it is officially written.
const char* atau_mention_normal(const atau_mention* mention, size_t* size);
/// Index of the thing it speaks of, for atau_document_entity(); -1 for none.
int atau_mention_entity(const atau_mention* mention);
/// Id of the gazetteer's entry; may be "".
const char* atau_mention_gazetteer(const atau_mention* mention, size_t* size);
/// The sum of the weights of its evidence; greater is surer.
double atau_mention_score(const atau_mention* mention);
/// The piece of evidence that spoke most for it.
const char* atau_mention_rule(const atau_mention* mention, size_t* size);
/// In the nested view: index of the smallest mention around it; -1 for none, and in the flat view.
int atau_mention_parent(const atau_mention* mention);
/// The number of its named values.
size_t atau_mention_slot_count(const atau_mention* mention);
/// The name of a value by its index, "first", "last", "value", ….
const char* atau_mention_slot_name(const atau_mention* mention, size_t index, size_t* size);
/// A value by its index.
const char* atau_mention_slot_value(const atau_mention* mention, size_t index, size_t* size);
/// A value by its name; "" where the mention has none of this name.
const char* atau_mention_slot(const atau_mention* mention, const char* name, size_t* size);
/// @}

/// @name Reading an entity of the document
/// @{

/// "e1", "e2", … in the order of first mention.
const char* atau_entity_id(const atau_entity* entity, size_t* size);
/// The type of all its mentions.
atau_type atau_entity_type(const atau_entity* entity);
/// Its fullest proper name.
const char* atau_entity_normal(const atau_entity* entity, size_t* size);
/// Id of the gazetteer's entry; may be "".
const char* atau_entity_gazetteer(const atau_entity* entity, size_t* size);
/// The number of its mentions in the flat view.
size_t atau_entity_mention_count(const atau_entity* entity);
/// The n-th of its mentions as an index into the flat view; -1 where there is no n-th.
int atau_entity_mention(const atau_entity* entity, size_t n);
/// @}

/// @name Reading a relation
/// @{

/// WORKS_AS, LOCATED_IN, ALIAS_OF or RUN_BY.
const char* atau_relation_type(const atau_relation* relation, size_t* size);
/// Who or what: an index for atau_document_entity(), -1 for none.
int atau_relation_subject(const atau_relation* relation);
/// For WORKS_AS the post in the nominative, for ALIAS_OF the other name that the object has; else "".
const char* atau_relation_role(const atau_relation* relation, size_t* size);
/// Whom or what: an index for atau_document_entity(), -1 for none.
int atau_relation_object(const atau_relation* relation);
/// From the first to the last word that shows it, in bytes.
atau_span atau_relation_bytes(const atau_relation* relation);
/// The same in code points.
atau_span atau_relation_code_points(const atau_relation* relation);
/// @}

/// @name Reading a repair
/// @{

/// "soft_hyphen", "look_alike", …: what atau_extract_options_keep() takes.
const char* atau_repair_kind(const atau_repair* repair, size_t* size);
/// Where in atau_document_text(), in bytes.
atau_span atau_repair_bytes(const atau_repair* repair);
/// Those bytes.
const char* atau_repair_before(const atau_repair* repair, size_t* size);
/// What is read in their place; "" where they are dropped.
const char* atau_repair_after(const atau_repair* repair, size_t* size);
/// @}

/// @name Explaining
/// @{

/// Why a span is, or is not, found.
typedef struct atau_explanation atau_explanation;
/// One way to read a span, with its reasons; belongs to its explanation.
typedef struct atau_reading atau_reading;

/// Which readings of an explanation.
enum atau_reading_lists {
  ATAU_READINGS = 0,  ///< of exactly the span that was asked for, one a type, the best first; none when it was never a candidate
  ATAU_RIVALS = 1     ///< chosen mentions that overlap the span
};
/// One of @ref atau_reading_lists. An integer of fixed size, so that the compiler's choice for enumerations is no part of the ABI.
typedef int32_t atau_readings;

/// Explains a span, in bytes of the UTF-8 text (with a charset: of the decoded text). Costs as much as atau_extract().
///
/// Errors: as atau_extract(); also ATAU_INVALID_ARGUMENT for a span that is empty or not inside the text.
atau_code atau_explain(const atau_extractor* extractor, atau_scratch* scratch, const char* text, size_t size, atau_span bytes,
                       const atau_extract_options* options, atau_explanation** explanation, atau_error** error);
/// Frees an explanation and all that was asked of it; NULL is fine.
void atau_explanation_free(atau_explanation* explanation);
/// The whole explanation as lines for a terminal.
const char* atau_explanation_text(const atau_explanation* explanation, size_t* size);
/// The number of readings or rivals.
size_t atau_explanation_reading_count(const atau_explanation* explanation, atau_readings which);
/// A reading or rival by its index.
const atau_reading* atau_explanation_reading(const atau_explanation* explanation, atau_readings which, size_t index);
/// The number of notes: what the stages saw, for people to read.
size_t atau_explanation_note_count(const atau_explanation* explanation);
/// A note by its index.
const char* atau_explanation_note(const atau_explanation* explanation, size_t index, size_t* size);
/// The span that is read, in bytes.
atau_span atau_reading_bytes(const atau_reading* reading);
/// As what it is read.
atau_type atau_reading_type(const atau_reading* reading);
/// The sum of all weights.
double atau_reading_score(const atau_reading* reading);
/// 1 when it stands in the flat view, else 0.
int atau_reading_chosen(const atau_reading* reading);
/// The number of its reasons, the heaviest first.
size_t atau_reading_reason_count(const atau_reading* reading);
/// The evidence of a reason, "rule=program.head_quoted", "lemma=город", ….
const char* atau_reading_evidence(const atau_reading* reading, size_t index, size_t* size);
/// Where the evidence stands, seen from the span: "span", "begin-1", "in+0", ….
const char* atau_reading_place(const atau_reading* reading, size_t index, size_t* size);
/// What it adds to the score; below 0 it speaks against.
double atau_reading_weight(const atau_reading* reading, size_t index);
/// File and line of the rule, or the gazetteer's id; may be "".
const char* atau_reading_source(const atau_reading* reading, size_t index, size_t* size);
/// @}

#ifdef __cplusplus
}
#endif

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_ATAU_C_H_
