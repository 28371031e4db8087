// Libraries that are loaded only when evidence needs them.
//
// The libraries that read image formats and shadow copies each carry a copy of the same helper
// libraries (libcdata, libfdata, libbfio …), of different versions, under the same names: linked
// into one program, one of them would call the other's. So each is loaded into a name space of its
// own. That also keeps the start of the program short, which is mostly the dynamic linker's work.
#pragma once

#include <string>

#include "evtxhound/base/problem.hpp"

namespace evtxhound::evidence {

// A loaded library; it stays loaded until the program ends. Copies are the same library.
class SharedLibrary {
 public:
  // Fails (kUnreadable), with the dynamic linker's reason, where there is no such library.
  // `package` is named in the message, as the one that has it.
  static Result<SharedLibrary> open(const std::string& file_name, const std::string& package);

  // Sets a pointer to the function of that name. False where the library has none.
  template <class Function>
  [[nodiscard]] bool load(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(address_of(name));
    return function != nullptr;
  }

 private:
  explicit SharedLibrary(void* handle) : handle_(handle) {}
  [[nodiscard]] void* address_of(const char* name) const;

  void* handle_;
};

}  // namespace evtxhound::evidence
