#include "tests/rules/naive.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/ip_address.hpp"
#include "evtxhound/match/fold.hpp"
#include "evtxhound/match/regex_test.hpp"
#include "evtxhound/rules/field_place.hpp"

namespace evtxhound::rules {
namespace {

using Values = std::vector<std::string>;

constexpr char32_t kAnyText = 0xFFFFFFFE;
constexpr char32_t kOneCharacter = 0xFFFFFFFF;

std::u32string characters(std::string_view text, bool cased) {
  std::u32string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    result.push_back(cased ? c.value : match::fold(c.value));
    at += c.size;
  }
  return result;
}

// By a table of which beginning of the pattern matches which beginning of the value.
bool wildcard(const std::u32string& pattern, const std::u32string& value) {
  std::vector<bool> reaches(value.size() + 1, false);
  reaches[0] = true;
  for (const char32_t wanted : pattern) {
    std::vector<bool> next(value.size() + 1, false);
    for (std::size_t i = 0; i <= value.size(); ++i) {
      if (wanted == kAnyText) {
        next[i] = reaches[i] || (i > 0 && next[i - 1]);
      } else if (i > 0) {
        next[i] = reaches[i - 1] && (wanted == kOneCharacter || wanted == value[i - 1]);
      }
    }
    reaches = std::move(next);
  }
  return reaches.back();
}

Values all_values(const RuleEvent& event) {
  Values values{std::string(event.channel), std::string(event.provider)};
  for (const FieldView& field : event.system) values.emplace_back(field.value);
  for (const FieldView& field : event.data) values.emplace_back(field.value);
  return values;
}

bool naive_text(const Atom& atom, const std::string& value) {
  if (!atom.field.empty()) return naive_matches(atom.pieces, atom.cased, value);
  std::vector<Piece> pieces = atom.pieces;
  pieces.insert(pieces.begin(), {Piece::Kind::kAny, {}});
  pieces.push_back({Piece::Kind::kAny, {}});
  return naive_matches(pieces, atom.cased, value);
}

bool naive_number(const Atom& atom, const std::string& value) {
  if (value.empty() || std::string_view("0123456789-.").find(value[0]) == std::string_view::npos) {
    return false;
  }
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (end != value.c_str() + value.size()) return false;
  switch (atom.test) {
    case Test::kLess:
      return number < atom.number;
    case Test::kLessOrEqual:
      return number <= atom.number;
    case Test::kGreater:
      return number > atom.number;
    default:
      return number >= atom.number;
  }
}

bool naive_value(const Atom& atom, const std::string& value) {
  if (atom.test == Test::kText) return naive_text(atom, value);
  if (atom.test == Test::kRegex) {
    const match::RegexTest regex(atom.value, {atom.ignore_case, atom.multi_line, atom.dot_all});
    return regex.matches(value) == match::RegexTest::Outcome::kYes;
  }
  if (atom.test == Test::kCidr) {
    const auto address = indicators::parse_ip(value);
    return address && indicators::parse_network(atom.value)->contains(*address);
  }
  return naive_number(atom, value);
}

bool naive_indicator(const Atom& atom, const FieldPlace& place, const RuleEvent& event) {
  return std::ranges::any_of(event.found, [&](const IndicatorFound& found) {
    const bool there = atom.field.empty() || found.field == place.system_name ||
                       std::ranges::any_of(place.data, [&](const DataPlace& data) {
                         return data.name == found.field;
                       });
    return found.kind == atom.indicator && there;
  });
}

bool naive_atom(const Atom& atom, const EventKind& kind, const RuleEvent& event) {
  const FieldPlace place = place_of(kind, atom.field);
  const Values values = atom.field.empty() ? all_values(event) : values_of(place, event);
  switch (atom.test) {
    case Test::kExists:
      return !values.empty();
    case Test::kNull:
      return std::ranges::all_of(values, &std::string::empty);
    case Test::kIndicator:
      return naive_indicator(atom, place, event);
    case Test::kSameAsField:
      return std::ranges::any_of(values, [&](const std::string& value) {
        const Values others = values_of(place_of(kind, atom.value), event);
        return std::ranges::any_of(others, [&](const std::string& other) {
          return characters(value, atom.cased) == characters(other, atom.cased);
        });
      });
    default:
      return std::ranges::any_of(
          values, [&](const std::string& value) { return naive_value(atom, value); });
  }
}

}  // namespace

bool naive_matches(const std::vector<Piece>& pieces, bool cased, std::string_view value) {
  std::u32string pattern;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kAny) pattern.push_back(kAnyText);
    if (piece.kind == Piece::Kind::kOne) pattern.push_back(kOneCharacter);
    if (piece.kind == Piece::Kind::kText) pattern += characters(piece.text, cased);
  }
  return wildcard(pattern, characters(value, cased));
}

bool naive_fires(const Rule& rule, const RuleEvent& event) {
  for (const EventKind& kind : map_log_source(rule.source).kinds) {
    if (!is_of_kind(kind, event)) continue;
    std::vector<bool> nodes;
    for (const Node& node : rule.nodes) {
      const auto is_true = [&](std::uint32_t child) { return nodes[child]; };
      switch (node.kind) {
        case Node::Kind::kAtom:
          nodes.push_back(naive_atom(rule.atoms[node.atom], kind, event));
          break;
        case Node::Kind::kAnd:
          nodes.push_back(std::ranges::all_of(node.children, is_true));
          break;
        case Node::Kind::kOr:
          nodes.push_back(std::ranges::any_of(node.children, is_true));
          break;
        case Node::Kind::kNot:
          nodes.push_back(!nodes[node.children.front()]);
          break;
      }
    }
    if (nodes.back()) return true;
  }
  return false;
}

}  // namespace evtxhound::rules
