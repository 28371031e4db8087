#include "evtxhound/evtx/program/outline.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/element_name.hpp"

namespace evtxhound::evtx {
namespace {

// White space between elements is layout, and no text.
bool is_layout(const Node& node) {
  return node.kind == NodeKind::kValue && node.value.type == ValueType::kString &&
         trim(node.value.text()).empty();
}

// Whether a piece of text stands as it is rendered, in the definition or in a value.
bool stands_as_text(const Node& piece) {
  if (piece.kind == NodeKind::kSubstitution || piece.kind == NodeKind::kCData) return true;
  return piece.kind == NodeKind::kValue &&
         (piece.value.type == ValueType::kString || piece.value.type == ValueType::kAnsiString ||
          piece.value.type == ValueType::kNull);
}

bool hides_text_in(const Tree& tree, const Node& holder) {
  std::size_t pieces = 0;
  bool has_elements = false;
  bool has_text = false;
  for (const Node& child : children_of(tree, holder)) {
    if (child.kind == NodeKind::kElement) {
      has_elements = true;
      continue;
    }
    if (!stands_as_text(child)) return true;
    ++pieces;
    has_text = has_text || !is_layout(child);
  }
  return pieces > 1 && (has_text || !has_elements);
}

constexpr std::array<std::string_view, 4> kSystemNames = {"EventID", "Provider", "Channel",
                                                          "TimeCreated"};

// Whether a child of System is nothing but a field as Windows writes it: no elements in it, which
// could have its name or another's, no Data that is named like one, and each attribute once.
bool is_plain_field(const Tree& tree, const Node& field) {
  if (field.kind != NodeKind::kElement) return is_layout(field);
  for (const Node& child : children_of(tree, field)) {
    if (child.kind == NodeKind::kElement) return false;
  }
  std::vector<std::string_view> names;
  for (const Node& attribute : attributes_of(tree, field)) {
    const std::string_view name = local_name(attribute.name);
    if (names_its_value(field.name, attribute.name)) return false;
    if (name != attribute.name && !is_namespace(attribute.name)) return false;
    if (std::ranges::find(names, name) != names.end()) return false;
    names.push_back(name);
  }
  return true;
}

// Without an element around them, values make one text with each other and with what the holder of
// the instance has beside them; and the items of an array one with commas between. A System element
// would be the event's.
bool hides_text_at_top(const Tree& tree) {
  for (const Node& root : Siblings(tree, tree.root())) {
    if (root.kind != NodeKind::kElement || local_name(root.name) == "System") return true;
  }
  return false;
}

// The slot of a holder's only child; kNoDependency where that is none.
std::uint16_t slot_in(const Tree& tree, const Node& holder) {
  if (holder.first_child == kNoNode) return kNoDependency;
  const Node& only = tree[holder.first_child];
  return only.kind == NodeKind::kSubstitution ? only.number : kNoDependency;
}

}  // namespace

Outline::Outline(const Tree& tree, const FieldTable& fields)
    : event_id(fields.find_system("EventID")),
      provider(fields.find_system("Provider.Name")),
      channel(fields.find_system("Channel")),
      time_created(fields.find_system("TimeCreated.SystemTime")) {
  for (NodeIndex i = 0; i < tree.size(); ++i) {
    const Node& node = tree[i];
    const bool holds_text = node.kind == NodeKind::kElement || node.kind == NodeKind::kAttribute;
    if (holds_text && hides_text_in(tree, node)) hides_text = true;
    if (node.kind != NodeKind::kAttribute) continue;
    for (const Node& child : children_of(tree, node)) {
      const bool slot = child.kind == NodeKind::kSubstitution && child.number < kMaxSlots;
      if (slot) in_attributes.set(child.number);
    }
  }
  if (tree.root() == kNoNode) return;
  if (hides_text_at_top(tree)) hides_text = true;
  const Node& root = tree[tree.root()];
  is_event =
      root.kind == NodeKind::kElement && root.next == kNoNode && local_name(root.name) == "Event";
  if (is_event) {
    outline_system(tree, root);
  } else {
    add_searched(tree, tree.root());
  }
  expect(tree);
}

// A slot that is named twice, with two types, is never as expected.
void Outline::expect(const Tree& tree) {
  constexpr std::uint32_t kTypeBits = 0xFF0000;
  constexpr Expected kNever{0, 1};
  for (NodeIndex i = 0; i < tree.size(); ++i) {
    const Node& node = tree[i];
    if (node.kind != NodeKind::kSubstitution || node.number >= kMaxSlots) continue;
    if (expected.size() <= node.number) expected.resize(node.number + std::size_t{1});
    const ValueType type = node.value.type;
    const UsualSizes sizes = kUsualSizes[static_cast<std::size_t>(type)];
    Expected wanted{kTypeBits, static_cast<std::uint32_t>(type) << 16U};
    if (sizes.most != 0xFFFF || sizes.least == sizes.most) {  // a bool or size_t: as is usual
      wanted.mask |= 0xFFFF;
      wanted.bits |= type == ValueType::kBool ? 4U : sizes.most;
    }
    Expected& slot = expected[node.number];
    const bool known = slot.mask != 0 || slot.bits != 0;
    slot = known && (slot.mask != wanted.mask || slot.bits != wanted.bits) ? kNever : wanted;
    if (searched[node.number]) types.add(type);
    expects_binxml = expects_binxml || type == ValueType::kBinXml;
  }
}

// All slots of these siblings and of what is in them.
void Outline::add_searched(const Tree& tree, NodeIndex first) {
  for (const Node& node : Siblings(tree, first)) {
    if (node.kind == NodeKind::kSubstitution && node.number < searched.size()) {
      searched.set(node.number);
    }
    add_searched(tree, node.first_attribute);
    add_searched(tree, node.first_child);
  }
}

void Outline::outline_system(const Tree& tree, const Node& event) {
  if (event.number != kNoDependency) needed.push_back(event.number);
  std::size_t systems = 0;
  std::array<std::size_t, kSystemNames.size()> found{};
  is_plain_system = true;
  add_searched(tree, event.first_attribute);
  for (const Node& part : children_of(tree, event)) {
    if (part.kind == NodeKind::kSubstitution && part.number < searched.size()) {
      searched.set(part.number);
    }
    if (part.kind != NodeKind::kElement) continue;
    if (local_name(part.name) != "System") {
      add_searched(tree, part.first_attribute);
      add_searched(tree, part.first_child);
      continue;
    }
    ++systems;
    if (part.number != kNoDependency) needed.push_back(part.number);
    for (const Node& field : children_of(tree, part)) {
      is_plain_system = is_plain_system && is_plain_field(tree, field);
      if (local_name(field.name) == "Computer") add_searched(tree, field.first_child);
      const auto known = std::ranges::find(kSystemNames, local_name(field.name));
      if (field.kind != NodeKind::kElement || known == kSystemNames.end()) continue;
      ++found[static_cast<std::size_t>(known - kSystemNames.begin())];
      if (field.number != kNoDependency && field.number != slot_in(tree, field)) {
        needed.push_back(field.number);
      }
    }
  }
  const bool once = std::ranges::all_of(found, [](std::size_t count) { return count <= 1; });
  is_plain_system = is_plain_system && systems == 1 && once;
}

}  // namespace evtxhound::evtx
