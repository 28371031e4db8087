// What reads by a handle of libbfio is declared only with this.
#define HAVE_LIBBFIO 1
#include <fmt/format.h>
#include <libvhdi.h>

#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/library_image.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {
namespace {

struct Vhdi : LibraryFunctions {
  decltype(&libvhdi_file_open) open = nullptr;
  decltype(&libvhdi_file_open_file_io_handle) open_io = nullptr;
  decltype(&libvhdi_file_get_disk_type) disk_type = nullptr;
  IoFunctions io;
};

Result<Vhdi> load_functions() {
  const auto library = SharedLibrary::open("libvhdi.so.1", "libvhdi1");
  if (!library) return library.problem();
  Vhdi vhdi;
  const bool all = library->load("libvhdi_file_initialize", vhdi.initialize) &&
                   library->load("libvhdi_file_free", vhdi.free) &&
                   library->load("libvhdi_file_open", vhdi.open) &&
                   library->load("libvhdi_file_open_file_io_handle", vhdi.open_io) &&
                   library->load("libvhdi_file_close", vhdi.close) &&
                   library->load("libvhdi_file_read_buffer_at_offset", vhdi.read) &&
                   library->load("libvhdi_file_get_media_size", vhdi.media_size) &&
                   library->load("libvhdi_file_get_disk_type", vhdi.disk_type) &&
                   library->load("libvhdi_error_sprint", vhdi.error_text) &&
                   library->load("libvhdi_error_free", vhdi.error_free) && vhdi.io.load(*library);
  if (!all) return Problem{ProblemKind::kUnreadable, std::nullopt, "libvhdi lacks a function"};
  return vhdi;
}

const Result<Vhdi>& functions() {
  static const Result<Vhdi> loaded = load_functions();
  return loaded;
}

Result<DiskImage> whole_image(const Vhdi& vhdi, std::shared_ptr<LibraryImage> disk,
                              ImageFormat format, std::vector<std::filesystem::path> files) {
  std::uint32_t type = 0;
  LibraryError error(vhdi);
  if (vhdi.disk_type(disk->handle(), &type, error.out()) == 1 &&
      type == LIBVHDI_DISK_TYPE_DIFFERENTIAL) {
    return only_difference("parent");
  }
  return DiskImage{format, std::move(disk), std::move(files), {}};
}

}  // namespace

Result<DiskImage> open_vhdi_image(const std::filesystem::path& path, ImageFormat format) {
  if (!functions()) return functions().problem();
  const Vhdi& vhdi = *functions();
  auto disk = std::make_shared<LibraryImage>(vhdi);
  auto problem =
      disk->open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
        return vhdi.open(handle, path.c_str(), LIBVHDI_OPEN_READ, error);
      });
  if (problem) return *std::move(problem);
  return whole_image(vhdi, std::move(disk), format, {path});
}

Result<DiskImage> open_vhdi_image(const std::shared_ptr<const ByteSource>& bytes,
                                  ImageFormat format) {
  if (!functions()) return functions().problem();
  const Vhdi& vhdi = *functions();
  auto disk = std::make_shared<LibraryImage>(vhdi);
  auto problem = disk->open_bytes(
      vhdi.io, bytes,
      [&](LibraryFunctions::Handle* handle, LibraryIo& io, LibraryFunctions::Error** error) {
        return vhdi.open_io(handle, io.handle(), LIBVHDI_OPEN_READ, error);
      });
  if (problem) return *std::move(problem);
  return whole_image(vhdi, std::move(disk), format, {});
}

}  // namespace evtxhound::evidence
