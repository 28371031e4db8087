#include "evtxhound/evtx/binxml/resolver.hpp"

#include <algorithm>

#include "evtxhound/evtx/definition.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::string_view kTooManyNodes = "the record would take more nodes than one may have";

}  // namespace

Outcome Resolver::resolve(std::size_t begin, std::size_t end) {
  SiblingList roots;
  if (const Outcome defect = fragment(begin, end, roots)) return defect;
  out_->set_root(roots.first());
  return std::nullopt;
}

Outcome Resolver::fragment(std::size_t begin, std::size_t end, SiblingList& into) {
  if (template_depth_ >= kMaxTemplateDepth) {
    return Defect{begin, "template instances are nested too deeply"};
  }
  if (!budget_->take(kFragmentNodes)) return Defect{begin, kTooManyNodes};
  fragments_.push_back(std::make_unique<Tree>());
  Tree& tree = *fragments_.back();
  if (auto defect = parse_fragment({chunk_, begin, end}, false, *budget_, tree)) return defect;
  const std::vector<Value> none;
  Scope scope{&tree, &none, {}};
  ++template_depth_;
  Outcome defect = copy_list(scope, tree.root(), into);
  --template_depth_;
  return defect;
}

Outcome Resolver::instance(std::size_t at, std::size_t end, SiblingList& into) {
  InstanceFrame frame;
  if (auto defect = read_instance(chunk_.first(end), at, frame)) return defect;
  const Definition* definition = nullptr;
  if (auto defect = definitions_->definition_of(frame, definition)) return defect;
  if (template_depth_ >= kMaxTemplateDepth) {
    return Defect{at, "template instances are nested too deeply"};
  }
  if (!budget_->take(1 + frame.count)) return Defect{at, kTooManyNodes};
  std::vector<Value> values;
  append_values(chunk_, frame, values);
  Scope scope{&definition->tree(), &values, {}};
  ++template_depth_;
  Outcome defect = copy_list(scope, definition->tree().root(), into);
  --template_depth_;
  return defect;
}

Outcome Resolver::copy_list(Scope& scope, NodeIndex first, SiblingList& into) {
  for (NodeIndex at = first; at != kNoNode; at = (*scope.tree)[at].next) {
    if (auto defect = copy_node(scope, at, into)) return defect;
  }
  return std::nullopt;
}

Outcome Resolver::copy_node(Scope& scope, NodeIndex index, SiblingList& into) {
  // Also what makes no node is counted, since a template can hold thousands of nulls, and be used
  // thousands of times.
  if (!budget_->take(1)) return Defect{0, kTooManyNodes};
  const Node& node = (*scope.tree)[index];
  switch (node.kind) {
    case NodeKind::kElement:
      return copy_element(scope, index, into);
    case NodeKind::kSubstitution:
      return put_value(value_of(scope, index), into);
    case NodeKind::kInstance: {
      const std::size_t at = offset_of(node.value.bytes);
      return instance(at, at + node.value.bytes.size(), into);
    }
    case NodeKind::kValue:
      return put_value(node.value, into);
    default:
      return put(node, into);
  }
}

// Copies an element once, or once for each item of the first array in it; the others in it are met
// when its copies are made.
Outcome Resolver::copy_element(Scope& scope, NodeIndex index, SiblingList& into) {
  const Node& element = (*scope.tree)[index];
  if (is_left_out(scope, element)) return std::nullopt;
  NodeIndex array = kNoNode;
  if (auto defect = find_array(scope, element, array)) return defect;
  if (array == kNoNode) return copy_one_element(scope, element, into);
  ArrayItems items(value_of(scope, array));
  scope.chosen.push_back({array, {}});
  Outcome defect;
  while (const auto item = items.next()) {
    scope.chosen.back().item = *item;
    defect = copy_element(scope, index, into);
    if (defect) break;
  }
  scope.chosen.pop_back();
  return defect;
}

Outcome Resolver::copy_one_element(Scope& scope, const Node& element, SiblingList& into) {
  if (element_depth_ >= kMaxElementDepth) return Defect{0, "elements are nested too deeply"};
  Node copy;
  copy.name = element.name;
  copy.closed_empty = element.closed_empty;
  if (!budget_->take(1 + element.name.size() / kTextPerNode)) return Defect{0, kTooManyNodes};
  const NodeIndex made = out_->add(copy);
  into.append(*out_, made);
  SiblingList attributes;
  if (auto defect = copy_attributes(scope, element, attributes)) return defect;
  (*out_)[made].first_attribute = attributes.first();
  SiblingList children;
  ++element_depth_;
  // What was chosen stands for this element's own nodes; elements within it choose anew, but the
  // nodes differ, so that one list serves all.
  Outcome defect = copy_list(scope, element.first_child, children);
  --element_depth_;
  (*out_)[made].first_child = children.first();
  return defect;
}

Outcome Resolver::copy_attributes(Scope& scope, const Node& element, SiblingList& into) {
  for (const Node& attribute : attributes_of(*scope.tree, element)) {
    Node copy;
    copy.kind = NodeKind::kAttribute;
    copy.name = attribute.name;
    // Fields are named by the element too: `Element.Attribute`.
    if (!budget_->take(1 + element.name.size() / kTextPerNode)) return Defect{0, kTooManyNodes};
    SiblingList content;
    if (auto defect = copy_list(scope, attribute.first_child, content)) return defect;
    copy.first_child = content.first();
    if (auto defect = put(copy, into)) return defect;
  }
  return std::nullopt;
}

Outcome Resolver::put_value(const Value& value, SiblingList& into) {
  if (value.is_null()) return std::nullopt;
  if (value.is_binxml()) {
    const std::size_t begin = offset_of(value.bytes);
    return fragment(begin, begin + value.bytes.size(), into);
  }
  Node node;
  node.kind = NodeKind::kValue;
  node.value = value;
  // An array of several items gets here only where no element holds it that could be repeated.
  if (value.is_array()) {
    ArrayItems items(value);
    const auto item = items.next();
    if (!item) return std::nullopt;
    if (!items.next()) node.value = *item;
  }
  return put(node, into);
}

Outcome Resolver::put(const Node& node, SiblingList& into) {
  const std::size_t text = node.name.size() + node.value.bytes.size();
  if (!budget_->take(text / kTextPerNode)) return Defect{0, kTooManyNodes};
  Node copy = node;
  copy.next = kNoNode;
  into.append(*out_, out_->add(copy));
  return std::nullopt;
}

Value Resolver::value_of(const Scope& scope, NodeIndex index) const {
  const auto chosen = std::ranges::find(scope.chosen, index, &Chosen::node);
  if (chosen != scope.chosen.end()) return chosen->item;
  const Node& node = (*scope.tree)[index];
  if (node.kind == NodeKind::kValue) return node.value;
  return node.number < scope.values->size() ? (*scope.values)[node.number] : Value{};
}

bool Resolver::is_left_out(const Scope& scope, const Node& element) const {
  return element.number < scope.values->size() && (*scope.values)[element.number].is_null();
}

std::size_t Resolver::offset_of(Bytes bytes) const {
  return static_cast<std::size_t>(bytes.data() - chunk_.data());
}

// The first array of more than one item in an element's own content, then in its attributes'. Each
// look at a node is counted: there can be thousands of arrays to choose from, and to tell whether
// one has two items can mean to pass all of its bytes.
Outcome Resolver::find_array(const Scope& scope, const Node& element, NodeIndex& array) {
  if (auto defect = find_array_in(scope, element.first_child, array)) return defect;
  for (const Node& attribute : attributes_of(*scope.tree, element)) {
    if (array != kNoNode) break;
    if (auto defect = find_array_in(scope, attribute.first_child, array)) return defect;
  }
  return std::nullopt;
}

Outcome Resolver::find_array_in(const Scope& scope, NodeIndex first, NodeIndex& array) {
  for (NodeIndex at = first; at != kNoNode; at = (*scope.tree)[at].next) {
    const Node& node = (*scope.tree)[at];
    if (node.kind != NodeKind::kSubstitution && node.kind != NodeKind::kValue) continue;
    const Value value = value_of(scope, at);
    const std::size_t size = value.is_array() ? value.bytes.size() : 0;
    if (!budget_->take(1 + scope.chosen.size() + size / kTextPerNode)) {
      return Defect{0, kTooManyNodes};
    }
    if (!value.is_array()) continue;
    ArrayItems items(value);
    if (items.next() && items.next()) {
      array = at;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace evtxhound::evtx
