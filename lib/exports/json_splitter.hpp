// Finds the outermost objects of a JSON text: one a line, pretty-printed one behind the other, or
// the elements of an array.
//
// An object's end is found by its brackets, which are told from the same characters in strings.
// What may follow what is checked as well, so that an object that was torn off ends where the next
// one begins, and does not swallow it.
#pragma once

#include <cstdint>
#include <string_view>

#include "evtxhound/exports/piece.hpp"

namespace evtxhound::exports {

class JsonSplitter : public Splitter {
 public:
  void open(std::string_view text, bool complete) override;
  Piece next(std::size_t at) override;

 private:
  Piece object(std::size_t begin);
  Piece damage(std::size_t at, Piece::Kind kind, const char* why);
  Piece unfinished(std::size_t begin);
  [[nodiscard]] bool can_begin(std::size_t at) const;

  std::string_view text_;
  bool complete_ = true;
};

}  // namespace evtxhound::exports
