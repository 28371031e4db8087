#include <string_view>

#include "evtxhound/indicators/ip_rule.hpp"
#include "evtxhound/indicators/needle.hpp"
#include "evtxhound/indicators/path_rule.hpp"
#include "evtxhound/indicators/regex_literal.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {
namespace {

std::string_view piece_of(const Needle& needle) {
  return std::string_view(needle.text)
      .substr(needle.piece.begin, needle.piece.end - needle.piece.begin);
}

// All components of a path, with separators of any number between.
std::string path_expression(std::string_view path) {
  constexpr std::string_view kSeparators = "\\/";
  std::string joined = "(?i)";
  while (true) {
    const auto component = path.substr(0, path.find_first_of(kSeparators));
    joined += match::literal(component);
    path.remove_prefix(component.size());
    if (path.empty()) return joined;
    path.remove_prefix(path.find_first_not_of(kSeparators));
    joined += R"([\\/]+)";
  }
}

// A piece is rare and takes its place in a table of texts; short ones are not rare.
Anchor path_anchor(const Needle& needle) {
  const auto piece = piece_of(needle);
  if (piece.size() >= kShortestPiece) return {std::string(piece), false};
  return {path_expression(needle.text), true};
}

Anchor regex_anchor(const Needle& needle) {
  if (!needle.text.empty()) return {needle.text, false};
  return {match::as_pattern(without_ends(needle.regex->expression)), true};
}

}  // namespace

std::vector<Anchor> anchors(const Needle& needle) {
  switch (needle.kind) {
    case Kind::kPath:
      return {path_anchor(needle)};
    case Kind::kFileName:
    case Kind::kRegistryKey:
      return {{std::string(piece_of(needle)), false}};
    case Kind::kRegex:
      return {regex_anchor(needle)};
    case Kind::kIp: {
      std::vector<Anchor> result;
      for (auto& text : ip_anchors(needle.network)) result.push_back({std::move(text), false});
      return result;
    }
    default:
      return {{needle.text, false}};
  }
}

}  // namespace evtxhound::indicators
