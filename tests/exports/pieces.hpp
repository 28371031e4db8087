// What a splitter makes of a text, told in one line.
#pragma once

#include <string>
#include <string_view>

#include "evtxhound/exports/piece.hpp"

namespace evtxhound::test {

// Each piece as a letter and its text: E an event that is plain, e one that is not, F frame, D
// damage, C cut, and M at the end where more is needed.
inline std::string pieces_of(exports::Splitter& splitter, std::string_view text,
                             bool complete = true) {
  using Kind = exports::Piece::Kind;
  splitter.open(text, complete);
  std::string told;
  for (std::size_t at = 0; at < text.size();) {
    const exports::Piece piece = splitter.next(at);
    if (piece.kind == Kind::kMore) return told + "M";
    const char letter = piece.kind == Kind::kEvent    ? (piece.plain ? 'E' : 'e')
                        : piece.kind == Kind::kFrame  ? 'F'
                        : piece.kind == Kind::kDamage ? 'D'
                                                      : 'C';
    if (piece.end <= at || piece.end > text.size()) return told + "wrong end";
    told += letter;
    told += '[' + std::string(text.substr(at, piece.end - at)) + ']';
    at = piece.end;
  }
  return told;
}

}  // namespace evtxhound::test
