#include "evtxhound/evtx/program/field_table.hpp"

#include <algorithm>

#include "evtxhound/evtx/element_name.hpp"
#include "evtxhound/evtx/program/compiler.hpp"

namespace evtxhound::evtx {

FieldTable::FieldTable(const Tree& tree) {
  for (const Node& root : Siblings(tree, tree.root())) {
    if (root.kind == NodeKind::kSubstitution) add_nested(root.number);
    if (root.kind != NodeKind::kElement) continue;
    if (local_name(root.name) != "Event") {  // of a payload: EventData, UserData
      add_inner(tree, root, data_);
      continue;
    }
    for (const Node& part : children_of(tree, root)) {
      if (part.kind == NodeKind::kSubstitution) add_nested(part.number);
      if (part.kind != NodeKind::kElement) continue;
      add_inner(tree, part, local_name(part.name) == "System" ? system_ : data_);
    }
  }
}

// Each slot once: who looks for a field follows all of them, and those in what they hold.
void FieldTable::add_nested(std::uint16_t slot) {
  if (slot >= kMaxSlots || std::ranges::find(nested_, slot) != nested_.end()) return;
  nested_.push_back(slot);
}

void FieldTable::add_inner(const Tree& tree, const Node& element, Places& places) {
  for (const Node& child : children_of(tree, element)) {
    if (child.kind == NodeKind::kSubstitution) add_nested(child.number);
    if (child.kind == NodeKind::kElement) add_element(tree, child, places);
  }
}

void FieldTable::add_element(const Tree& tree, const Node& element, Places& places) {
  std::string name(local_name(element.name));
  const Node* named = nullptr;
  for (const Node& attribute : attributes_of(tree, element)) {
    if (names_its_value(element.name, attribute.name)) {
      named = only_child(tree, attribute);
    } else {
      add_place(tree, name + "." + std::string(local_name(attribute.name)), attribute, places);
    }
  }
  if (named != nullptr && named->kind == NodeKind::kValue && !is_blank(*named)) {
    name = named->value.text();
  }
  add_place(tree, std::move(name), element, places);
  add_inner(tree, element, places);
}

void FieldTable::add_place(const Tree& tree, std::string name, const Node& holder, Places& places) {
  bool has_elements = false;
  bool has_text = false;
  for (const Node& child : children_of(tree, holder)) {
    has_elements = has_elements || child.kind == NodeKind::kElement;
    has_text = has_text || (child.kind != NodeKind::kElement && !is_blank(child));
  }
  if (has_elements && !has_text) return;  // no field, only fields in it
  const Node* const only = only_child(tree, holder);
  FieldPlace place;
  if (only != nullptr && only->kind == NodeKind::kSubstitution) {
    place.slot = only->number;
  } else if (only != nullptr && only->kind == NodeKind::kValue) {
    place.fixed = only->value;
  } else if (holder.first_child == kNoNode) {
    if (holder.kind == NodeKind::kAttribute) return;  // a blank one is none
  } else {
    place.several = true;
  }
  places.push_back({std::move(name), place});
}

}  // namespace evtxhound::evtx
