#include "evtxhound/base/build_id.hpp"

#include <fmt/format.h>
#include <link.h>

#include <filesystem>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {
namespace {

// Notes are: u32 size of the name, u32 size of the content, u32 type, name, content, each padded to
// four bytes (ELF specification, "Note Section").
std::string id_in(Bytes notes) {
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  while (holds(notes, 0, 12)) {
    const std::size_t name_size = padded(load<std::uint32_t>(notes, 0));
    const std::size_t size = load<std::uint32_t>(notes, 4);
    const auto type = load<std::uint32_t>(notes, 8);
    if (!holds(notes, 12, name_size) || !holds(notes, 12 + name_size, padded(size))) break;
    if (type == NT_GNU_BUILD_ID && stands_at(notes, 12, std::string_view("GNU\0", 4))) {
      return fmt::format("{:02x}", fmt::join(notes.subspan(12 + name_size, size), ""));
    }
    notes = notes.subspan(12 + name_size + padded(size));
  }
  return {};
}

// The first object is the program itself.
int take_first(dl_phdr_info* info, std::size_t /*size*/, void* id) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const auto* const begin =
        reinterpret_cast<const std::uint8_t*>(info->dlpi_addr + header.p_vaddr);  // NOLINT
    const std::string found = id_in({begin, header.p_memsz});
    if (!found.empty()) *static_cast<std::string*>(id) = found;
  }
  return 1;
}

std::string of_file() {
  std::error_code error;
  const std::filesystem::path program = "/proc/self/exe";
  const auto size = std::filesystem::file_size(program, error);
  const auto time = std::filesystem::last_write_time(program, error).time_since_epoch().count();
  return fmt::format("{} {}", size, time);
}

}  // namespace

std::string build_id() {
  std::string id;
  ::dl_iterate_phdr(take_first, &id);
  return id.empty() ? of_file() : id;
}

}  // namespace evtxhound
