// What reads by a handle of libbfio is declared only with this.
#define HAVE_LIBBFIO 1
#include <fmt/format.h>
#include <libewf.h>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/library_image.hpp"
#include "evtxhound/evidence/disk/segments.hpp"
#include "evtxhound/evidence/disk/shared_library.hpp"

namespace evtxhound::evidence {
namespace {

struct Ewf : LibraryFunctions {
  decltype(&libewf_handle_open) open = nullptr;
  decltype(&libewf_handle_open_file_io_pool) open_pool = nullptr;
  decltype(&libewf_handle_get_bytes_per_sector) sector_size = nullptr;
  decltype(&libewf_handle_get_number_of_checksum_errors) error_count = nullptr;
  decltype(&libewf_handle_segment_files_corrupted) corrupted = nullptr;
  decltype(&libewf_handle_get_checksum_error) checksum_error = nullptr;
  IoFunctions io;
};

Result<Ewf> load_functions() {
  const auto library = SharedLibrary::open("libewf.so.2", "libewf2");
  if (!library) return library.problem();
  Ewf ewf;
  const bool all = library->load("libewf_handle_initialize", ewf.initialize) &&
                   library->load("libewf_handle_free", ewf.free) &&
                   library->load("libewf_handle_open", ewf.open) &&
                   library->load("libewf_handle_open_file_io_pool", ewf.open_pool) &&
                   library->load("libewf_handle_close", ewf.close) &&
                   library->load("libewf_handle_read_random", ewf.read) &&
                   library->load("libewf_handle_get_media_size", ewf.media_size) &&
                   library->load("libewf_handle_get_bytes_per_sector", ewf.sector_size) &&
                   library->load("libewf_handle_get_number_of_checksum_errors", ewf.error_count) &&
                   library->load("libewf_handle_segment_files_corrupted", ewf.corrupted) &&
                   library->load("libewf_handle_get_checksum_error", ewf.checksum_error) &&
                   library->load("libewf_error_sprint", ewf.error_text) &&
                   library->load("libewf_error_free", ewf.error_free) && ewf.io.load(*library);
  if (!all) return Problem{ProblemKind::kUnreadable, std::nullopt, "libewf lacks a function"};
  return ewf;
}

// Loaded once for the program.
const Result<Ewf>& functions() {
  static const Result<Ewf> loaded = load_functions();
  return loaded;
}

class EwfImage final : public LibraryImage {
 public:
  explicit EwfImage(const Ewf& ewf) : LibraryImage(ewf), ewf_(ewf) {}

  std::optional<Problem> open(const std::vector<std::filesystem::path>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(file.string());
    std::vector<char*> pointers;
    for (std::string& name : names) pointers.push_back(name.data());
    auto problem =
        open_handle([&](LibraryFunctions::Handle* handle, LibraryFunctions::Error** error) {
          return ewf_.open(handle, pointers.data(), static_cast<int>(pointers.size()),
                           LIBEWF_OPEN_READ, error);
        });
    if (!problem) ask_sector_size();
    return problem;
  }

  std::optional<Problem> open(const std::shared_ptr<const ByteSource>& bytes) {
    auto problem = open_bytes(
        ewf_.io, bytes,
        [&](LibraryFunctions::Handle* handle, LibraryIo& io, LibraryFunctions::Error** error) {
          return ewf_.open_pool(handle, io.pool(), LIBEWF_OPEN_READ, error);
        });
    if (!problem) ask_sector_size();
    return problem;
  }

  // Whether libewf found the segments damaged or cut, and made up for that as far as it could.
  [[nodiscard]] bool is_corrupted() const {
    LibraryError error(ewf_);
    return ewf_.corrupted(handle(), error.out()) == 1;
  }

 protected:
  // libewf hands out the bytes of a chunk that fails its checksum, and only notes that it did.
  [[nodiscard]] std::optional<Problem> doubt(std::uint64_t offset,
                                             std::size_t size) const override {
    LibraryError error(ewf_);
    std::uint32_t count = 0;
    if (ewf_.error_count(handle(), &count, error.out()) != 1) return std::nullopt;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint64_t first = 0;
      std::uint64_t sectors = 0;
      if (ewf_.checksum_error(handle(), i, &first, &sectors, error.out()) != 1) continue;
      const std::uint64_t begin = first * sector_size_;
      const std::uint64_t end = begin + sectors * sector_size_;
      if (begin < offset + size && offset < end) {
        return Problem{
            ProblemKind::kChecksum, std::max(begin, offset),
            fmt::format("{} bytes of the image do not have their checksum", end - begin)};
      }
    }
    return std::nullopt;
  }

 private:
  void ask_sector_size() {
    LibraryError error(ewf_);
    if (ewf_.sector_size(handle(), &sector_size_, error.out()) != 1) sector_size_ = 512;
  }

  const Ewf& ewf_;
  std::uint32_t sector_size_ = 512;
};

}  // namespace

Result<DiskImage> open_ewf_image(const std::filesystem::path& path) {
  if (!functions()) return functions().problem();
  const auto first = ReadOnlyFile::open(path);
  if (!first) return first.problem();
  Buffer head(16);
  const auto got = first->read_at(0, head);
  if (!got) return got.problem();
  if (const auto number = ewf_segment_number(head); number && *number != 1) {
    return Problem{
        ProblemKind::kUnreadable, std::nullopt,
        fmt::format("segment {} of an image; its first segment is what to name", *number)};
  }
  DiskImage image{ImageFormat::kEwf, nullptr, {}, {}};
  std::vector<std::filesystem::path> readable;  // libewf reads no further than to a gap
  const Segments segments = ewf_segments(path);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i]) {
      image.files.push_back(*segments[i]);
      if (readable.size() == i) readable.push_back(*segments[i]);
    } else {
      image.problems.push_back(
          {ProblemKind::kUnreadable, std::nullopt,
           fmt::format("segment {} of the image is missing; the disk is read up to there", i + 1)});
    }
  }
  auto disk = std::make_shared<EwfImage>(*functions());
  if (auto problem = disk->open(readable)) return *std::move(problem);
  if (disk->is_corrupted()) {
    image.problems.push_back({ProblemKind::kTruncated, std::nullopt,
                              "the image is not complete: it lacks what ends its last segment"});
  }
  image.disk = std::move(disk);
  return image;
}

Result<DiskImage> open_ewf_image(const std::shared_ptr<const ByteSource>& bytes) {
  if (!functions()) return functions().problem();
  DiskImage image{ImageFormat::kEwf, nullptr, {}, {}};
  auto disk = std::make_shared<EwfImage>(*functions());
  if (auto problem = disk->open(bytes)) return *std::move(problem);
  if (disk->is_corrupted()) {
    image.problems.push_back(
        {ProblemKind::kTruncated, std::nullopt,
         "the image is not complete: it lacks what ends its last segment; of an image within "
         "another container, only the first segment is read"});
  }
  image.disk = std::move(disk);
  return image;
}

}  // namespace evtxhound::evidence
