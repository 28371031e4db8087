// BinXML as a tree of nodes: what a template definition or a fragment says, before or after values
// are put in the place of substitutions.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = ~NodeIndex{0};

enum class NodeKind : std::uint8_t {
  kElement,
  kAttribute,          // its children are its content
  kValue,              // literal text of a template, or a substitution's value
  kSubstitution,       // `number` is its index, `value` has its type; until values are filled in
  kInstance,           // a template instance, `value` its bytes; likewise
  kCData,              // `value` is its text
  kCharReference,      // `number` is the character
  kEntityReference,    // `name` is the entity's
  kInstructionTarget,  // of a processing instruction: `name`
  kInstructionData,    // `value` is its text
};

struct Node {
  NodeKind kind = NodeKind::kElement;
  bool closed_empty = false;        // an element that was written `<X/>`
  bool optional = false;            // a substitution that is left out where it is null
  std::uint16_t number = 0;         // see NodeKind; of an element, the substitution it depends on
  NodeIndex next = kNoNode;         // its next sibling
  NodeIndex first_child = kNoNode;  // of an element or attribute
  NodeIndex first_attribute = kNoNode;  // of an element
  std::string_view name;                // UTF-8 that XML can take as a name
  Value value;
};

// Owns nodes and names; values are views of the evidence unless keep() copied them. Not copyable,
// since nodes point into the tree's own memory.
class Tree {
 public:
  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  [[nodiscard]] const Node& operator[](NodeIndex index) const { return nodes_[index]; }
  Node& operator[](NodeIndex index) { return nodes_[index]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  [[nodiscard]] NodeIndex root() const { return root_; }  // the first of them; kNoNode without any
  void set_root(NodeIndex root) { root_ = root; }

  NodeIndex add(const Node& node) {
    if (nodes_.capacity() == 0) nodes_.reserve(kUsualNodes);
    nodes_.push_back(node);
    return static_cast<NodeIndex>(nodes_.size() - 1);
  }

  // A copy that lives as long as the tree.
  std::string_view keep(std::string_view text);
  Bytes keep(Bytes bytes);

  // About the memory it holds, in bytes.
  [[nodiscard]] std::size_t memory() const { return nodes_.capacity() * sizeof(Node) + kept_; }

  void clear();

  // Gives back the room for more nodes.
  void shrink() { nodes_.shrink_to_fit(); }

 private:
  static constexpr std::size_t kUsualNodes = 96;

  std::vector<Node> nodes_;
  NodeIndex root_ = kNoNode;
  std::pmr::monotonic_buffer_resource arena_;
  std::size_t kept_ = 0;
};

// The nodes of a list of siblings, in a range-based for.
class Siblings {
 public:
  Siblings(const Tree& tree, NodeIndex first) : tree_(&tree), first_(first) {}

  class Iterator {
   public:
    Iterator(const Tree& tree, NodeIndex at) : tree_(&tree), at_(at) {}
    const Node& operator*() const { return (*tree_)[at_]; }
    Iterator& operator++() {
      at_ = (*tree_)[at_].next;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Tree* tree_;
    NodeIndex at_;
  };

  [[nodiscard]] Iterator begin() const { return {*tree_, first_}; }
  [[nodiscard]] Iterator end() const { return {*tree_, kNoNode}; }
  [[nodiscard]] bool empty() const { return first_ == kNoNode; }

 private:
  const Tree* tree_;
  NodeIndex first_;
};

inline Siblings children_of(const Tree& tree, const Node& node) { return {tree, node.first_child}; }
inline Siblings attributes_of(const Tree& tree, const Node& node) {
  return {tree, node.first_attribute};
}

// Appends nodes to a list of siblings. Keeps the list's head where it is told.
class SiblingList {
 public:
  void append(Tree& tree, NodeIndex node) {
    if (last_ == kNoNode) {
      first_ = node;
    } else {
      tree[last_].next = node;
    }
    last_ = node;
  }
  [[nodiscard]] NodeIndex first() const { return first_; }

 private:
  NodeIndex first_ = kNoNode;
  NodeIndex last_ = kNoNode;
};

// Whether a node of an element's or attribute's content renders as no text. An element does not.
bool is_blank(const Node& node);

}  // namespace evtxhound::evtx
