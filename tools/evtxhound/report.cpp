#include "report.hpp"

#include <fmt/format.h>

#include "evtxhound/base/terminal_text.hpp"

namespace evtxhound::tool {

void print_problem(const std::filesystem::path& path, const Problem& problem) {
  const std::string place = problem.offset ? fmt::format(" @ {:#x}", *problem.offset) : "";
  fmt::print(stderr, "{}{}: {}\n", visible(path.string()), place, visible(problem.message));
}

}  // namespace evtxhound::tool
