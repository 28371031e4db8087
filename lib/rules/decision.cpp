#include "evtxhound/rules/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace evtxhound::rules {
namespace {

// A tree is walked by a function that calls itself, so its depth has an end; and a node that is
// mentioned often is written out as often.
constexpr std::size_t kDeepest = 200;
constexpr std::size_t kLongest = 500'000;  // instructions

// Of a node with all below it.
struct Extent {
  std::size_t depth = 0;
  std::size_t size = 0;  // atoms, as they are written out
};

void unite(RequiredAtoms& set, const RequiredAtoms& other) {
  if (!set || !other) {
    set.reset();
    return;
  }
  set->insert(set->end(), other->begin(), other->end());
  std::ranges::sort(*set);
  set->erase(std::unique(set->begin(), set->end()), set->end());
}

std::size_t children_wanted(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kAtom:
      return 0;
    case Node::Kind::kNot:
      return 1;
    case Node::Kind::kAnd:
    case Node::Kind::kOr:
      return std::max<std::size_t>(node.children.size(), 1);
  }
  return 0;
}

}  // namespace

std::string Decision::fault(const Rule& rule) {
  if (rule.nodes.empty()) return "the rule has no condition";
  std::vector<Extent> extents;
  for (std::uint32_t at = 0; at < rule.nodes.size(); ++at) {
    const Node& node = rule.nodes[at];
    const bool is_atom = node.kind == Node::Kind::kAtom;
    if (node.children.size() != children_wanted(node) ||
        (is_atom && node.atom >= rule.atoms.size())) {
      return "the condition is malformed";
    }
    Extent extent{1, is_atom ? 1U : 0U};
    for (const std::uint32_t child : node.children) {
      if (child >= at) return "the condition is malformed";
      extent.depth = std::max(extent.depth, extents[child].depth + 1);
      extent.size += extents[child].size;
    }
    if (extent.depth > kDeepest) {
      return fmt::format("the condition is nested deeper than {}", kDeepest);
    }
    if (extent.size > kLongest) return "the condition is too large";
    extents.push_back(extent);
  }
  return {};
}

Decision::Decision(const Rule& rule, std::span<const AtomFacts> facts)
    : rule_(&rule), atoms_(facts) {
  nodes_.reserve(rule.nodes.size());
  for (const Node& node : rule.nodes) {
    if (node.kind == Node::Kind::kAtom) {
      nodes_.push_back(atom_facts(facts[node.atom]));
    } else if (node.kind == Node::Kind::kNot) {
      Facts turned = nodes_[node.children.front()];
      turned.fixed = opposite(turned.fixed);
      std::swap(turned.for_true, turned.for_false);
      std::swap(turned.weight_true, turned.weight_false);
      nodes_.push_back(std::move(turned));
    } else {
      nodes_.push_back(group_facts(node));
    }
  }
}

Decision::Facts Decision::atom_facts(const AtomFacts& atom) {
  Facts facts;
  facts.fixed = atom.fixed;
  facts.cost = atom.cost;
  if (atom.found_by_scan) {
    facts.for_true = std::vector<std::uint32_t>{atom.number};
    facts.weight_true = atom.commonness;
  }
  return facts;
}

Decision::Facts Decision::group_facts(const Node& node) const {
  const bool is_and = node.kind == Node::Kind::kAnd;
  // The value that decides the group alone, and the one that does not count.
  const Fixed decisive = is_and ? Fixed::kFalse : Fixed::kTrue;
  const Fixed neutral = opposite(decisive);
  Facts facts;
  RequiredAtoms all = std::vector<std::uint32_t>{};  // needed for the decisive value: of each child
  std::uint64_t all_weight = 0;
  RequiredAtoms best;  // needed for the other value: of one child
  std::uint64_t best_weight = 0;
  bool open = false;
  for (const std::uint32_t child : node.children) {
    const Facts& each = nodes_[child];
    if (each.fixed == neutral) continue;
    if (each.fixed == decisive) {
      facts.fixed = decisive;
      return facts;
    }
    open = true;
    facts.cost = std::max(facts.cost, each.cost);
    const RequiredAtoms& one = is_and ? each.for_true : each.for_false;
    const std::uint64_t one_weight = is_and ? each.weight_true : each.weight_false;
    if (one && (!best || one_weight < best_weight)) {
      best = one;
      best_weight = one_weight;
    }
    unite(all, is_and ? each.for_false : each.for_true);
    all_weight += is_and ? each.weight_false : each.weight_true;
  }
  if (!open) {
    facts.fixed = neutral;
    return facts;
  }
  facts.for_true = std::move(is_and ? best : all);
  facts.weight_true = is_and ? best_weight : all_weight;
  facts.for_false = std::move(is_and ? all : best);
  facts.weight_false = is_and ? all_weight : best_weight;
  return facts;
}

RequiredAtoms Decision::required() const { return nodes_.back().for_true; }

std::int32_t Decision::compile(std::vector<Instruction>& code) const {
  return emit(static_cast<std::uint32_t>(nodes_.size() - 1), kFires, kFails, code);
}

// From the back: where an instruction goes on is written before it.
std::int32_t Decision::emit(std::uint32_t node, std::int32_t if_true, std::int32_t if_false,
                            std::vector<Instruction>& code) const {
  if (if_true == if_false) return if_true;
  if (nodes_[node].fixed == Fixed::kTrue) return if_true;
  if (nodes_[node].fixed == Fixed::kFalse) return if_false;
  const Node& what = rule_->nodes[node];
  if (what.kind == Node::Kind::kAtom) {
    code.push_back({atoms_[what.atom].number, if_true, if_false});
    return static_cast<std::int32_t>(code.size() - 1);
  }
  if (what.kind == Node::Kind::kNot) {
    return emit(what.children.front(), if_false, if_true, code);
  }
  const bool is_and = what.kind == Node::Kind::kAnd;
  std::vector<std::uint32_t> order = what.children;
  std::ranges::stable_sort(order, {}, [&](std::uint32_t child) { return nodes_[child].cost; });
  std::int32_t next = is_and ? if_true : if_false;
  for (std::size_t i = order.size(); i-- > 0;) {
    next = is_and ? emit(order[i], next, if_false, code) : emit(order[i], if_true, next, code);
  }
  return next;
}

}  // namespace evtxhound::rules
