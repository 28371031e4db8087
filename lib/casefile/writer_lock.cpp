#include "evtxhound/casefile/writer_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::casefile {
namespace {

using Identity = std::pair<dev_t, ino_t>;

// SQLite locks 512 bytes from 2^30 on. The byte need not exist.
constexpr off_t kLockedByte = off_t{1} << 62;

std::mutex& guard() {
  static std::mutex mutex;
  return mutex;
}

// The case files that this process has locked. REQUIRES: guard() is held
std::set<Identity>& locked_here() {
  static std::set<Identity> files;
  return files;
}

[[noreturn]] void fail(ExitStatus status, const std::filesystem::path& path,
                       const std::string& why) {
  throw Failure(status, fmt::format("{}: {}", path.string(), why));
}

[[noreturn]] void fail_locked(const std::filesystem::path& path) {
  fail(ExitStatus::kCannotGoOn, path, "the case file is locked by another scan");
}

// Opening could have effects on what is no regular file (a pipe, a device), so look first.
void check_place(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(ExitStatus::kUsage, path, "is a folder, not a case file");
    if (!S_ISREG(status.st_mode)) fail(ExitStatus::kUsage, path, "is not a regular file");
    if (locked_here().contains({status.st_dev, status.st_ino})) fail_locked(path);
    return;
  }
  const auto parent = path.parent_path();
  if (!parent.empty() && ::stat(parent.c_str(), &status) != 0) {
    fail(ExitStatus::kUsage, path, "the folder for the case file does not exist");
  }
}

}  // namespace

WriterLock::WriterLock(const std::filesystem::path& path) {
  const std::lock_guard hold(guard());
  check_place(path);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor < 0) {
    fail(ExitStatus::kCannotGoOn, path, fmt::format("cannot be written: {}", std::strerror(errno)));
  }
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = kLockedByte;
  range.l_len = 1;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || ::fcntl(descriptor, F_OFD_SETLK, &range) != 0) {
    const int error = errno;
    ::close(descriptor);
    if (error == EAGAIN || error == EACCES) fail_locked(path);
    fail(ExitStatus::kCannotGoOn, path, fmt::format("cannot be locked: {}", std::strerror(error)));
  }
  identity_ = {status.st_dev, status.st_ino};
  descriptor_ = descriptor;
  locked_here().insert(identity_);
}

WriterLock::~WriterLock() {
  const std::lock_guard hold(guard());
  locked_here().erase(identity_);
  ::close(descriptor_);
}

bool is_locked_here(const std::filesystem::path& path) {
  const std::lock_guard hold(guard());
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 &&
         locked_here().contains({status.st_dev, status.st_ino});
}

}  // namespace evtxhound::casefile
