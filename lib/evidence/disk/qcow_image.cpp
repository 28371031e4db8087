#include <fmt/format.h>
#include <libqcow.h>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/library_image.hpp"
#include "evtxhound/evidence/disk/qcow_source.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {
namespace {

struct Qcow : LibraryFunctions {
  decltype(&libqcow_file_open) open = nullptr;
};

Result<Qcow> load_functions() {
  const auto library = SharedLibrary::open("libqcow.so.1", "libqcow1");
  if (!library) return library.problem();
  Qcow qcow;
  const bool all = library->load("libqcow_file_initialize", qcow.initialize) &&
                   library->load("libqcow_file_free", qcow.free) &&
                   library->load("libqcow_file_open", qcow.open) &&
                   library->load("libqcow_file_close", qcow.close) &&
                   library->load("libqcow_file_read_buffer_at_offset", qcow.read) &&
                   library->load("libqcow_file_get_media_size", qcow.media_size) &&
                   library->load("libqcow_error_sprint", qcow.error_text) &&
                   library->load("libqcow_error_free", qcow.error_free);
  if (!all) return Problem{ProblemKind::kUnreadable, std::nullopt, "libqcow lacks a function"};
  return qcow;
}

const Result<Qcow>& functions() {
  static const Result<Qcow> loaded = load_functions();
  return loaded;
}

// Of version 1, what keeps the image from being all of the disk, by its header: it is read as zeros
// otherwise. Numbers are big-endian.
std::optional<Problem> not_whole(Bytes head) {
  const auto number_at = [head](std::size_t offset) {
    return __builtin_bswap32(load<std::uint32_t>(head, offset));
  };
  if (number_at(36) != 0) {
    return Problem{ProblemKind::kEncrypted, std::nullopt, "the image is encrypted"};
  }
  if (number_at(8) != 0 || number_at(12) != 0) {
    return only_difference("backing file");
  }
  return std::nullopt;
}

constexpr std::size_t kHeader = 48;  // of version 1

// Whether it is of version 1, which is read by libqcow; not where the header is cut.
bool is_version_1(Bytes head) {
  return head.size() == kHeader && load<std::uint32_t>(head, 4) == __builtin_bswap32(1);
}

Result<Buffer> header_of(const ByteSource& file) {
  Buffer head(kHeader);
  const auto got = file.read_at(0, head);
  if (!got) return got.problem();
  head.resize(*got);
  return head;
}

Result<DiskImage> open_version_1(const std::filesystem::path& path, Bytes head) {
  if (!functions()) return functions().problem();
  if (auto problem = not_whole(head)) return *std::move(problem);
  const Qcow& qcow = *functions();
  auto disk = std::make_shared<LibraryImage>(qcow);
  auto problem =
      disk->open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
        return qcow.open(handle, path.c_str(), LIBQCOW_OPEN_READ, error);
      });
  if (problem) return *std::move(problem);
  return DiskImage{ImageFormat::kQcow, std::move(disk), {path}, {}};
}

}  // namespace

Result<DiskImage> open_qcow_image(const std::filesystem::path& path) {
  auto file = ReadOnlyFile::open(path);
  if (!file) return file.problem();
  const auto head = header_of(*file);
  if (!head) return head.problem();
  if (is_version_1(*head)) return open_version_1(path, *head);
  auto disk = QcowSource::open(std::make_shared<ReadOnlyFile>(std::move(*file)));
  if (!disk) return disk.problem();
  return DiskImage{ImageFormat::kQcow, std::move(*disk), {path}, {}};
}

Result<DiskImage> open_qcow_image(std::shared_ptr<const ByteSource> bytes) {
  const auto head = header_of(*bytes);
  if (!head) return head.problem();
  if (is_version_1(*head)) {
    return Problem{ProblemKind::kLimit, std::nullopt,
                   "not looked into: a disk image (qcow, version 1) that is read only where it is "
                   "a file of its own; take it out first"};
  }
  auto disk = QcowSource::open(std::move(bytes));
  if (!disk) return disk.problem();
  return DiskImage{ImageFormat::kQcow, std::move(*disk), {}, {}};
}

}  // namespace evtxhound::evidence
