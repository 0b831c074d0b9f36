// Lines of JSON, in and out.
#ifndef ATAU_CLI_JSONL_H_
#define ATAU_CLI_JSONL_H_

#include <functional>
#include <string>
#include <string_view>

#include "cli/input.h"
#include "text/buffer.h"

namespace atau::cli {

// Reads {"id": …, "text": …, …} into `input`: id, text and the members that are carried through, or the error and, where it can be told,
// the id.
void ReadJsonLine(const std::string& line, Input* input);

// A text as a JSON string with its quotes; what is no UTF-8 becomes U+FFFD.
std::string JsonString(std::string_view text);

// Adds a line of JSON: what `append` (see AppendJson) adds for a document, with the id and the carried members in front. `append` may give
// up; then nothing is added.
void AppendJsonLine(const Input& input, const std::function<bool(text::Buffer*)>& append, text::Buffer* out);
// {"id": …, "error": …}, with the place of the line in front of the message.
std::string JsonError(const Input& input);

}  // namespace atau::cli

#endif  // ATAU_CLI_JSONL_H_
