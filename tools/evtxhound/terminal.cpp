#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace evtxhound::tool {

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool colour_wanted() {
  // Set, to whatever but nothing, it means no.
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && stdout_is_terminal();
}

std::size_t terminal_columns() {
  constexpr std::size_t kDefault = 120;
  winsize size{};
  const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return told ? size.ws_col : kDefault;
}

}  // namespace evtxhound::tool
