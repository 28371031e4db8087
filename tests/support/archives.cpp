#include "tests/support/archives.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {
namespace {

class Writer {
 public:
  explicit Writer(const Packing& packing) {
    check(archive_write_set_format_by_name(writer_, packing.format.c_str()));
    if (packing.filter != "none") {
      check(archive_write_add_filter_by_name(writer_, packing.filter.c_str()));
    }
    if (!packing.options.empty())
      check(archive_write_set_options(writer_, packing.options.c_str()));
    if (!packing.password.empty()) {
      check(archive_write_set_passphrase(writer_, packing.password.c_str()));
    }
    check(archive_write_set_bytes_in_last_block(writer_, 1));
    check(archive_write_open2(writer_, &bytes_, nullptr, &Writer::take, nullptr, nullptr));
  }
  ~Writer() { archive_write_free(writer_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void add(const ArchivedFile& file) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.content.size()));
    const int status = archive_write_header(writer_, entry);
    archive_entry_free(entry);
    check(status);
    for (std::size_t at = 0; at < file.content.size();) {
      const auto done =
          archive_write_data(writer_, file.content.data() + at, file.content.size() - at);
      if (done <= 0) throw std::runtime_error(archive_error_string(writer_));
      at += static_cast<std::size_t>(done);
    }
  }

  std::string finish() {
    check(archive_write_close(writer_));
    return std::move(bytes_);
  }

 private:
  static la_ssize_t take(archive*, void* data, const void* bytes, std::size_t size) {
    static_cast<std::string*>(data)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }

  void check(int status) {
    if (status != ARCHIVE_OK) throw std::runtime_error(archive_error_string(writer_));
  }

  archive* writer_ = archive_write_new();
  std::string bytes_;
};

}  // namespace

std::string pack(const std::vector<ArchivedFile>& files, const Packing& packing) {
  Writer writer(packing);
  for (const ArchivedFile& file : files) writer.add(file);
  return writer.finish();
}

std::vector<ArchivedFile> files_in(const std::filesystem::path& folder) {
  std::vector<ArchivedFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files.push_back({entry.path().lexically_relative(folder).string(), read_file(entry.path())});
  }
  std::ranges::sort(files, {}, &ArchivedFile::name);
  return files;
}

}  // namespace evtxhound::test
