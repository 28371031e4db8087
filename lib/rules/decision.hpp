// The formula of a rule, for one kind of events, as a program.
//
// An instruction asks for one atom and goes on at one of two places, or ends: so nothing is asked
// for that the answers so far decide already. Where the order is free, what costs little is asked
// first.
//
// Besides, the formula tells when it is worth asking at all: a set of atoms of which one must be
// true for the formula to be true. Of an `and`, one branch's set will do, and the rarest is taken;
// an `or` needs those of all its branches; a `not` turns these two about. An atom that is not found
// by scanning has no set, and neither has what needs one that has none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// What is known of an atom without an event.
enum class Fixed : std::uint8_t { kOpen, kFalse, kTrue };

constexpr Fixed opposite(Fixed fixed) {
  if (fixed == Fixed::kOpen) return fixed;
  return fixed == Fixed::kTrue ? Fixed::kFalse : Fixed::kTrue;
}

// What an atom costs to ask for.
enum class Cost : std::uint8_t { kScanned, kCheap, kRegex };

// How an atom of the rule stands with the program that it becomes part of.
struct AtomFacts {
  Fixed fixed = Fixed::kOpen;
  Cost cost = Cost::kCheap;
  bool found_by_scan = false;    // it is true only where the scan has found something
  std::uint32_t commonness = 1;  // of that
  std::uint32_t number = 0;      // in the program
};

struct Instruction {
  std::uint32_t atom = 0;    // its number
  std::int32_t if_true = 0;  // an index into the instructions, or one of these two
  std::int32_t if_false = 0;
};
inline constexpr std::int32_t kFires = -1;
inline constexpr std::int32_t kFails = -2;

// Atoms of which one must be true, by their numbers.
using RequiredAtoms = std::optional<std::vector<std::uint32_t>>;

class Decision {
 public:
  // Why the nodes of a rule are no formula that can be compiled; empty where they are.
  static std::string fault(const Rule& rule);

  // REQUIRES: fault(rule) is empty; facts has one for each of the rule's atoms; both outlive this
  Decision(const Rule& rule, std::span<const AtomFacts> facts);

  // Whether the facts decide the formula already.
  [[nodiscard]] Fixed fixed() const { return nodes_.back().fixed; }

  // Without duplicates, in order; absent where there is no such set.
  [[nodiscard]] RequiredAtoms required() const;

  // Appends the program and returns where it begins: an index into `code`, kFires or kFails.
  std::int32_t compile(std::vector<Instruction>& code) const;

 private:
  struct Facts {
    Fixed fixed = Fixed::kOpen;
    Cost cost = Cost::kScanned;
    RequiredAtoms for_true;   // one of these is true where the node is
    RequiredAtoms for_false;  // one of these is true where the node is not
    std::uint64_t weight_true = 0;
    std::uint64_t weight_false = 0;
  };
  static Facts atom_facts(const AtomFacts& atom);
  Facts group_facts(const Node& node) const;
  std::int32_t emit(std::uint32_t node, std::int32_t if_true, std::int32_t if_false,
                    std::vector<Instruction>& code) const;

  const Rule* rule_;
  std::span<const AtomFacts> atoms_;
  std::vector<Facts> nodes_;
};

}  // namespace evtxhound::rules
