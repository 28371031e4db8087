#include "evtxhound/base/mapped_window.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX
#include <sys/mman.h>

#include <algorithm>
#include <mutex>

namespace evtxhound {
namespace {

// Large enough to be cheap to move, small enough for a few of them to be nothing. Aligned, so that
// the system can map what it holds in large pages as such.
constexpr std::size_t kAlignment = std::size_t{2} << 20;
constexpr std::size_t kWindowSize = 4 * kAlignment;

// The window that this thread reads. SIGBUS comes on the thread that touched the page.
struct Watched {
  const std::uint8_t* begin = nullptr;
  const std::uint8_t* end = nullptr;
  bool broken = false;
};
thread_local Watched watched;

struct sigaction previous_action {};

// Only calls what is safe in a handler: mmap, sigaction and raise are plain system calls.
void on_bus_error(int signal, siginfo_t* info, void* context) {
  const auto* const address = static_cast<const std::uint8_t*>(info->si_addr);
  if (address >= watched.begin && address < watched.end) {
    constexpr std::uintptr_t kPage = 4096;
    const auto page = reinterpret_cast<std::uintptr_t>(address) / kPage * kPage;
    void* const zeros = ::mmap(reinterpret_cast<void*>(page),  // NOLINT(performance-no-int-to-ptr)
                               kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros != MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's macro
      watched.broken = true;
      return;
    }
  }
  if ((previous_action.sa_flags & SA_SIGINFO) != 0 && previous_action.sa_sigaction != nullptr) {
    previous_action.sa_sigaction(signal, info, context);
    return;
  }
  ::sigaction(signal, &previous_action, nullptr);  // the fault comes again and finds that one
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &previous_action);
  });
}

}  // namespace

std::optional<Bytes> MappedWindow::view(std::uint64_t offset, std::size_t size) {
  if (offset >= file_->size()) return std::nullopt;
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, file_->size() - offset));
  const bool inside =
      begin_ != nullptr && !was_broken() && offset >= offset_ && offset + size <= offset_ + size_;
  if (!inside && !map(offset, size)) return std::nullopt;
  watched.begin = begin_;
  watched.end = begin_ + size_;
  return Bytes(begin_ + (offset - offset_), size);
}

bool MappedWindow::was_broken() const { return watched.begin == begin_ && watched.broken; }

bool MappedWindow::map(std::uint64_t offset, std::size_t size) {
  install_handler();
  unmap();
  offset_ = offset / kAlignment * kAlignment;
  const std::uint64_t needed = offset - offset_ + size;
  const std::uint64_t wanted = std::max<std::uint64_t>(needed, kWindowSize);
  size_ = static_cast<std::size_t>(std::min(wanted, file_->size() - offset_));
  void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_->descriptor(),
                          static_cast<off_t>(offset_));
  if (at == MAP_FAILED) return false;  // NOLINT(performance-no-int-to-ptr): the system's macro
  begin_ = static_cast<std::uint8_t*>(at);
  return true;
}

void MappedWindow::unmap() {
  if (begin_ == nullptr) return;
  if (watched.begin == begin_) watched = {};
  ::munmap(begin_, size_);
  begin_ = nullptr;
}

}  // namespace evtxhound
