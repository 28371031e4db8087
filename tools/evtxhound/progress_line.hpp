// A line on a terminal that shows how far a command is.
#pragma once

#include <chrono>
#include <string_view>

namespace evtxhound::tool {

// On stderr, where that is a terminal; else it does nothing. Not thread-safe.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted);

  // Whether to draw it anew: a few times a second. Says so once each time.
  bool is_time();

  // Puts this in place of what is there.
  static void draw(std::string_view text);

  // Takes the line away: before other output, and at the end.
  void clear() const;

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  Clock::time_point drawn_ = Clock::now();
};

}  // namespace evtxhound::tool
