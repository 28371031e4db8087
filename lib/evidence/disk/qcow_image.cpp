#include <fmt/format.h>
#include <libqcow.h>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/library_image.hpp"
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

// Numbers in the header are big-endian.
std::uint32_t number_at(Bytes head, std::size_t offset) {
  return __builtin_bswap32(load<std::uint32_t>(head, offset));
}

// What keeps the image from being all of the disk, by its header: it is read as zeros otherwise.
std::optional<Problem> not_whole(const std::filesystem::path& path) {
  constexpr std::size_t kHeader = 48;
  const auto file = ReadOnlyFile::open(path);
  if (!file) return file.problem();
  Buffer head(kHeader);
  const auto got = file->read_at(0, head);
  if (!got) return got.problem();
  if (*got < kHeader) return Problem{ProblemKind::kTruncated, *got, "the image ends in its header"};
  const bool version_1 = number_at(head, 4) == 1;
  if (number_at(head, version_1 ? 36 : 32) != 0) {
    return Problem{ProblemKind::kEncrypted, std::nullopt, "the image is encrypted"};
  }
  if (number_at(head, 8) != 0 || number_at(head, 12) != 0) {
    return Problem{ProblemKind::kUnreadable, std::nullopt,
                   "the image is only the difference to another, its backing file; convert it to "
                   "one image (qemu-img convert)"};
  }
  return std::nullopt;
}

}  // namespace

Result<DiskImage> open_qcow_image(const std::filesystem::path& path) {
  if (!functions()) return functions().problem();
  if (auto problem = not_whole(path)) return *std::move(problem);
  const Qcow& qcow = *functions();
  auto disk = std::make_shared<LibraryImage>(qcow);
  auto problem =
      disk->open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
        return qcow.open(handle, path.c_str(), LIBQCOW_OPEN_READ, error);
      });
  if (problem) return *std::move(problem);
  return DiskImage{ImageFormat::kQcow, std::move(disk), {path}, {}};
}

}  // namespace evtxhound::evidence
