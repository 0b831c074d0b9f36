#include "bundle/bundle.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>

namespace atau::bundle {
namespace {

static_assert(std::endian::native == std::endian::little, "bundles are little endian and mapped as they are");

constexpr std::string_view kMagic("ATAU\r\n\x1a\n", 8);
constexpr std::size_t kAlignment = 64;
constexpr std::string_view kMendHint = "make a new one with `atau compile dictionaries -o FILE`, or copy the file again in binary mode";

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t sections;
  std::uint64_t file_size;
  std::uint64_t checksum;  // of the header (with this field 0) and the section table
};
static_assert(sizeof(Header) == 32);

struct SectionRow {
  char name[24];
  std::uint64_t offset;
  std::uint64_t size;
  std::uint64_t checksum;
};
static_assert(sizeof(SectionRow) == 48);

std::size_t Aligned(std::size_t n) { return (n + kAlignment - 1) / kAlignment * kAlignment; }

std::uint64_t TableChecksum(std::string_view file, std::size_t table_end) {
  std::string copy(file.substr(0, table_end));
  std::memset(copy.data() + offsetof(Header, checksum), 0, sizeof(Header::checksum));
  return Checksum(copy);
}

const SectionRow* Rows(std::string_view file) { return reinterpret_cast<const SectionRow*>(file.data() + sizeof(Header)); }

std::uint32_t RowCount(std::string_view file) { return reinterpret_cast<const Header*>(file.data())->sections; }

std::string_view NameOf(const SectionRow& row) { return {row.name, strnlen(row.name, sizeof(row.name))}; }

// What a file that is no bundle seems to be, for the message.
std::string_view Describe(std::string_view bytes) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> known[] = {
      {"\x7f"
       "ELF"sv,
       "a program or shared library (ELF)"},
      {"\x1f\x8b"sv, "a gzip archive"},
      {"PK\x03\x04"sv, "a zip archive"},
      {"BZh"sv, "a bzip2 archive"},
      {"\xfd"
       "7zXZ"sv,
       "an xz archive"},
      {"\x28\xb5\x2f\xfd"sv, "a zstd archive"},
      {"\x89PNG"sv, "a PNG image"},
      {"%PDF"sv, "a PDF document"},
      {"version https://git-lfs"sv, "a git-lfs pointer"},
      {"#! "sv, "a dictionary source"},
  };
  for (const auto& [start, what] : known) {
    if (bytes.starts_with(start)) return what;
  }
  const std::string_view head = bytes.substr(0, 512);
  const bool text = std::none_of(head.begin(), head.end(), [](unsigned char c) { return c < 9 || (c > 13 && c < 32) || c == 127; });
  return text ? "a text file" : "some other binary file";
}

std::string NumberOf(std::uint64_t n, std::string_view what) { return std::to_string(n) + " " + std::string(what) + (n == 1 ? "" : "s"); }

// Checks everything but the content of the sections.
Status Check(std::string_view bytes, const std::string& name) {
  const auto fail = [&](Code code, std::string message, std::string_view hint = kMendHint) {
    return Status(Error{.code = code, .message = std::move(message), .file = name, .hint = std::string(hint)});
  };
  if (bytes.empty()) return fail(Code::kCorrupt, "the bundle is empty (0 bytes)");
  if (bytes.substr(0, 8) != kMagic.substr(0, bytes.size())) {
    // The magic holds both kinds of line ends, so that a transfer as text shows itself.
    if (bytes.starts_with("ATAU")) return fail(Code::kCorrupt, "the bundle's first bytes are damaged, as a transfer in text mode does it");
    return fail(Code::kVersion, "this is no atau bundle but " + std::string(Describe(bytes)),
                bytes.starts_with("#! ") ? "compile it first with `atau compile`, or hand it over as an extra source" : kMendHint);
  }
  if (bytes.size() < sizeof(Header)) {
    return fail(Code::kCorrupt, "the bundle is truncated: " + NumberOf(bytes.size(), "byte") + ", and its header alone has " +
                                    std::to_string(sizeof(Header)));
  }
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.version > kFormatVersion) {
    return fail(Code::kVersion,
                "the bundle has format version " + std::to_string(header.version) + ", and this atau reads version " +
                    std::to_string(kFormatVersion),
                "use a newer atau, or compile the dictionaries again with this one (if the version looks absurd, the file is damaged)");
  }
  if (header.version < kFormatVersion) {
    return fail(Code::kVersion,
                "the bundle has the old format version " + std::to_string(header.version) + ", and this atau reads version " +
                    std::to_string(kFormatVersion),
                "compile the dictionaries again with this atau");
  }
  if (header.file_size > bytes.size()) {
    return fail(Code::kCorrupt, "the bundle is truncated: " + NumberOf(bytes.size(), "byte") + " of " + std::to_string(header.file_size));
  }
  if (header.file_size < bytes.size()) {
    return fail(Code::kCorrupt, "the bundle has " + NumberOf(bytes.size() - header.file_size, "byte") + " after its end at " +
                                    std::to_string(header.file_size));
  }
  const std::uint64_t table_end = sizeof(Header) + std::uint64_t{header.sections} * sizeof(SectionRow);
  if (table_end > bytes.size()) {
    return fail(Code::kCorrupt, "the bundle's section table (" + NumberOf(header.sections, "row") + ") reaches beyond the end of the file");
  }
  if (TableChecksum(bytes, table_end) != header.checksum) {
    return fail(Code::kCorrupt, "the bundle's header or section table is damaged: its checksum is wrong");
  }
  // A right checksum over wrong bounds is the work of another writer; the sections must be safe to look at all the same.
  std::string_view last;
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    const SectionRow& row = Rows(bytes)[i];
    const std::string_view section = NameOf(row);
    if (section.empty() || section.size() == sizeof(row.name) || (i > 0 && section <= last)) {
      return fail(Code::kCorrupt, "the name of section " + std::to_string(i + 1) + " is empty, endless or out of order");
    }
    if (row.offset % kAlignment != 0 || row.offset < table_end || row.offset > bytes.size() || row.size > bytes.size() - row.offset) {
      return fail(Code::kCorrupt, "section '" + std::string(section) + "' lies outside the file");
    }
    last = section;
  }
  return {};
}

class MappedBundle final : public Bundle {
 public:
  MappedBundle(void* address, std::size_t size, std::string name) : address_(address), size_(size) {
    bytes_ = {static_cast<const char*>(address), size};
    name_ = std::move(name);
  }
  ~MappedBundle() override { munmap(address_, size_); }

 private:
  void* address_;
  std::size_t size_;
};

class MemoryBundle final : public Bundle {
 public:
  MemoryBundle(std::string_view bytes, std::string name)
      : copy_(static_cast<char*>(::operator new (std::max<std::size_t>(bytes.size(), 1), std::align_val_t{kAlignment}))) {
    if (!bytes.empty()) std::memcpy(copy_, bytes.data(), bytes.size());
    bytes_ = {copy_, bytes.size()};
    name_ = std::move(name);
  }
  ~MemoryBundle() override { ::operator delete (copy_, std::align_val_t{kAlignment}); }

 private:
  char* copy_;
};

struct FileDescriptor {
  int fd;
  ~FileDescriptor() {
    if (fd >= 0) close(fd);
  }
};

}  // namespace

void Writer::Add(std::string_view name, std::string bytes) { sections_.emplace_back(std::string(name), std::move(bytes)); }

std::string Writer::Finish() const {
  std::vector<const std::pair<std::string, std::string>*> order;
  for (const auto& section : sections_) order.push_back(&section);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->first < b->first; });

  const std::size_t table_end = sizeof(Header) + order.size() * sizeof(SectionRow);
  std::vector<SectionRow> rows(order.size());
  std::size_t size = table_end;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& [name, bytes] = *order[i];
    rows[i] = {};
    std::memcpy(rows[i].name, name.data(), std::min(name.size(), sizeof(rows[i].name) - 1));
    rows[i].offset = Aligned(size);
    rows[i].size = bytes.size();
    rows[i].checksum = Checksum(bytes);
    size = rows[i].offset + bytes.size();
  }
  Header header{};
  std::memcpy(header.magic, kMagic.data(), kMagic.size());
  header.version = kFormatVersion;
  header.sections = static_cast<std::uint32_t>(order.size());
  header.file_size = size;

  std::string out(size, '\0');
  std::memcpy(out.data(), &header, sizeof(header));
  if (!rows.empty()) std::memcpy(out.data() + sizeof(header), rows.data(), rows.size() * sizeof(SectionRow));
  for (std::size_t i = 0; i < order.size(); ++i) out.replace(rows[i].offset, rows[i].size, order[i]->second);
  header.checksum = TableChecksum(out, table_end);
  std::memcpy(out.data(), &header, sizeof(header));
  return out;
}

Result<std::shared_ptr<const Bundle>> Bundle::Open(const std::string& path) {
  const auto fail = [&](Code code, std::string message, std::string_view hint) {
    return Error{.code = code, .message = std::move(message), .file = path, .hint = std::string(hint)};
  };
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return fail(Code::kNotFound, "there is no such bundle", "make one with `atau compile dictionaries -o FILE`, or check the path");
    }
    return fail(Code::kIo, std::string("the bundle cannot be opened: ") + std::strerror(error), "check the permissions of the file");
  }
  struct stat info {};
  if (fstat(file.fd, &info) != 0) return fail(Code::kIo, std::string("the bundle cannot be examined: ") + std::strerror(errno), "");
  if (S_ISDIR(info.st_mode)) {
    return fail(Code::kIo, "this is a directory, not a bundle", "compile a folder of dictionaries with `atau compile FOLDER -o FILE`");
  }
  if (!S_ISREG(info.st_mode)) return fail(Code::kIo, "this is no regular file, and only those can be mapped", "save it to a file first");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return Check({}, path).error();
  void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (address == MAP_FAILED) return fail(Code::kIo, std::string("the bundle cannot be mapped: ") + std::strerror(errno), "");
  auto bundle = std::make_shared<MappedBundle>(address, size, path);
  if (Status status = Check(bundle->bytes(), path); !status.ok()) return status.error();
  return std::shared_ptr<const Bundle>(std::move(bundle));
}

Result<std::shared_ptr<const Bundle>> Bundle::FromBytes(std::string bytes, std::string name) {
  // The copy is what gives the alignment that a string's buffer does not promise; it also makes the check below read aligned rows.
  auto bundle = std::make_shared<MemoryBundle>(bytes, std::move(name));
  if (Status status = Check(bundle->bytes(), bundle->name()); !status.ok()) return status.error();
  return std::shared_ptr<const Bundle>(std::move(bundle));
}

std::string_view Bundle::Section(std::string_view name) const {
  const SectionRow* rows = Rows(bytes_);
  for (std::uint32_t i = 0; i < RowCount(bytes_); ++i) {
    if (NameOf(rows[i]) == name) return bytes_.substr(rows[i].offset, rows[i].size);
  }
  return {};
}

std::vector<std::string_view> Bundle::SectionNames() const {
  std::vector<std::string_view> names;
  for (std::uint32_t i = 0; i < RowCount(bytes_); ++i) names.push_back(NameOf(Rows(bytes_)[i]));
  return names;
}

Status Bundle::Verify() const {
  for (std::uint32_t i = 0; i < RowCount(bytes_); ++i) {
    const SectionRow& row = Rows(bytes_)[i];
    if (Checksum(bytes_.substr(row.offset, row.size)) != row.checksum) {
      return Error{.code = Code::kCorrupt,
                   .message = "section '" + std::string(NameOf(row)) + "' of the bundle is damaged: its checksum is wrong",
                   .file = name_,
                   .hint = std::string(kMendHint)};
    }
  }
  return {};
}

std::uint64_t Bundle::fingerprint() const { return reinterpret_cast<const Header*>(bytes_.data())->checksum; }

}  // namespace atau::bundle
