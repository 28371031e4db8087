#include "evtxhound/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "evtxhound/base/failure.hpp"

namespace evtxhound {
namespace {

// O_NOATIME leaves the access time of evidence alone; only its owner and root may ask for it.
int open_read_only(const char* path) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOATIME);
  if (descriptor >= 0 || errno != EPERM) return descriptor;
  return ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

Problem unreadable(const char* what, std::optional<std::uint64_t> offset = std::nullopt) {
  return {ProblemKind::kUnreadable, offset, fmt::format("{}: {}", what, std::strerror(errno))};
}

}  // namespace

Result<ReadOnlyFile> ReadOnlyFile::open(const std::filesystem::path& path) {
  const int descriptor = open_read_only(path.c_str());
  if (descriptor < 0) return unreadable("cannot open");
  ReadOnlyFile file(descriptor, 0);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return unreadable("cannot stat");
  if (!S_ISREG(status.st_mode)) {
    return Problem{ProblemKind::kUnreadable, std::nullopt, "not a regular file"};
  }
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

ReadOnlyFile::~ReadOnlyFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ReadOnlyFile::ReadOnlyFile(ReadOnlyFile&& other) noexcept
    : ByteSource(), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

ReadOnlyFile& ReadOnlyFile::operator=(ReadOnlyFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

Result<std::size_t> ReadOnlyFile::read_at(std::uint64_t offset, MutableBytes into) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = ::pread(descriptor_, into.data() + done, into.size() - done,
                                static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got < 0) {
      if (errno == EINTR) continue;
      return unreadable("cannot read", offset + done);
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::optional<Filetime> last_modified(const std::filesystem::path& path) {
  constexpr std::int64_t kFrom1601To1970 = 11'644'473'600;
  constexpr std::int64_t kLast = 900'000'000'000;  // far beyond any clock, and still a Filetime
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  const std::int64_t seconds = status.st_mtim.tv_sec;
  if (seconds < -kFrom1601To1970) return Filetime{0};
  return static_cast<Filetime>(std::min(seconds, kLast) + kFrom1601To1970) * 10'000'000U +
         static_cast<Filetime>(status.st_mtim.tv_nsec / 100);
}

std::string read_text_file(const std::filesystem::path& path) {
  const auto fail = [&path](const std::string& why) {
    return Failure(ExitStatus::kUsage, fmt::format("{}: {}", path.string(), why));
  };
  auto file = ReadOnlyFile::open(path);
  if (!file) throw fail(file.problem().message);
  std::string content(file->size(), '\0');
  const auto got =
      file->read_at(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  if (!got) throw fail(got.problem().message);
  content.resize(*got);
  return content;
}

void write_file_atomically(const std::filesystem::path& path, Bytes content) {
  const std::filesystem::path temporary =
      path.string() + fmt::format(".{}.tmp", static_cast<long>(::getpid()));
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(temporary.c_str());
    throw Failure(ExitStatus::kCannotGoOn, fmt::format("{}: cannot write: {}", path.string(), why));
  }
}

}  // namespace evtxhound
