// What the compilers of programs have in common.
#pragma once

#include <bitset>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/program/slot.hpp"

namespace evtxhound::evtx {

// The slots that a program renders. Each at most once: so what a program writes is bounded by its
// own size and the record's, however a template is made.
class UsedSlots {
 public:
  // False where the slot is used already, or is one of more than programs take.
  bool use(std::uint16_t slot) {
    if (!refer(slot) || used_[slot]) return false;
    used_.set(slot);
    return true;
  }
  // Only asks whether the value is null.
  bool refer(std::uint16_t slot) {
    if (slot >= kMaxSlots) return false;
    count_ = std::max<std::size_t>(count_, slot + std::size_t{1});
    return true;
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::bitset<kMaxSlots> used_;
  std::size_t count_ = 0;
};

// A literal value that programs render like text: not one that becomes elements.
inline bool is_plain_literal(const Node& node) {
  return node.kind != NodeKind::kSubstitution && node.kind != NodeKind::kInstance &&
         node.kind != NodeKind::kElement && node.kind != NodeKind::kAttribute &&
         !node.value.is_binxml() && !node.value.is_array();
}

// The only child of a node; null where it has none or several.
inline const Node* only_child(const Tree& tree, const Node& node) {
  if (node.first_child == kNoNode) return nullptr;
  const Node& child = tree[node.first_child];
  return child.next == kNoNode ? &child : nullptr;
}

}  // namespace evtxhound::evtx
