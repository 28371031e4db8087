#include "evtxhound/rules/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/value_test.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::string_view kCodeField = "EventID";

std::uint32_t add_node(Rule& rule, Node node) {
  rule.nodes.push_back(std::move(node));
  return static_cast<std::uint32_t>(rule.nodes.size() - 1);
}

// The rule and the requirement.
void require(Rule& rule, const Requirement& requirement) {
  const auto root = static_cast<std::uint32_t>(rule.nodes.size() - 1);
  Node any{Node::Kind::kOr, 0, {}};
  for (const std::string_view value : requirement.values) {
    Atom atom;
    atom.field = requirement.field;
    atom.pieces.push_back({Piece::Kind::kText, std::string(value)});
    rule.atoms.push_back(std::move(atom));
    const auto number = static_cast<std::uint32_t>(rule.atoms.size() - 1);
    any.children.push_back(add_node(rule, {Node::Kind::kAtom, number, {}}));
  }
  std::uint32_t condition = add_node(rule, std::move(any));
  if (requirement.none_of) condition = add_node(rule, {Node::Kind::kNot, 0, {condition}});
  add_node(rule, {Node::Kind::kAnd, 0, {root, condition}});
}

// The event id that the atom compares with, where it is as simple as that.
std::optional<std::uint32_t> compared_code(const Atom& atom) {
  if (atom.test != Test::kText || atom.pieces.size() != 1) return std::nullopt;
  const Piece& piece = atom.pieces.front();
  if (piece.kind != Piece::Kind::kText) return std::nullopt;
  std::uint32_t code = 0;
  const char* const end = piece.text.data() + piece.text.size();
  const auto [at, error] = std::from_chars(piece.text.data(), end, code);
  if (error != std::errc() || at != end || fmt::format("{}", code) != piece.text) {
    return std::nullopt;
  }
  return code;
}

Fixed fixed_if(bool value) { return value ? Fixed::kTrue : Fixed::kFalse; }

Fixed fixed_atom(const Atom& atom, std::optional<std::uint32_t> code) {
  if (!code) return compared_code(atom) ? Fixed::kFalse : Fixed::kOpen;
  if (atom.test == Test::kExists) return Fixed::kTrue;
  if (atom.test == Test::kNull) return Fixed::kFalse;
  if (!looks_at_values(atom.test)) return Fixed::kOpen;
  if (const auto compared = compared_code(atom)) return fixed_if(*compared == *code);
  switch (ValueTest(atom).matches(fmt::format("{}", *code))) {
    case ValueTest::Outcome::kNo:
      return Fixed::kFalse;
    case ValueTest::Outcome::kYes:
      return Fixed::kTrue;
    case ValueTest::Outcome::kGaveUp:
      return Fixed::kOpen;
  }
  return Fixed::kOpen;
}

template <class T>
bool fits(const T& wanted, const T& has) {
  return wanted.empty() || wanted == has;
}

using Indices = std::vector<std::uint32_t>;

// The different values of a property of some placements, in lower case, and the empty one.
std::set<std::string> values_of(const std::vector<Placement>& placements, const Indices& some,
                                std::string_view EventKind::*property) {
  std::set<std::string> values{std::string()};
  for (const std::uint32_t i : some) {
    values.insert(ascii_lower(placements[i].kind.*property));
  }
  return values;
}

Indices that_fit(const std::vector<Placement>& placements, const Indices& some,
                 std::string_view EventKind::*property, const std::string& value) {
  Indices fitting;
  for (const std::uint32_t i : some) {
    if (fits(ascii_lower(placements[i].kind.*property), value)) fitting.push_back(i);
  }
  return fitting;
}

std::vector<Placed> placed_at(const std::vector<Placement>& placements, const Indices& some,
                              std::optional<std::uint32_t> code) {
  std::vector<Placed> placed;
  for (const std::uint32_t i : some) {
    const auto& codes = placements[i].kind.codes;
    if (!codes.empty() && (!code || std::ranges::find(codes, *code) == codes.end())) continue;
    Placed one{i, fixed_by_code(placements[i], code)};
    if (fixed_formula(placements[i].rule, one.atoms) == Fixed::kFalse) continue;
    placed.push_back(std::move(one));
  }
  return placed;
}

}  // namespace

Placement place(std::uint32_t index, const Rule& rule, const EventKind& kind) {
  Placement placement{index, rule, kind, {}};
  for (const Requirement& requirement : kind.required) require(placement.rule, requirement);
  for (std::uint32_t i = 0; i < placement.rule.atoms.size(); ++i) {
    if (placement.rule.atoms[i].field == kCodeField) placement.code_atoms.push_back(i);
  }
  return placement;
}

std::vector<std::uint32_t> codes_of(const Placement& placement) {
  std::vector<std::uint32_t> codes(placement.kind.codes.begin(), placement.kind.codes.end());
  for (const std::uint32_t atom : placement.code_atoms) {
    if (const auto code = compared_code(placement.rule.atoms[atom])) codes.push_back(*code);
  }
  return codes;
}

std::vector<Fixed> fixed_by_code(const Placement& placement, std::optional<std::uint32_t> code) {
  std::vector<Fixed> fixed;
  if (placement.code_atoms.empty()) return fixed;
  fixed.resize(placement.rule.atoms.size(), Fixed::kOpen);
  for (const std::uint32_t atom : placement.code_atoms) {
    fixed[atom] = fixed_atom(placement.rule.atoms[atom], code);
  }
  return fixed;
}

Fixed fixed_formula(const Rule& rule, const std::vector<Fixed>& atoms) {
  if (atoms.empty()) return Fixed::kOpen;
  std::vector<Fixed> nodes;
  nodes.reserve(rule.nodes.size());
  for (const Node& node : rule.nodes) {
    if (node.kind == Node::Kind::kAtom) {
      nodes.push_back(atoms[node.atom]);
    } else if (node.kind == Node::Kind::kNot) {
      nodes.push_back(opposite(nodes[node.children.front()]));
    } else {
      const Fixed decisive = node.kind == Node::Kind::kAnd ? Fixed::kFalse : Fixed::kTrue;
      const auto is = [&](Fixed value) {
        return [&nodes, value](std::uint32_t child) { return nodes[child] == value; };
      };
      const bool decided = std::ranges::any_of(node.children, is(decisive));
      const bool open = !decided && std::ranges::any_of(node.children, is(Fixed::kOpen));
      nodes.push_back(decided ? decisive : open ? Fixed::kOpen : opposite(decisive));
    }
  }
  return nodes.back();
}

std::map<ClassKey, std::vector<Placed>> classify(const std::vector<Placement>& placements) {
  std::map<ClassKey, std::vector<Placed>> classes;
  for (const LogFormat format : {LogFormat::kWindows, LogFormat::kCrowdStrike}) {
    Indices all;
    for (std::uint32_t i = 0; i < placements.size(); ++i) {
      if (placements[i].kind.format == format) all.push_back(i);
    }
    for (const std::string& channel : values_of(placements, all, &EventKind::channel)) {
      const Indices there = that_fit(placements, all, &EventKind::channel, channel);
      for (const std::string& provider : values_of(placements, there, &EventKind::provider)) {
        const Indices from = that_fit(placements, there, &EventKind::provider, provider);
        std::set<std::uint32_t> codes;
        for (const std::uint32_t i : from) {
          const auto some = codes_of(placements[i]);
          codes.insert(some.begin(), some.end());
        }
        for (const std::uint32_t code : codes) {
          classes[{format, channel, provider, code}] = placed_at(placements, from, code);
        }
        classes[{format, channel, provider, std::nullopt}] =
            placed_at(placements, from, std::nullopt);
      }
    }
  }
  return classes;
}

}  // namespace evtxhound::rules
