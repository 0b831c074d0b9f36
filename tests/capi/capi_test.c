/* The C interface from C: what a document says, who owns what, NULL everywhere, errors, threads. Run with $ATAU_BUNDLE set. */
#include <atau/atau_c.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

static void Check(int good, const char* what, int line) {
  if (good) return;
  ++failures;
  fprintf(stderr, "capi_test.c:%d: not true: %s\n", line, what);
}
#define CHECK(condition) Check((condition) != 0, #condition, __LINE__)

static int Same(const char* a, const char* b) {
  if (a != NULL && b != NULL && strcmp(a, b) == 0) return 1;
  fprintf(stderr, "  \"%s\" is not \"%s\"\n", a == NULL ? "(NULL)" : a, b == NULL ? "(NULL)" : b);
  return 0;
}

/* Expects an error of this code whose text holds a word, and frees it. */
static void CheckError(atau_code got, atau_code wanted, atau_error** error, const char* word, int line) {
  Check(got == wanted, atau_code_name(got), line);
  Check(*error != NULL && atau_error_code(*error) == wanted, "the error has the code that was returned", line);
  Check(strstr(atau_error_text(*error), word) != NULL, atau_error_text(*error), line);
  atau_error_free(*error);
  *error = NULL;
}
#define CHECK_ERROR(call, wanted, word) CheckError(call, wanted, &error, word, __LINE__)

static const char kMinistry[] = "Министерство обороны РФ открыло сквер на улице Гоголя.";
static const char kText[] = "Гендиректор Роскосмоса Дмитрий Рогозин вчера прилетел на Байконур. Рогозин доволен.";

static const atau_mention* Find(const atau_document* d, atau_view view, const char* text) {
  size_t i;
  for (i = 0; i < atau_document_mention_count(d, view); ++i) {
    const atau_mention* m = atau_document_mention(d, view, i);
    if (strcmp(atau_mention_text(m, NULL), text) == 0) return m;
  }
  return NULL;
}

static atau_document* Extract(const atau_extractor* x, atau_scratch* s, const char* text, size_t size, const atau_extract_options* o) {
  atau_error* error = NULL;
  atau_document* d = NULL;
  if (atau_extract(x, s, text, size, o, &d, &error) != ATAU_OK) fprintf(stderr, "%s\n", atau_error_text(error));
  CHECK(d != NULL);
  CHECK(error == NULL);
  atau_error_free(error);
  return d;
}

static void Versions(void) {
  CHECK(strchr(atau_version(), '.') != NULL);
  CHECK(atau_abi_version() == ATAU_ABI_VERSION);
  CHECK(atau_abi_supports(ATAU_ABI_VERSION) == 1);
  CHECK(atau_abi_supports(ATAU_ABI_MAJOR * 1000) == 1);
  CHECK(atau_abi_supports(ATAU_ABI_VERSION + 1) == 0);
  CHECK(atau_abi_supports((ATAU_ABI_MAJOR + 1) * 1000) == 0);
  CHECK(atau_abi_supports(-1) == 0);
  /* These numbers are in programs that were compiled long ago. */
  CHECK(ATAU_OK == 0 && ATAU_INVALID_ARGUMENT == 1 && ATAU_NOT_FOUND == 2 && ATAU_IO == 3 && ATAU_CORRUPT == 4 && ATAU_WRONG_VERSION == 5);
  CHECK(ATAU_SYNTAX == 6 && ATAU_ENCODING == 7 && ATAU_TOO_LARGE == 8 && ATAU_OUT_OF_MEMORY == 9 && ATAU_INTERNAL == 10);
  CHECK(ATAU_NONE == 0 && ATAU_PERSON == 1 && ATAU_ORGANIZATION == 2 && ATAU_LOCATION == 3 && ATAU_PROGRAM == 4);
  CHECK(ATAU_DATE == 5 && ATAU_MONEY == 6 && ATAU_ROLE == 7);
  CHECK(ATAU_FLAT == 0 && ATAU_NESTED == 1 && ATAU_READINGS == 0 && ATAU_RIVALS == 1);
  CHECK(sizeof(atau_code) == 4 && sizeof(atau_type) == 4);
  CHECK(Same(atau_type_name(ATAU_PERSON), "PERSON"));
  CHECK(Same(atau_type_name(ATAU_ROLE), "ROLE"));
  CHECK(Same(atau_type_name(99), ""));
  CHECK(Same(atau_type_name(-1), ""));
  CHECK(atau_type_by_name("ORG") == ATAU_ORGANIZATION);
  CHECK(atau_type_by_name("NOTHING") == ATAU_NONE);
  CHECK(atau_type_by_name(NULL) == ATAU_NONE);
  CHECK(Same(atau_code_name(ATAU_SYNTAX), "syntax"));
  CHECK(Same(atau_code_name(ATAU_INTERNAL), "internal"));
  CHECK(Same(atau_code_name(1000), "unknown"));
}

static void ReadDocument(const atau_extractor* x) {
  atau_document* d = Extract(x, NULL, kText, strlen(kText), NULL);
  const atau_mention *person, *again, *body;
  const atau_entity* e;
  size_t size = 0, i;
  int works = 0;
  char* json;

  CHECK(Same(atau_document_text(d, &size), kText));
  CHECK(size == strlen(kText));

  person = Find(d, ATAU_FLAT, "Дмитрий Рогозин");
  CHECK(person != NULL);
  CHECK(atau_mention_type(person) == ATAU_PERSON);
  CHECK(Same(atau_mention_normal(person, &size), "Дмитрий Рогозин"));
  CHECK(size == strlen("Дмитрий Рогозин"));
  CHECK(atau_mention_bytes(person).begin == strlen("Гендиректор Роскосмоса "));
  CHECK(atau_mention_bytes(person).end == strlen("Гендиректор Роскосмоса Дмитрий Рогозин"));
  CHECK(atau_mention_code_points(person).begin == 23);
  CHECK(atau_mention_code_points(person).end == 38);
  CHECK(atau_mention_score(person) > 0);
  CHECK(*atau_mention_rule(person, NULL) != '\0');
  CHECK(atau_mention_parent(person) == -1);
  CHECK(Same(atau_mention_slot(person, "last", NULL), "Рогозин"));
  CHECK(Same(atau_mention_slot(person, "no such slot", &size), ""));
  CHECK(size == 0);
  for (i = 0; i < atau_mention_slot_count(person); ++i) {
    CHECK(Same(atau_mention_slot(person, atau_mention_slot_name(person, i, NULL), NULL), atau_mention_slot_value(person, i, NULL)));
  }
  CHECK(atau_mention_slot_count(person) >= 2);
  CHECK(Same(atau_mention_slot_name(person, 1000, NULL), ""));

  /* The entity joins both mentions. */
  again = Find(d, ATAU_FLAT, "Рогозин");
  CHECK(again != NULL && atau_mention_entity(again) == atau_mention_entity(person));
  CHECK(atau_mention_entity(person) >= 0);
  e = atau_document_entity(d, (size_t)atau_mention_entity(person));
  CHECK(atau_entity_type(e) == ATAU_PERSON);
  CHECK(Same(atau_entity_normal(e, NULL), "Дмитрий Рогозин"));
  CHECK(atau_entity_id(e, NULL)[0] == 'e');
  CHECK(atau_entity_mention_count(e) == 2);
  CHECK(atau_document_mention(d, ATAU_FLAT, (size_t)atau_entity_mention(e, 0)) == person);
  CHECK(atau_document_mention(d, ATAU_FLAT, (size_t)atau_entity_mention(e, 1)) == again);
  CHECK(atau_entity_mention(e, 2) == -1);

  body = Find(d, ATAU_FLAT, "Роскосмоса");
  CHECK(body != NULL && *atau_mention_gazetteer(body, NULL) != '\0');
  CHECK(*atau_mention_kind(body, NULL) != '\0');
  CHECK(Same(atau_entity_gazetteer(atau_document_entity(d, (size_t)atau_mention_entity(body)), NULL), atau_mention_gazetteer(body, NULL)));

  CHECK(atau_document_relation_count(d) > 0);
  for (i = 0; i < atau_document_relation_count(d); ++i) {
    const atau_relation* r = atau_document_relation(d, i);
    if (strcmp(atau_relation_type(r, NULL), "WORKS_AS") != 0) continue;
    ++works;
    CHECK(atau_relation_subject(r) == atau_mention_entity(person));
    CHECK(atau_relation_object(r) == atau_mention_entity(body));
    CHECK(*atau_relation_role(r, NULL) != '\0');
    CHECK(atau_relation_bytes(r).begin == 0);
    CHECK(atau_relation_bytes(r).end == atau_mention_bytes(person).end);
    CHECK(atau_relation_code_points(r).end == 38);
  }
  CHECK(works == 1);

  json = atau_document_json(d, "a1", &size);
  CHECK(json != NULL && strlen(json) == size);
  CHECK(strncmp(json, "{\"id\":\"a1\",\"entities\":[", 23) == 0);
  atau_string_free(json);
  json = atau_document_json(d, NULL, NULL);
  CHECK(json != NULL && strncmp(json, "{\"entities\":[", 13) == 0);
  atau_string_free(json);
  json = atau_document_html(d, 1, "Заголовок", &size);
  CHECK(json != NULL && strstr(json, "Заголовок") != NULL && strstr(json, "</html>") != NULL);
  atau_string_free(json);
  json = atau_document_brat(d, NULL);
  CHECK(json != NULL && strstr(json, "PERSON 23 38") != NULL);
  atau_string_free(json);
  json = atau_document_conll(d, NULL);
  CHECK(json != NULL && strstr(json, "B-PERSON") != NULL);
  atau_string_free(json);
  atau_document_free(d);
}

static void Nested(const atau_extractor* x) {
  const char* text = "Министерство обороны России показало снимки.";
  atau_document* d = Extract(x, NULL, text, strlen(text), NULL);
  size_t i, children = 0;
  for (i = 0; i < atau_document_mention_count(d, ATAU_NESTED); ++i) {
    const atau_mention* m = atau_document_mention(d, ATAU_NESTED, i);
    const atau_mention* outer;
    if (atau_mention_parent(m) < 0) continue;
    ++children;
    outer = atau_document_mention(d, ATAU_NESTED, (size_t)atau_mention_parent(m));
    CHECK(outer != NULL);
    CHECK(atau_mention_bytes(outer).begin <= atau_mention_bytes(m).begin && atau_mention_bytes(m).end <= atau_mention_bytes(outer).end);
  }
  CHECK(children > 0);
  CHECK(atau_document_mention_count(d, ATAU_NESTED) > atau_document_mention_count(d, ATAU_FLAT));
  CHECK(atau_document_mention_count(d, 7) == 0);
  atau_document_free(d);
}

static void Options(const atau_extractor* x) {
  atau_error* error = NULL;
  atau_document* d = NULL;
  atau_extract_options* o = atau_extract_options_new();
  const char* torn = "Дмитрий Рого\xC2\xADзин приехал.";
  /* «Москва» in windows-1251, behind «В ». */
  const char* cp1251 = "\xC2 \xCC\xEE\xF1\xEA\xE2\xE5 \xF2\xE5\xEF\xEB\xEE.";
  const char* html = "<p>Глава <b>Роскосмоса</b> Дмитрий&nbsp;Рогозин</p>";
  const atau_mention* m;
  size_t i;

  /* Types and the date. */
  CHECK(atau_extract_options_add_type(o, ATAU_DATE, NULL) == ATAU_OK);
  CHECK(atau_extract_options_set_date(o, "2021-03-25", &error) == ATAU_OK);
  d = Extract(x, NULL, kText, strlen(kText), o);
  CHECK(atau_document_mention_count(d, ATAU_FLAT) == 1);
  CHECK(Same(atau_mention_slot(Find(d, ATAU_FLAT, "вчера"), "value", NULL), "2021-03-24"));
  atau_document_free(d);
  CHECK(atau_extract_options_set_date(o, "someday", NULL) == ATAU_OK);
  CHECK_ERROR(atau_extract(x, NULL, kText, 10, o, &d, &error), ATAU_INVALID_ARGUMENT, "someday");
  CHECK(d == NULL);
  CHECK_ERROR(atau_extract_options_add_type(o, 99, &error), ATAU_INVALID_ARGUMENT, "99");
  CHECK_ERROR(atau_extract_options_add_type(o, ATAU_NONE, &error), ATAU_INVALID_ARGUMENT, "0");
  atau_extract_options_free(o);

  /* Repairs. */
  d = Extract(x, NULL, torn, strlen(torn), NULL);
  CHECK(atau_document_repair_count(d) == 1);
  CHECK(Same(atau_repair_kind(atau_document_repair(d, 0), NULL), "soft_hyphen"));
  CHECK(Same(atau_repair_before(atau_document_repair(d, 0), NULL), "\xC2\xAD"));
  CHECK(Same(atau_repair_after(atau_document_repair(d, 0), NULL), ""));
  CHECK(atau_repair_bytes(atau_document_repair(d, 0)).begin == strlen("Дмитрий Рого"));
  CHECK(Find(d, ATAU_FLAT, "Дмитрий Рогозин") != NULL);
  atau_document_free(d);
  o = atau_extract_options_new();
  CHECK(atau_extract_options_keep(o, "soft_hyphen", NULL) == ATAU_OK);
  d = Extract(x, NULL, torn, strlen(torn), o);
  CHECK(atau_document_repair_count(d) == 0);
  atau_document_free(d);
  CHECK(atau_extract_options_keep(o, "coffee", NULL) == ATAU_OK);
  CHECK_ERROR(atau_extract(x, NULL, torn, strlen(torn), o, &d, &error), ATAU_INVALID_ARGUMENT, "coffee");
  atau_extract_options_free(o);

  /* Views of other annotation schemes. */
  o = atau_extract_options_new();
  atau_extract_options_set_places_apart(o, 1);
  CHECK(atau_extract_options_without(o, "street", NULL) == ATAU_OK);
  d = Extract(x, NULL, kMinistry, strlen(kMinistry), o);
  CHECK(Find(d, ATAU_FLAT, "Министерство обороны") != NULL);
  CHECK(Find(d, ATAU_FLAT, "РФ") != NULL);
  CHECK(Find(d, ATAU_FLAT, "улице Гоголя") == NULL);
  atau_document_free(d);
  CHECK(atau_extract_options_without(o, "coffee", NULL) == ATAU_OK);
  CHECK_ERROR(atau_extract(x, NULL, kMinistry, strlen(kMinistry), o, &d, &error), ATAU_INVALID_ARGUMENT, "coffee");
  atau_extract_options_free(o);

  /* Charsets: the spans are of the decoded text. */
  o = atau_extract_options_new();
  CHECK(atau_extract_options_set_charset(o, "windows-1251", NULL) == ATAU_OK);
  d = Extract(x, NULL, cp1251, strlen(cp1251), o);
  CHECK(Same(atau_document_text(d, NULL), "В Москве тепло."));
  m = Find(d, ATAU_FLAT, "Москве");
  CHECK(Same(atau_mention_normal(m, NULL), "Москва"));
  CHECK(atau_mention_bytes(m).begin == strlen("В "));
  atau_document_free(d);
  CHECK(atau_extract_options_set_charset(o, "klingon-1", NULL) == ATAU_OK);
  CHECK_ERROR(atau_extract(x, NULL, cp1251, strlen(cp1251), o, &d, &error), ATAU_INVALID_ARGUMENT, "klingon-1");
  CHECK(atau_extract_options_set_charset(o, NULL, NULL) == ATAU_OK);

  /* HTML: the spans are of the HTML. */
  atau_extract_options_set_html(o, 1);
  d = Extract(x, NULL, html, strlen(html), o);
  m = Find(d, ATAU_FLAT, "Роскосмоса");
  CHECK(atau_mention_bytes(m).begin == (size_t)(strstr(html, "Роскосмоса") - html));
  CHECK(Find(d, ATAU_FLAT, "Дмитрий Рогозин") != NULL);
  atau_document_free(d);
  atau_extract_options_free(o);

  /* Texts with NUL bytes and with bytes that are no UTF-8, and an empty one. */
  d = Extract(x, NULL, "Москва\0\xFF Астана", sizeof "Москва\0\xFF Астана" - 1, NULL);
  atau_document_text(d, &i);
  CHECK(i == sizeof "Москва\0\xFF Астана" - 1);
  CHECK(Find(d, ATAU_FLAT, "Астана") != NULL);
  atau_document_free(d);
  d = Extract(x, NULL, NULL, 0, NULL);
  CHECK(atau_document_mention_count(d, ATAU_FLAT) == 0);
  CHECK(Same(atau_document_text(d, NULL), ""));
  atau_document_free(d);
}

static void Explain(const atau_extractor* x) {
  atau_error* error = NULL;
  atau_explanation* why = NULL;
  const atau_reading* best;
  atau_span span = {0, 0};
  size_t size = 0, i;
  double sum = 0;
  span.begin = strlen("Гендиректор Роскосмоса ");
  span.end = strlen("Гендиректор Роскосмоса Дмитрий Рогозин");
  CHECK(atau_explain(x, NULL, kText, strlen(kText), span, NULL, &why, &error) == ATAU_OK);
  CHECK(atau_explanation_reading_count(why, ATAU_READINGS) > 0);
  best = atau_explanation_reading(why, ATAU_READINGS, 0);
  CHECK(atau_reading_type(best) == ATAU_PERSON);
  CHECK(atau_reading_chosen(best) == 1);
  CHECK(atau_reading_bytes(best).begin == span.begin && atau_reading_bytes(best).end == span.end);
  CHECK(atau_reading_reason_count(best) > 0);
  for (i = 0; i < atau_reading_reason_count(best); ++i) {
    sum += atau_reading_weight(best, i);
    CHECK(*atau_reading_evidence(best, i, NULL) != '\0');
    CHECK(*atau_reading_place(best, i, NULL) != '\0');
    CHECK(atau_reading_source(best, i, NULL) != NULL);
  }
  CHECK(sum - atau_reading_score(best) < 0.01 && atau_reading_score(best) - sum < 0.01);
  CHECK(strstr(atau_explanation_text(why, &size), "PERSON") != NULL);
  CHECK(size == strlen(atau_explanation_text(why, NULL)));
  CHECK(atau_explanation_note_count(why) > 0);
  CHECK(*atau_explanation_note(why, 0, NULL) != '\0');
  atau_explanation_free(why);

  /* Half of the name: the whole one is its rival. */
  span.begin = strlen("Гендиректор Роскосмоса Дмитрий ");
  CHECK(atau_explain(x, NULL, kText, strlen(kText), span, NULL, &why, NULL) == ATAU_OK);
  CHECK(atau_explanation_reading_count(why, ATAU_RIVALS) == 1);
  CHECK(atau_explanation_reading(why, ATAU_RIVALS, 1) == NULL);
  atau_explanation_free(why);

  span.end = strlen(kText) + 1;
  CHECK_ERROR(atau_explain(x, NULL, kText, strlen(kText), span, NULL, &why, &error), ATAU_INVALID_ARGUMENT, "not inside");
  CHECK(why == NULL);
}

static void OwnNames(void) {
  static const char kRows[] =
      "#! entities type=PROGRAM source=\"own\" licence=Apache-2.0\n"
      "id\tkind\tname\tvariants\ttier\tslots\n"
      "own.zarya_stepi\tprogramme\tЗаря степи\t\talone\t\n";
  static const char kRules[] =
      "rule own.gate\n"
      "  weight 15\n"
      "  match  name:( \"врата\" [ number ] )\n"
      "  emit   PROGRAM name\n"
      "  yes    открыли [врата 7] утром\n"
      "  no     открыли ворота утром\n";
  static const char kBad[] = "#! entities type=PROGRAM source=\"own\" licence=Apache-2.0\nid\tkind\tname\nown.a\tprogramme\n";
  const char* text = "Участники «Зари степи» открыли врата 7 в Караганде.";
  atau_error* error = NULL;
  atau_extractor* x = NULL;
  atau_document* d;
  atau_load_options* o = atau_load_options_new();
  const char* file = "capi_test_own.tsv";
  FILE* out;

  atau_load_options_set_verify(o, 1);
  CHECK(atau_load_options_add_source(o, "own.tsv", kRows, strlen(kRows), NULL) == ATAU_OK);
  CHECK(atau_load_options_add_source(o, "own.rules", kRules, strlen(kRules), NULL) == ATAU_OK);
  CHECK(atau_open(NULL, o, &x, &error) == ATAU_OK);
  if (error != NULL) fprintf(stderr, "%s\n", atau_error_text(error));
  d = Extract(x, NULL, text, strlen(text), NULL);
  CHECK(Same(atau_mention_gazetteer(Find(d, ATAU_FLAT, "Зари степи"), NULL), "own.zarya_stepi"));
  CHECK(Same(atau_mention_normal(Find(d, ATAU_FLAT, "Зари степи"), NULL), "Заря степи"));
  CHECK(atau_mention_type(Find(d, ATAU_FLAT, "врата 7")) == ATAU_PROGRAM);
  atau_document_free(d);
  atau_extractor_free(x);
  atau_load_options_free(o);

  /* The same from a file; and files that are not there, or no bundles. */
  out = fopen(file, "wb");
  CHECK(out != NULL && fputs(kRows, out) >= 0 && fclose(out) == 0);
  o = atau_load_options_new();
  CHECK(atau_load_options_add_file(o, file, NULL) == ATAU_OK);
  CHECK_ERROR(atau_load_options_add_file(o, "no/such/own.tsv", &error), ATAU_NOT_FOUND, "no/such/own.tsv");
  CHECK(atau_open(NULL, o, &x, NULL) == ATAU_OK);
  remove(file);
  d = Extract(x, NULL, text, strlen(text), NULL);
  CHECK(Find(d, ATAU_FLAT, "Зари степи") != NULL);
  atau_document_free(d);
  atau_extractor_free(x);
  CHECK(atau_load_options_add_file(o, "no/such.atau", NULL) == ATAU_OK);
  CHECK_ERROR(atau_open(NULL, o, &x, &error), ATAU_NOT_FOUND, "no/such.atau");
  CHECK(x == NULL);
  atau_load_options_free(o);

  /* A mistake has its place. */
  o = atau_load_options_new();
  CHECK(atau_load_options_add_source(o, "bad.tsv", kBad, strlen(kBad), NULL) == ATAU_OK);
  CHECK(atau_open(NULL, o, &x, &error) == ATAU_SYNTAX);
  CHECK(Same(atau_error_file(error), "bad.tsv"));
  CHECK(atau_error_line(error) > 0);
  CHECK(*atau_error_message(error) != '\0');
  CHECK(atau_error_hint(error) != NULL);
  CHECK(strstr(atau_error_text(error), "bad.tsv:") != NULL);
  atau_error_free(error);
  error = NULL;
  atau_load_options_free(o);

  CHECK_ERROR(atau_open("no/such/bundle.atau", NULL, &x, &error), ATAU_NOT_FOUND, "no/such/bundle.atau");
  CHECK_ERROR(atau_open_bytes("This is no bundle at all, only a sentence.", 42, NULL, &x, &error), ATAU_WRONG_VERSION, "bundle");
  CHECK(atau_open("no/such/bundle.atau", NULL, &x, NULL) == ATAU_NOT_FOUND);
}

static void BundleInMemory(const atau_extractor* x) {
  char* path = atau_default_bundle();
  FILE* file = fopen(path, "rb");
  char* bytes = NULL;
  long size = 0;
  atau_extractor* copy = NULL;
  CHECK(file != NULL);
  if (file != NULL) {
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size);
    CHECK(bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
  }
  CHECK(atau_open_bytes(bytes, (size_t)size, NULL, &copy, NULL) == ATAU_OK);
  free(bytes);
  CHECK(atau_extractor_fingerprint(copy) == atau_extractor_fingerprint(x));
  CHECK(atau_extractor_fingerprint(x) != 0);
  atau_extractor_free(copy);
  atau_string_free(path);
}

/* Everything that takes a pointer takes NULL. */
static void Nulls(const atau_extractor* x) {
  atau_error* error = NULL;
  atau_document* d = NULL;
  atau_extractor* other = NULL;
  atau_explanation* why = NULL;
  atau_span span = {0, 1};
  size_t size = 1;

  atau_error_free(NULL);
  atau_load_options_free(NULL);
  atau_extractor_free(NULL);
  atau_scratch_free(NULL);
  atau_extract_options_free(NULL);
  atau_document_free(NULL);
  atau_explanation_free(NULL);
  atau_string_free(NULL);
  atau_load_options_set_verify(NULL, 1);
  atau_extract_options_set_html(NULL, 1);
  CHECK(atau_error_code(NULL) == ATAU_OK);
  CHECK(Same(atau_error_text(NULL), "") && Same(atau_error_message(NULL), "") && Same(atau_error_hint(NULL), ""));
  CHECK(Same(atau_error_file(NULL), "") && atau_error_line(NULL) == 0 && atau_error_column(NULL) == 0);
  CHECK(atau_extractor_fingerprint(NULL) == 0);
  CHECK(atau_scratch_new(NULL) == NULL);
  CHECK_ERROR(atau_open(NULL, NULL, NULL, &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_open_bytes(NULL, 0, NULL, &other, &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract(NULL, NULL, "a", 1, NULL, &d, &error), ATAU_INVALID_ARGUMENT, "extractor");
  CHECK_ERROR(atau_extract(x, NULL, NULL, 1, NULL, &d, &error), ATAU_INVALID_ARGUMENT, "text");
  CHECK_ERROR(atau_extract(x, NULL, "a", 1, NULL, NULL, &error), ATAU_INVALID_ARGUMENT, "output");
  CHECK_ERROR(atau_explain(NULL, NULL, "a", 1, span, NULL, &why, &error), ATAU_INVALID_ARGUMENT, "extractor");
  CHECK_ERROR(atau_explain(x, NULL, "a", 1, span, NULL, NULL, &error), ATAU_INVALID_ARGUMENT, "output");
  CHECK(atau_extract(NULL, NULL, NULL, 0, NULL, NULL, NULL) == ATAU_INVALID_ARGUMENT);
  CHECK_ERROR(atau_load_options_add_file(NULL, "a.tsv", &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_load_options_add_source(NULL, "a", "", 0, &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_load_options_add_bundle(NULL, "", 0, &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract_options_set_charset(NULL, "", &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract_options_set_date(NULL, "", &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract_options_add_type(NULL, ATAU_DATE, &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract_options_keep(NULL, "space", &error), ATAU_INVALID_ARGUMENT, "NULL");
  CHECK_ERROR(atau_extract_options_without(NULL, "street", &error), ATAU_INVALID_ARGUMENT, "NULL");
  atau_extract_options_set_places_apart(NULL, 1);
  CHECK(Same(atau_document_text(NULL, &size), "") && size == 0);
  CHECK(atau_document_mention_count(NULL, ATAU_FLAT) == 0 && atau_document_mention(NULL, ATAU_NESTED, 0) == NULL);
  CHECK(atau_document_entity_count(NULL) == 0 && atau_document_entity(NULL, 0) == NULL);
  CHECK(atau_document_relation_count(NULL) == 0 && atau_document_relation(NULL, 0) == NULL);
  CHECK(atau_document_repair_count(NULL) == 0 && atau_document_repair(NULL, 0) == NULL);
  CHECK(atau_document_json(NULL, NULL, NULL) == NULL && atau_document_html(NULL, 0, NULL, NULL) == NULL);
  CHECK(atau_document_brat(NULL, NULL) == NULL && atau_document_conll(NULL, NULL) == NULL);
  CHECK(atau_mention_bytes(NULL).end == 0 && atau_mention_code_points(NULL).end == 0);
  CHECK(atau_mention_type(NULL) == ATAU_NONE && atau_mention_score(NULL) == 0);
  CHECK(atau_mention_entity(NULL) == -1 && atau_mention_parent(NULL) == -1);
  CHECK(Same(atau_mention_kind(NULL, NULL), "") && Same(atau_mention_text(NULL, NULL), "") && Same(atau_mention_normal(NULL, NULL), ""));
  CHECK(Same(atau_mention_gazetteer(NULL, NULL), "") && Same(atau_mention_rule(NULL, NULL), ""));
  CHECK(atau_mention_slot_count(NULL) == 0 && Same(atau_mention_slot(NULL, "last", NULL), ""));
  CHECK(Same(atau_mention_slot_name(NULL, 0, NULL), "") && Same(atau_mention_slot_value(NULL, 0, NULL), ""));
  CHECK(Same(atau_entity_id(NULL, NULL), "") && Same(atau_entity_normal(NULL, NULL), "") && Same(atau_entity_gazetteer(NULL, NULL), ""));
  CHECK(atau_entity_type(NULL) == ATAU_NONE && atau_entity_mention_count(NULL) == 0 && atau_entity_mention(NULL, 0) == -1);
  CHECK(Same(atau_relation_type(NULL, NULL), "") && Same(atau_relation_role(NULL, NULL), ""));
  CHECK(atau_relation_subject(NULL) == -1 && atau_relation_object(NULL) == -1);
  CHECK(atau_relation_bytes(NULL).end == 0 && atau_relation_code_points(NULL).end == 0);
  CHECK(Same(atau_repair_kind(NULL, NULL), "") && Same(atau_repair_before(NULL, NULL), "") && Same(atau_repair_after(NULL, NULL), ""));
  CHECK(atau_repair_bytes(NULL).end == 0);
  CHECK(Same(atau_explanation_text(NULL, NULL), "") && Same(atau_explanation_note(NULL, 0, NULL), ""));
  CHECK(atau_explanation_reading_count(NULL, ATAU_READINGS) == 0 && atau_explanation_reading(NULL, ATAU_READINGS, 0) == NULL);
  CHECK(atau_explanation_note_count(NULL) == 0);
  CHECK(atau_reading_bytes(NULL).end == 0 && atau_reading_type(NULL) == ATAU_NONE && atau_reading_score(NULL) == 0);
  CHECK(atau_reading_chosen(NULL) == 0 && atau_reading_reason_count(NULL) == 0 && atau_reading_weight(NULL, 0) == 0);
  CHECK(Same(atau_reading_evidence(NULL, 0, NULL), "") && Same(atau_reading_place(NULL, 0, NULL), ""));
  CHECK(Same(atau_reading_source(NULL, 0, NULL), ""));
}

/* Four threads over one extractor, each with a scratch of its own, get what one gets; a scratch that is
 * shared by mistake is refused while it is in use, and never corrupts. */
struct Work {
  const atau_extractor* extractor;
  const char* expected;
  atau_scratch* shared; /* not NULL: all threads use this one, so that some calls must be refused */
  int wrong, refused;
};

static void* Worker(void* pointer) {
  struct Work* work = pointer;
  atau_scratch* scratch = work->shared != NULL ? work->shared : atau_scratch_new(work->extractor);
  int i;
  for (i = 0; i < 20; ++i) {
    atau_document* d = NULL;
    atau_error* error = NULL;
    char* json;
    if (atau_extract(work->extractor, scratch, kText, strlen(kText), NULL, &d, &error) != ATAU_OK) {
      if (work->shared != NULL && strstr(atau_error_text(error), "in use") != NULL) {
        ++work->refused;
      } else {
        ++work->wrong;
      }
      atau_error_free(error);
      continue;
    }
    json = atau_document_json(d, NULL, NULL);
    if (json == NULL || strcmp(json, work->expected) != 0) ++work->wrong;
    atau_string_free(json);
    atau_document_free(d);
  }
  if (work->shared == NULL) atau_scratch_free(scratch);
  return NULL;
}

static void Threads(const atau_extractor* x, atau_scratch* shared) {
  enum { kThreads = 4 };
  pthread_t threads[kThreads];
  struct Work work[kThreads];
  atau_document* d = Extract(x, NULL, kText, strlen(kText), NULL);
  char* expected = atau_document_json(d, NULL, NULL);
  int i, refused = 0;
  for (i = 0; i < kThreads; ++i) {
    work[i].extractor = x;
    work[i].expected = expected;
    work[i].shared = shared;
    work[i].wrong = work[i].refused = 0;
    CHECK(pthread_create(&threads[i], NULL, Worker, &work[i]) == 0);
  }
  for (i = 0; i < kThreads; ++i) {
    CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(work[i].wrong == 0);
    refused += work[i].refused;
  }
  CHECK(refused < kThreads * 20);
  if (shared == NULL) CHECK(refused == 0);
  atau_string_free(expected);
  atau_document_free(d);
}

/* Objects may be freed in any order; a scratch serves its own extractor only. */
static void Lifetimes(void) {
  atau_error* error = NULL;
  atau_extractor *x = NULL, *other = NULL;
  atau_scratch* scratch;
  atau_document *d, *none = NULL;
  CHECK(atau_open(NULL, NULL, &x, NULL) == ATAU_OK);
  CHECK(atau_open(NULL, NULL, &other, NULL) == ATAU_OK);
  scratch = atau_scratch_new(x);
  d = Extract(x, scratch, kText, strlen(kText), NULL);
  CHECK_ERROR(atau_extract(other, scratch, kText, strlen(kText), NULL, &none, &error), ATAU_INVALID_ARGUMENT, "another extractor");
  atau_extractor_free(x);
  CHECK(Find(d, ATAU_FLAT, "Дмитрий Рогозин") != NULL);
  atau_scratch_free(scratch);
  atau_extractor_free(other);
  CHECK(Same(atau_mention_normal(Find(d, ATAU_FLAT, "Дмитрий Рогозин"), NULL), "Дмитрий Рогозин"));
  atau_document_free(d);
}

int main(void) {
  atau_error* error = NULL;
  atau_extractor* x = NULL;
  atau_scratch* scratch;
  Versions();
  if (atau_open(NULL, NULL, &x, &error) != ATAU_OK) {
    fprintf(stderr, "%s\n", atau_error_text(error));
    atau_error_free(error);
    return 1;
  }
  ReadDocument(x);
  Nested(x);
  Options(x);
  Explain(x);
  OwnNames();
  BundleInMemory(x);
  Nulls(x);
  Threads(x, NULL);
  scratch = atau_scratch_new(x);
  Threads(x, scratch);
  atau_scratch_free(scratch);
  atau_extractor_free(x);
  Lifetimes();
  if (failures == 0) printf("The C interface does what its header says.\n");
  return failures == 0 ? 0 : 1;
}
