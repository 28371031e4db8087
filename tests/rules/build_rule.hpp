// Rules by hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// Pieces of a text in which `*` and `?` are wildcards; nothing escapes them.
inline std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (const char c : text) {
    if (c == '*' || c == '?') {
      pieces.push_back({c == '*' ? Piece::Kind::kAny : Piece::Kind::kOne, {}});
    } else {
      if (pieces.empty() || pieces.back().kind != Piece::Kind::kText) {
        pieces.push_back({Piece::Kind::kText, {}});
      }
      pieces.back().text += c;
    }
  }
  return pieces;
}

inline Atom text_atom(std::string_view field, std::string_view pattern, bool cased = false) {
  Atom atom;
  atom.field = field;
  atom.pieces = pieces_of(pattern);
  atom.cased = cased;
  return atom;
}

inline Atom regex_atom(std::string_view field, std::string_view expression) {
  Atom atom;
  atom.field = field;
  atom.test = Test::kRegex;
  atom.value = expression;
  return atom;
}

inline Atom number_atom(std::string_view field, Test test, double number) {
  Atom atom;
  atom.field = field;
  atom.test = test;
  atom.number = number;
  return atom;
}

// kCidr and kSameAsField with their value; kExists and kNull without.
inline Atom plain_atom(std::string_view field, Test test, std::string_view value = {}) {
  Atom atom;
  atom.field = field;
  atom.test = test;
  atom.value = value;
  return atom;
}

inline Atom indicator_atom(std::string_view field, indicators::Kind kind) {
  Atom atom;
  atom.field = field;
  atom.test = Test::kIndicator;
  atom.indicator = kind;
  return atom;
}

class RuleBuilder {
 public:
  RuleBuilder(std::string_view category, std::string_view service,
              std::string_view product = "windows") {
    rule_.source = {std::string(category), std::string(product), std::string(service)};
  }

  // Each returns the node's number.
  std::uint32_t atom(Atom atom) {
    rule_.atoms.push_back(std::move(atom));
    return add({Node::Kind::kAtom, static_cast<std::uint32_t>(rule_.atoms.size() - 1), {}});
  }
  std::uint32_t all(std::vector<std::uint32_t> nodes) {
    return add({Node::Kind::kAnd, 0, std::move(nodes)});
  }
  std::uint32_t any(std::vector<std::uint32_t> nodes) {
    return add({Node::Kind::kOr, 0, std::move(nodes)});
  }
  std::uint32_t none(std::uint32_t node) { return add({Node::Kind::kNot, 0, {node}}); }

  // The node that was added last is the root.
  [[nodiscard]] Rule build() const { return rule_; }

 private:
  std::uint32_t add(Node node) {
    rule_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(rule_.nodes.size() - 1);
  }
  Rule rule_;
};

// All of these atoms.
inline Rule rule_of_all(RuleBuilder builder, const std::vector<Atom>& atoms) {
  std::vector<std::uint32_t> nodes;
  for (const Atom& atom : atoms) nodes.push_back(builder.atom(atom));
  builder.all(nodes);
  return builder.build();
}

}  // namespace evtxhound::rules
