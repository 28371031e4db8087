// A rule's formula while it is built, from its leaves to its root.
#pragma once

#include <cstdint>
#include <vector>

#include "evtxhound/rules/fault.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// About the memory that an atom takes, in bytes.
std::size_t weight_of(const Atom& atom);

// Each function adds a node and returns its index, or that of one which means the same. All throw
// RuleFault where the rule becomes larger than it may be.
class Formula {
 public:
  std::uint32_t atom(Place place, Atom atom);
  // REQUIRES: there is one child at least
  std::uint32_t all_of(Place place, std::vector<std::uint32_t> children);
  std::uint32_t any_of(Place place, std::vector<std::uint32_t> children);
  std::uint32_t negation(Place place, std::uint32_t child);

  // Gives the rule its atoms and nodes, with `root` as the last one.
  void move_into(Rule& rule, std::uint32_t root) &&;

 private:
  std::uint32_t add(Place place, Node node);

  std::vector<Atom> atoms_;
  std::vector<Node> nodes_;
  std::size_t links_ = 0;
  std::size_t bytes_ = 0;  // of the atoms
};

}  // namespace evtxhound::rules
