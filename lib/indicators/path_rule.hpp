// Confirmation of the kinds that name files: file_name, path. Both may have wildcards: `*` stands
// for any characters of one component, none among them, `?` for one.
// docs/indicator-packs.md has hits and near misses. All functions are pure and thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// Chooses the piece of a path or file name that is looked for: its last component where that has
// no wildcard and is no shorter than kShortestPiece, else its longest piece between separators and
// wildcards. Where all are shorter, it is the last component, as part of an expression.
inline constexpr std::size_t kShortestPiece = 4;
Range choose_piece(std::string_view text);

// A whole file name, alone or as the last component of a path, whose piece ends at `end`.
std::optional<Range> confirm_file_name(const Needle& needle, std::string_view value,
                                       std::size_t end);

// The path itself and what lies below it, at the borders of its components, whose piece ends at
// `end`. `\` and `/` are the same, and so are several of them in a row.
std::optional<Range> confirm_path(const Needle& needle, std::string_view value, std::size_t end);

}  // namespace evtxhound::indicators
