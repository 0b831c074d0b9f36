/* Who is who in a text, by the C interface: reads standard input, writes each person with the post and body that the text names.
 *
 *     people < article.txt
 */
#include <atau/atau_c.h>
#include <stdio.h>
#include <stdlib.h>

/* All of a stream; NULL when it cannot be read. The caller frees it. */
static char* ReadAll(FILE* in, size_t* size) {
  size_t room = 1 << 16;
  char* text = malloc(room);
  *size = 0;
  while (text != NULL) {
    *size += fread(text + *size, 1, room - *size, in);
    if (*size < room) break;
    room *= 2;
    char* longer = realloc(text, room);
    if (longer == NULL) free(text);
    text = longer;
  }
  if (text != NULL && ferror(in)) {
    free(text);
    text = NULL;
  }
  return text;
}

/* The name of an entity by its index; a dash for none. */
static const char* Name(const atau_document* document, int entity) {
  return entity < 0 ? "-" : atau_entity_normal(atau_document_entity(document, (size_t)entity), NULL);
}

int main(void) {
  atau_error* error = NULL;
  atau_extractor* extractor = NULL;
  atau_document* document = NULL;
  size_t size = 0;
  int status = 1;

  if (!atau_abi_supports(ATAU_ABI_VERSION)) {
    fprintf(stderr, "libatau_c is older than this program\n");
    return 1;
  }
  char* text = ReadAll(stdin, &size);
  if (text == NULL) {
    fprintf(stderr, "standard input cannot be read\n");
  } else if (atau_open(NULL, NULL, &extractor, &error) == ATAU_OK &&
             atau_extract(extractor, NULL, text, size, NULL, &document, &error) == ATAU_OK) {
    for (size_t i = 0; i < atau_document_relation_count(document); ++i) {
      const atau_relation* relation = atau_document_relation(document, i);
      if (*atau_relation_role(relation, NULL) == '\0') continue;
      printf("%s\t%s\t%s\n", Name(document, atau_relation_subject(relation)), atau_relation_role(relation, NULL),
             Name(document, atau_relation_object(relation)));
    }
    status = 0;
  } else {
    fprintf(stderr, "%s\n", atau_error_text(error));
  }
  atau_error_free(error);
  atau_document_free(document);
  atau_extractor_free(extractor);
  free(text);
  return status;
}
