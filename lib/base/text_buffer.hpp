// Output text that grows: what is rendered into, over and over, without being cleared or zeroed.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace evtxhound {

// Owns its memory, keeps it over clear(), and hands out raw room at its end, since rendering a
// record is nearly nothing but short copies. Not thread-safe. Movable.
class TextBuffer {
 public:
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_.get()); }
  [[nodiscard]] std::string_view view() const { return {begin_.get(), size()}; }
  [[nodiscard]] std::string_view view_from(std::size_t start) const { return view().substr(start); }

  // At least `room` writable bytes behind what is there; say with set_end() how far they are used.
  // The pointer is valid until the next call of a function that is not const.
  char* reserve(std::size_t room) {
    if (static_cast<std::size_t>(limit_ - end_) < room) grow(room);
    return end_;
  }
  // The end of what reserve() gave, which can be more than was asked for.
  [[nodiscard]] char* limit() const { return limit_; }
  // REQUIRES: `end` lies within what reserve() gave
  void set_end(char* end) { end_ = end; }

  void append(std::string_view text) {
    if (text.empty()) return;  // memcpy takes no null, not even for nothing
    char* at = reserve(text.size());
    std::memcpy(at, text.data(), text.size());
    end_ = at + text.size();
  }
  void append(char c) {
    *reserve(1) = c;
    ++end_;
  }

  // Cuts the text off. REQUIRES: size <= this->size()
  void truncate(std::size_t size) { end_ = begin_.get() + size; }
  void clear() { end_ = begin_.get(); }

  // Gives memory back where more than `most` bytes are held, so that one huge record does not
  // cost its memory forever. Empties the buffer.
  void shrink(std::size_t most);

 private:
  void grow(std::size_t room);

  std::unique_ptr<char[]> begin_;  // NOLINT(modernize-avoid-c-arrays): not to be zeroed
  char* end_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace evtxhound
