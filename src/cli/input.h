// Documents of files and standard input, one at a time.
#ifndef ATAU_CLI_INPUT_H_
#define ATAU_CLI_INPUT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/bytes_in.h"
#include "cli/files.h"

namespace atau::cli {

enum class Format { kByName, kText, kJsonl, kHtml };

// "text", "jsonl", "html"; kByName for anything else ("auto").
Format FormatOf(const std::string& name);
// .jsonl and .ndjson are JSONL, .html, .htm and .xhtml HTML, everything else text; .gz behind it does not count.
Format FormatByName(std::string_view file);

// One document of the input.
struct Input {
  std::string id;  // JSON of the id ("\"a\"", "7", "null")
  std::string text;
  std::string rest;  // JSON members that are carried through, without braces: "\"url\":…,\"date\":…"; empty when there are none
  Message error;     // not empty: the line or the file was bad
  std::string file;
  std::size_t number = 0;  // of the file, from 0
  std::size_t line = 0;    // from 1; 0: the document is the whole file
  Format format = Format::kText;

  // "feed.jsonl:7", "article.txt", "standard input".
  std::string Place() const;
};

// One thread at a time.
class Reader {
 public:
  // `lines`: each line of a text file is a document. Charset: as DecodeBytes takes it; JSONL is always UTF-8.
  Reader(std::vector<InputFile> files, Format format, std::string charset, bool lines);

  // False at the end, and once the program is interrupted (signals.h). A bad line or file comes as an Input with `error`.
  bool Next(Input* input);
  // Bytes read so far and in all (0 where unknown), for progress. Compressed files count as they are.
  std::size_t done() const;
  std::size_t total() const { return total_; }

 private:
  std::vector<InputFile> files_;
  Format format_;
  std::string charset_;
  bool lines_;
  std::size_t at_ = 0;  // the file that is read, or will be next
  std::size_t line_ = 0, before_ = 0, total_ = 0;
  std::unique_ptr<ByteSource> source_;
  std::string current_;  // the line that is being read
};

}  // namespace atau::cli

#endif  // ATAU_CLI_INPUT_H_
