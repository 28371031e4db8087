#include "progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace evtxhound::tool {

ProgressLine::ProgressLine(bool wanted) : shown_(wanted && ::isatty(STDERR_FILENO) == 1) {}

bool ProgressLine::is_time() {
  const auto now = Clock::now();
  if (!shown_ || now - drawn_ < std::chrono::milliseconds(200)) return false;
  drawn_ = now;
  return true;
}

void ProgressLine::draw(std::string_view text) { fmt::print(stderr, "\r\033[K{}", text); }

void ProgressLine::clear() const {
  if (shown_) draw("");
}

}  // namespace evtxhound::tool
