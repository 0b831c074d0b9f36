#include "bundle/bundle.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "bundle/binary.h"
#include "bundle/diagnostics.h"

namespace atau::bundle {
namespace {

std::string Small() {
  Writer writer;
  writer.Add("second", "two");
  writer.Add("first", std::string(100, 'x'));
  writer.Add("empty", "");
  return writer.Finish();
}

// The error's text, or "ok".
std::string Outcome(const Result<std::shared_ptr<const Bundle>>& result) { return result.ok() ? "ok" : result.error().ToString(); }

bool Contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) : path_((std::filesystem::temp_directory_path() / "atau-bundle-test-XXXXXX").string()) {
    const int fd = mkstemp(path_.data());
    if (fd >= 0) fclose(fdopen(fd, "w"));
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST_CASE("a bundle gives back its sections, in the order of their names") {
  const TemporaryFile file(Small());
  for (const auto& result : {Bundle::FromBytes(Small(), "memory"), Bundle::Open(file.path())}) {
    REQUIRE_MESSAGE(result.ok(), Outcome(result));
    const Bundle& bundle = **result;
    CHECK(bundle.SectionNames() == std::vector<std::string_view>{"empty", "first", "second"});
    CHECK(bundle.Section("first") == std::string(100, 'x'));
    CHECK(bundle.Section("second") == "two");
    CHECK(bundle.Section("empty").empty());
    CHECK(bundle.Section("absent").empty());
    CHECK(reinterpret_cast<std::uintptr_t>(bundle.Section("second").data()) % 64 == 0);
    CHECK(bundle.Verify().ok());
    CHECK(bundle.bytes() == Small());
  }
}

TEST_CASE("the same sections give the same bytes, whatever the order in which they were added") {
  Writer other;
  other.Add("empty", "");
  other.Add("first", std::string(100, 'x'));
  other.Add("second", "two");
  CHECK(other.Finish() == Small());
  CHECK(Bundle::FromBytes(Writer().Finish(), "nothing").ok());
}

TEST_CASE("a bundle cut anywhere says that it is truncated or empty") {
  const std::string good = Small();
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::string outcome = Outcome(Bundle::FromBytes(good.substr(0, size), "cut.bundle"));
    CAPTURE(size);
    CAPTURE(outcome);
    CHECK(outcome.starts_with("cut.bundle: "));
    CHECK((Contains(outcome, "truncated") || Contains(outcome, "is empty")));
    CHECK(Contains(outcome, "atau compile"));
  }
}

TEST_CASE("a flipped bit in the header or the section table is never accepted") {
  const std::string good = Small();
  for (std::size_t at = 0; at < 32 + 3 * 48; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      CAPTURE(at);
      CHECK(!Bundle::FromBytes(bad, "flipped").ok());
    }
  }
}

TEST_CASE("a flipped bit in a section is found by Verify, which names the section") {
  std::string bad = Small();
  bad[bad.size() - 2] ^= 1;
  const auto bundle = Bundle::FromBytes(bad, "flipped");
  REQUIRE(bundle.ok());
  const Status status = (*bundle)->Verify();
  REQUIRE(!status.ok());
  CHECK(Contains(status.error().ToString(), "section 'second' of the bundle is damaged"));
}

TEST_CASE("other files are told apart") {
  struct Case {
    std::string content, message;
    Code code;
  };
  std::string newer = Small(), older = Small(), text_mode = Small(), longer = Small() + "!";
  newer[8] = 7;
  older[8] = 0;
  text_mode.erase(4, 1);
  const Case cases[] = {
      {"", "is empty", Code::kCorrupt},
      {std::string("\x7f"
                   "ELF\2\1\1\0\0",
                   9),
       "a program or shared library (ELF)", Code::kVersion},
      {"Просто текст.\n", "a text file", Code::kVersion},
      {"#! entities type=PERSON\n", "a dictionary source", Code::kVersion},
      {std::string(100, '\0'), "some other binary file", Code::kVersion},
      {newer, "format version 7", Code::kVersion},
      {older, "old format version 0", Code::kVersion},
      {text_mode, "text mode", Code::kCorrupt},
      {longer, "1 byte after its end", Code::kCorrupt},
  };
  for (const Case& c : cases) {
    const TemporaryFile file(c.content);
    for (const auto& result : {Bundle::FromBytes(c.content, "x"), Bundle::Open(file.path())}) {
      REQUIRE(!result.ok());
      CAPTURE(Outcome(result));
      CHECK(Contains(Outcome(result), c.message));
      CHECK(result.error().code == c.code);
      CHECK(!result.error().hint.empty());
    }
  }
}

TEST_CASE("a missing file, a directory and a device are clear errors") {
  const auto missing = Bundle::Open("/nonexistent/atau.bundle");
  REQUIRE(!missing.ok());
  CHECK(missing.error().code == Code::kNotFound);
  CHECK(Outcome(missing) ==
        "/nonexistent/atau.bundle: there is no such bundle (make one with `atau compile dictionaries -o FILE`, or check the path)");
  CHECK(Contains(Outcome(Bundle::Open("/tmp")), "directory"));
  CHECK(Contains(Outcome(Bundle::Open("/dev/null")), "regular file"));
}

TEST_CASE("checksums follow the published vectors of XXH64") {
  CHECK(Checksum("") == 0xEF46DB3751D8E999u);
  CHECK(Checksum("a") == 0xD24EC4F1A98C6E5Bu);
  CHECK(Checksum("abc") == 0x44BC2CF5AD770999u);
  CHECK(Checksum("Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1u);
}

TEST_CASE("parts of a section come back, and a damaged table of parts is an error") {
  PartWriter writer(0x1234, 1);
  writer.Add(std::vector<std::uint32_t>{1, 2, 3});
  writer.Add(std::string("текст"));
  const std::string section = writer.Finish();
  const auto read = [](const std::string& bytes) {
    alignas(16) static char memory[256];
    std::memcpy(memory, bytes.data(), bytes.size());
    return PartReader::Open({memory, bytes.size()}, 0x1234, 1, 2, "test");
  };
  const auto reader = read(section);
  REQUIRE(reader.ok());
  REQUIRE(reader->Array<std::uint32_t>(0).ok());
  CHECK((*reader->Array<std::uint32_t>(0))[2] == 3);
  CHECK(!reader->Array<std::uint64_t>(0).ok());
  CHECK(reader->Bytes(1) == "текст");
  for (std::size_t size = 0; size < section.size(); ++size) CHECK(!read(section.substr(0, size)).ok());
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bad = section;
    bad[random() % bad.size()] ^= static_cast<char>(1 << (random() % 8));
    if (const auto flipped = read(bad); flipped.ok()) CHECK(flipped->Bytes(0).size() + flipped->Bytes(1).size() < 256);
  }
}

TEST_CASE("diagnostics come sorted and once each") {
  Diagnostics diagnostics;
  diagnostics.Error("b.tsv", 2, 1, "second");
  diagnostics.Warning("a.tsv", 10, 0, "odd", "mend it");
  diagnostics.Error("a.tsv", 9, 4, "bad");
  diagnostics.Error("b.tsv", 2, 1, "second");
  CHECK(diagnostics.HasErrors());
  std::string all;
  for (const Diagnostic& d : diagnostics.Take()) all += d.ToString() + "\n";
  CHECK(all == "a.tsv:9:4: error: bad\na.tsv:10: warning: odd; mend it\nb.tsv:2:1: error: second\n");
}

}  // namespace
}  // namespace atau::bundle
