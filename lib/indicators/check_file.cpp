#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/needle.hpp"
#include "evtxhound/indicators/path_rule.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::string_view kWildcards = "*?";
constexpr std::size_t kShortestStem = 3;  // of a file name with wildcards

bool has_wildcard(std::string_view value) {
  return value.find_first_of(kWildcards) != std::string_view::npos;
}

std::size_t longest_piece(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(kWildcards, at), text.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  return longest;
}

// A network or device path has `\\?\` at its start, the kernel's `\??\`: these are no wildcards,
// and logs have paths with and without them.
void take_prefix(std::string& path) {
  if (!path.starts_with(R"(\\?\)") && !path.starts_with(R"(\??\)")) return;
  const bool drive = path.size() > 5 && path[5] == ':';
  path.erase(0, drive ? 4 : 3);
}

}  // namespace

void check_file_name(Validated& out) {
  if (out.value.find_first_of("\\/") != std::string::npos) {
    out.wrong = "a file name with a separator: give it the kind path";
  } else if (out.value.size() < kShortestText) {
    out.wrong = fmt::format("a file name of fewer than {} characters would be found everywhere",
                            kShortestText);
  } else if (has_wildcard(out.value)) {
    const std::string_view value = out.value;
    const Range piece = choose_piece(value);
    if (longest_piece(value.substr(0, value.rfind('.'))) < kShortestStem ||
        piece.end - piece.begin < kShortestPiece) {
      out.wrong = fmt::format(
          "a file name with fewer than {} characters in a row before its extension, without "
          "wildcards, would be found everywhere",
          kShortestStem);
    }
  }
}

void check_path(Validated& out) {
  take_prefix(out.value);
  // `*\` in front is what a separator there means anyway, and `\*` at the end what one there means.
  if (out.value.starts_with("*\\") || out.value.starts_with("*/")) out.value.erase(0, 1);
  if (out.value.ends_with("\\*") || out.value.ends_with("/*")) out.value.pop_back();
  Indicator indicator;
  indicator.kind = Kind::kPath;
  indicator.value = out.value;
  const Needle needle = make_needle(indicator);
  const std::size_t piece = needle.piece.end - needle.piece.begin;
  if (out.value.find_first_of("\\/") == std::string::npos) {
    out.wrong = "a path without a separator: give it the kind file_name";
  } else if (needle.text.size() < kShortestText) {
    out.wrong =
        fmt::format("a path of fewer than {} characters would be found everywhere", kShortestText);
  } else if (has_wildcard(needle.text) &&
             (piece < kShortestPiece ||
              has_wildcard(std::string_view(needle.text).substr(needle.piece.begin, piece)))) {
    out.wrong = fmt::format(
        "a path with wildcards and without {} characters in a row would be found everywhere",
        kShortestPiece);
  } else if (out.value.find('%') != std::string::npos) {
    out.doubtful.emplace_back(
        "an environment variable: logs have the path that it stands for, begin with \\ instead");
  }
}

}  // namespace evtxhound::indicators
