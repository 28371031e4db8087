#include "evtxhound/evtx/tree_event.hpp"

#include "evtxhound/evtx/event_collector.hpp"
#include "evtxhound/evtx/render/tree_text.hpp"

namespace evtxhound::evtx {
namespace {

// An element for EventCollector. The tree bounds how deep they nest.
class TreeElement {
 public:
  TreeElement(const Tree& tree, const Node& node, ValueWriter& writer)
      : tree_(&tree), node_(&node), writer_(&writer) {}

  [[nodiscard]] std::string_view name() const { return node_->name; }

  // Blank attributes are none, as in XML.
  template <class Take>
  void for_each_attribute(Take take) const {
    for (const Node& attribute : attributes_of(*tree_, *node_)) {
      std::string text = content_text(*tree_, attribute.first_child, *writer_);
      if (!text.empty()) take(attribute.name, std::move(text));
    }
  }

  template <class TakeElement, class TakeText>
  void for_each_child(TakeElement take_element, TakeText take_text) const {
    for (const Node& child : children_of(*tree_, *node_)) {
      if (child.kind == NodeKind::kElement) {
        take_element(TreeElement(*tree_, child, *writer_));
      } else {
        take_text(piece_text(child, *writer_));
      }
    }
  }

 private:
  const Tree* tree_;
  const Node* node_;
  ValueWriter* writer_;
};

}  // namespace

std::optional<Event> event_from_tree(const Tree& tree, ValueWriter& writer) {
  for (const Node& root : Siblings(tree, tree.root())) {
    if (root.kind != NodeKind::kElement || local_name(root.name) != "Event") continue;
    Event event;
    EventCollector<TreeElement>(event).collect(TreeElement(tree, root, writer));
    return event;
  }
  return std::nullopt;
}

}  // namespace evtxhound::evtx
