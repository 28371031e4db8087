#include <fmt/format.h>
#include <libvmdk.h>

#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/library_image.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

struct Vmdk : LibraryFunctions {
  decltype(&libvmdk_handle_open) open = nullptr;
  decltype(&libvmdk_handle_open_file_io_handle) open_io = nullptr;
  decltype(&libvmdk_handle_open_extent_data_files_file_io_pool) open_extents_io = nullptr;
  decltype(&libvmdk_handle_open_extent_data_files) open_extents = nullptr;
  decltype(&libvmdk_handle_get_parent_content_identifier) parent = nullptr;
  decltype(&libvmdk_handle_get_number_of_extents) extent_count = nullptr;
  decltype(&libvmdk_handle_get_extent_descriptor) extent = nullptr;
  decltype(&libvmdk_extent_descriptor_free) extent_free = nullptr;
  decltype(&libvmdk_extent_descriptor_get_utf8_filename_size) extent_name_size = nullptr;
  decltype(&libvmdk_extent_descriptor_get_utf8_filename) extent_name = nullptr;
  IoFunctions io;
};

Result<Vmdk> load_functions() {
  const auto library = SharedLibrary::open("libvmdk.so.1", "libvmdk1");
  if (!library) return library.problem();
  Vmdk vmdk;
  const bool all =
      library->load("libvmdk_handle_initialize", vmdk.initialize) &&
      library->load("libvmdk_handle_free", vmdk.free) &&
      library->load("libvmdk_handle_open", vmdk.open) &&
      library->load("libvmdk_handle_open_extent_data_files", vmdk.open_extents) &&
      library->load("libvmdk_handle_open_file_io_handle", vmdk.open_io) &&
      library->load("libvmdk_handle_open_extent_data_files_file_io_pool", vmdk.open_extents_io) &&
      library->load("libvmdk_handle_close", vmdk.close) &&
      library->load("libvmdk_handle_read_buffer_at_offset", vmdk.read) &&
      library->load("libvmdk_handle_get_media_size", vmdk.media_size) &&
      library->load("libvmdk_handle_get_parent_content_identifier", vmdk.parent) &&
      library->load("libvmdk_handle_get_number_of_extents", vmdk.extent_count) &&
      library->load("libvmdk_handle_get_extent_descriptor", vmdk.extent) &&
      library->load("libvmdk_extent_descriptor_free", vmdk.extent_free) &&
      library->load("libvmdk_extent_descriptor_get_utf8_filename_size", vmdk.extent_name_size) &&
      library->load("libvmdk_extent_descriptor_get_utf8_filename", vmdk.extent_name) &&
      library->load("libvmdk_error_sprint", vmdk.error_text) &&
      library->load("libvmdk_error_free", vmdk.error_free) && vmdk.io.load(*library);
  if (!all) return Problem{ProblemKind::kUnreadable, std::nullopt, "libvmdk lacks a function"};
  return vmdk;
}

const Result<Vmdk>& functions() {
  static const Result<Vmdk> loaded = load_functions();
  return loaded;
}

// The name of an extent's file, as the descriptor has it; empty for an extent of zeros.
std::string extent_name(const Vmdk& vmdk, libvmdk_handle_t* handle, int index) {
  LibraryError error(vmdk);
  libvmdk_extent_descriptor_t* extent = nullptr;
  if (vmdk.extent(handle, index, &extent, error.out()) != 1) return {};
  std::size_t size = 0;
  std::string name;
  if (vmdk.extent_name_size(extent, &size, error.out()) == 1 && size > 0) {
    name.resize(size);
    auto* text = reinterpret_cast<std::uint8_t*>(name.data());
    if (vmdk.extent_name(extent, text, size, error.out()) != 1) name.clear();
    name.resize(name.find('\0') == std::string::npos ? name.size() : name.find('\0'));
  }
  vmdk.extent_free(&extent, error.out());
  return name;
}

// Adds the files of the extents to the image's. The names are the evidence's: one that leads to
// another folder, or to a link, would make a file from elsewhere pass for evidence.
std::optional<Problem> list_extents(const Vmdk& vmdk, libvmdk_handle_t* handle, DiskImage& image) {
  LibraryError error(vmdk);
  int count = 0;
  vmdk.extent_count(handle, &count, error.out());
  const fs::path descriptor = image.files.front();
  for (int i = 0; i < count; ++i) {
    const std::string name = extent_name(vmdk, handle, i);
    if (name.empty()) continue;
    const fs::path path = descriptor.parent_path() / name;
    std::error_code ignored;
    const auto status = fs::symlink_status(path, ignored);
    if (name.find_first_of("/\\") != std::string::npos || fs::is_symlink(status)) {
      return Problem{ProblemKind::kLink, std::nullopt,
                     fmt::format("extent not followed: {} leads out of the image's folder", name)};
    }
    if (!fs::is_regular_file(status)) {
      return Problem{ProblemKind::kUnreadable, std::nullopt,
                     fmt::format("the image's extent {} is missing", name)};
    }
    if (path != descriptor) image.files.push_back(path);
  }
  return std::nullopt;
}

std::optional<Problem> is_difference(const Vmdk& vmdk, libvmdk_handle_t* handle) {
  LibraryError error(vmdk);
  std::uint32_t parent = 0;
  constexpr std::uint32_t kNone = 0xFFFFFFFF;
  if (vmdk.parent(handle, &parent, error.out()) != 1 || parent == kNone) return std::nullopt;
  return only_difference("parent");
}

// Of an image that is no file on disk: whether it is more than that.
std::optional<Problem> has_other_extents(const Vmdk& vmdk, libvmdk_handle_t* handle,
                                         const ByteSource& bytes) {
  LibraryError error(vmdk);
  int count = 0;
  Buffer signature(4);
  const auto got = bytes.read_at(0, signature);
  const bool sparse = got && stands_at(signature, 0, "KDMV");
  if (vmdk.extent_count(handle, &count, error.out()) == 1 && count == 1 && sparse) {
    return std::nullopt;
  }
  return Problem{ProblemKind::kLimit, std::nullopt,
                 "not looked into: a disk image (vmdk) whose extents are other files, which is "
                 "read only where these lie beside it on disk; take it out first, with them"};
}

}  // namespace

Result<DiskImage> open_vmdk_image(const fs::path& path) {
  if (!functions()) return functions().problem();
  const Vmdk& vmdk = *functions();
  DiskImage image{ImageFormat::kVmdk, nullptr, {path}, {}};
  std::optional<Problem> why;
  auto disk = std::make_shared<LibraryImage>(vmdk);
  auto problem =
      disk->open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
        if (vmdk.open(handle, path.c_str(), LIBVMDK_OPEN_READ, error) != 1) return -1;
        why = is_difference(vmdk, handle);
        if (!why) why = list_extents(vmdk, handle, image);
        return why ? -1 : vmdk.open_extents(handle, error);
      });
  if (why) return *std::move(why);
  if (problem) return *std::move(problem);
  image.disk = std::move(disk);
  return image;
}

Result<DiskImage> open_vmdk_image(const std::shared_ptr<const ByteSource>& bytes) {
  if (!functions()) return functions().problem();
  const Vmdk& vmdk = *functions();
  std::optional<Problem> why;
  auto disk = std::make_shared<LibraryImage>(vmdk);
  auto problem = disk->open_bytes(
      vmdk.io, bytes,
      [&](LibraryFunctions::Handle* handle, LibraryIo& io, LibraryFunctions::Error** error) {
        if (vmdk.open_io(handle, io.handle(), LIBVMDK_OPEN_READ, error) != 1) return -1;
        why = is_difference(vmdk, handle);
        if (!why) why = has_other_extents(vmdk, handle, *bytes);
        return why ? -1 : vmdk.open_extents_io(handle, io.pool(), error);
      });
  if (why) return *std::move(why);
  if (problem) return *std::move(problem);
  return DiskImage{ImageFormat::kVmdk, std::move(disk), {}, {}};
}

}  // namespace evtxhound::evidence
