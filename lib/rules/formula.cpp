#include "evtxhound/rules/formula.hpp"

#include <fmt/format.h>

#include <utility>

#include "evtxhound/rules/limits.hpp"
#include "evtxhound/rules/sigma_text.hpp"

namespace evtxhound::rules {

std::size_t weight_of(const Atom& atom) {
  return sizeof(Atom) + atom.field.size() + atom.value.size() + weight_of(atom.pieces);
}

std::uint32_t Formula::add(Place place, Node node) {
  links_ += node.children.size() + 1;
  if (links_ > kMaxLinks) {
    throw RuleFault(place, fmt::format("the rule's formula has more than {} parts, selections and "
                                       "what modifiers add written out",
                                       kMaxLinks));
  }
  nodes_.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Formula::atom(Place place, Atom atom) {
  bytes_ += weight_of(atom);
  if (atoms_.size() >= kMaxAtoms || bytes_ > kMaxAtomBytes) {
    throw RuleFault(place,
                    fmt::format("the rule has more than {} values, or {} bytes of them, what "
                                "modifiers add written out",
                                kMaxAtoms, kMaxAtomBytes));
  }
  atoms_.push_back(std::move(atom));
  return add(place, {Node::Kind::kAtom, static_cast<std::uint32_t>(atoms_.size() - 1), {}});
}

std::uint32_t Formula::all_of(Place place, std::vector<std::uint32_t> children) {
  if (children.size() == 1) return children.front();
  return add(place, {Node::Kind::kAnd, 0, std::move(children)});
}

std::uint32_t Formula::any_of(Place place, std::vector<std::uint32_t> children) {
  if (children.size() == 1) return children.front();
  return add(place, {Node::Kind::kOr, 0, std::move(children)});
}

std::uint32_t Formula::negation(Place place, std::uint32_t child) {
  return add(place, {Node::Kind::kNot, 0, {child}});
}

void Formula::move_into(Rule& rule, std::uint32_t root) && {
  if (root + 1 != nodes_.size()) nodes_.push_back({Node::Kind::kAnd, 0, {root}});
  rule.atoms = std::move(atoms_);
  rule.nodes = std::move(nodes_);
}

}  // namespace evtxhound::rules
