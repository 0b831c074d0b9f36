// The stages of the clean view, in their order: html, characters, composition (NFC), words. Each reads a text and writes it anew only where
// something changes, with the changes in its own coordinates; clean.cc composes them. Internal to the text room.
#ifndef ATAU_TEXT_STAGES_H_
#define ATAU_TEXT_STAGES_H_

#include <string>
#include <string_view>
#include <vector>

#include "text/clean.h"

namespace atau::text {

// Collects the changes of one stage and copies what lies between them.
class Editor {
 public:
  Editor(std::string_view in, std::string* out, std::vector<Change>* changes) : in_(in), out_(out), changes_(changes) {
    out_->clear();
    changes_->clear();
  }
  // Bytes [begin, end) of the input become `with`; calls come in ascending order and do not overlap. Nothing happens where they are equal
  // already.
  void Replace(RepairKind kind, std::size_t begin, std::size_t end, std::string_view with) {
    if (in_.substr(begin, end - begin) == with) return;
    out_->append(in_.data() + done_, begin - done_);
    const std::size_t clean_begin = out_->size();
    out_->append(with);
    changes_->push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(clean_begin),
                         static_cast<std::uint32_t>(out_->size())});
    done_ = end;
  }
  // True when anything changed: then `out` is the whole new text.
  bool Finish() {
    if (changes_->empty()) return false;
    out_->append(in_.data() + done_, in_.size() - done_);
    return true;
  }
  std::size_t done() const { return done_; }  // the end of the last change

 private:
  std::string_view in_;
  std::string* out_;
  std::vector<Change>* changes_;
  std::size_t done_ = 0;
};

inline bool Enabled(const CleanOptions& options, RepairKind kind) { return (options.disabled >> static_cast<int>(kind) & 1) == 0; }

// Each returns whether anything changed; if not, `out` is to be ignored.
bool ReduceHtml(std::string_view in, std::string* out, std::vector<Change>* changes);
// Any bytes in, valid UTF-8 out. Sets `compose` when something may not be in NFC.
bool CleanCharacters(std::string_view in, const CleanOptions& options, std::string* out, std::vector<Change>* changes, bool* compose);
// Valid UTF-8 from here on.
bool Compose(std::string_view in, std::string* out, std::vector<Change>* changes);
bool RepairWords(std::string_view in, const CleanOptions& options, std::string* out, std::vector<Change>* changes);

}  // namespace atau::text

#endif  // ATAU_TEXT_STAGES_H_
