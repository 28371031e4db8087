// The fixed text of a program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtxhound::evtx {

// A piece of a program's fixed text.
struct Piece {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// Padded, so that a short piece can be copied as 32 bytes whatever its size.
class Literals {
 public:
  static constexpr std::size_t kPadding = 32;
  // A template that needs more is a crafted one and has no program.
  static constexpr std::size_t kMaxSize = std::size_t{1} << 20;

  Piece add(std::string_view text) {
    text_.resize(size_);
    const Piece piece{static_cast<std::uint32_t>(size_), static_cast<std::uint32_t>(text.size())};
    text_ += text;
    size_ = text_.size();
    text_.append(kPadding, '\0');
    return piece;
  }

  [[nodiscard]] const char* at(std::uint32_t offset) const { return text_.data() + offset; }
  [[nodiscard]] std::string_view of(Piece piece) const { return {at(piece.offset), piece.size}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::string text_;
  std::size_t size_ = 0;
};

}  // namespace evtxhound::evtx
