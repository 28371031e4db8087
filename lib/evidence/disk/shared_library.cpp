#include "evtxhound/evidence/disk/shared_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace evtxhound::evidence {
namespace {

// RTLD_DEEPBIND: its own helper libraries before the program's. AddressSanitizer refuses it, and
// does without: the program's own names are not visible to libraries.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL;
#else
constexpr int kFlags = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

}  // namespace

Result<SharedLibrary> SharedLibrary::open(const std::string& file_name,
                                          const std::string& package) {
  void* handle = ::dlopen(file_name.c_str(), kFlags);
  if (handle == nullptr) {
    return Problem{
        ProblemKind::kUnreadable, std::nullopt,
        fmt::format(
            "an image or a shadow copy of this kind is read by {} (package {}), which cannot "
            "be loaded: {}",
            file_name, package, ::dlerror())};
  }
  return SharedLibrary(handle);
}

void* SharedLibrary::address_of(const char* name) const { return ::dlsym(handle_, name); }

}  // namespace evtxhound::evidence
