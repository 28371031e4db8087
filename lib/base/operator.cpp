#include "evtxhound/base/operator.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace evtxhound {

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace evtxhound
