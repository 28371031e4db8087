#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/element_name.hpp"
#include "evtxhound/evtx/program/compiler.hpp"
#include "evtxhound/evtx/program/event_program.hpp"
#include "evtxhound/evtx/program/literals.hpp"
#include "evtxhound/evtx/render/tree_text.hpp"

namespace evtxhound::evtx {
namespace {

using Kind = EventOperation::Kind;

// What an element or attribute holds.
enum class Content { kFixed, kSlot, kElements, kOther };

// Each function returns false where there is no program. Recursion is bounded by kMaxElementDepth.
class EventCompiler {
 public:
  explicit EventCompiler(const Tree& tree) : tree_(&tree) {}

  // REQUIRES: the tree has one root, an element
  std::optional<EventFields> compile(bool inner) {
    const Node& root = (*tree_)[tree_->root()];
    if (root.number != kNoDependency) {
      if (!slots_.refer(root.number)) return std::nullopt;
      fields_.depends_on = root.number;
    }
    if (!(inner ? data_field(root, "") : outermost(root)) || !other_slots() ||
        text_size_ > Literals::kMaxSize) {
      return std::nullopt;
    }
    return std::move(fields_);
  }

 private:
  bool outermost(const Node& root) {
    if (local_name(root.name) != "Event") return part(root);
    for (const Node& child : children_of(*tree_, root)) {
      if (child.kind == NodeKind::kElement) {
        if (!guarded(child, [&] { return part(child); })) return false;
      } else if (child.kind == NodeKind::kSubstitution) {
        if (!nested(Kind::kPart, child)) return false;
      }  // text belongs to no field
    }
    return true;
  }

  bool nested(Kind kind, const Node& substitution) {
    if (!slots_.use(substitution.number)) return false;
    add(kind).slot = substitution.number;
    return true;
  }

  // An element below Event.
  bool part(const Node& element) {
    const std::string_view name = local_name(element.name);
    if (name != "System")
      return container(element, name == "RenderingInfo" ? "RenderingInfo." : "");
    for (const Node& child : children_of(*tree_, element)) {
      if (child.kind == NodeKind::kSubstitution) return false;
      if (child.kind != NodeKind::kElement) continue;
      if (!guarded(child, [&] { return system_field(child); })) return false;
    }
    return true;
  }

  bool system_field(const Node& element) {
    const std::string_view name = local_name(element.name);
    for (const SystemPlace& place : kSystemPlaces) {
      if (place.element != name) continue;
      const Node* holder = place.attribute.empty() ? &element : nullptr;
      for (const Node& attribute : attributes_of(*tree_, element)) {
        if (!place.attribute.empty() && attribute.name == place.attribute) {
          if (holder != nullptr) return false;
          holder = &attribute;
        }
      }
      EventOperation operation;
      operation.kind = Kind::kSystem;
      operation.system = place.field;
      if (holder != nullptr && !set_value(*holder, operation)) return false;
      fields_.operations.push_back(std::move(operation));
    }
    return true;
  }

  bool container(const Node& element, const std::string& prefix) {
    const std::string name(local_name(element.name));
    for (const Node& attribute : attributes_of(*tree_, element)) {
      if (is_namespace(attribute.name)) continue;
      if (!attribute_field(name + "." + std::string(attribute.name), attribute)) return false;
    }
    for (const Node& child : children_of(*tree_, element)) {
      if (child.kind == NodeKind::kElement) {
        if (!guarded(child, [&] { return data_field(child, prefix); })) return false;
      } else if (child.kind == NodeKind::kSubstitution && prefix.empty()) {
        if (!nested(Kind::kInner, child)) return false;
      } else if (!is_plain_literal(child) || !trim(piece_text(child, writer_)).empty()) {
        return false;
      }
    }
    return true;
  }

  bool data_field(const Node& element, const std::string& prefix) {
    const std::string name = prefix + std::string(local_name(element.name));
    std::string given;
    bool repeats = true;
    for (const Node& attribute : attributes_of(*tree_, element)) {
      if (names_its_value(element.name, attribute.name)) {
        if (content_of(attribute) != Content::kFixed) return false;
        std::string text = content_text(*tree_, attribute.first_child, writer_);
        if (!text.empty()) given = std::move(text);
      } else if (!is_namespace(attribute.name)) {
        const std::string full = name + "." + std::string(local_name(attribute.name));
        if (!attribute_field(full, attribute)) return false;
        repeats = false;
      }
    }
    const Content content = content_of(element);
    if (content == Content::kElements) return elements(element, prefix);
    EventOperation operation;
    operation.name = given.empty() ? name : prefix + given;
    operation.repeats = repeats;
    return add_field(element, std::move(operation));
  }

  // Where all of them could vanish there would be a field without text instead.
  bool elements(const Node& element, const std::string& prefix) {
    bool stays = false;
    for (const Node& child : children_of(*tree_, element)) {
      if (child.kind != NodeKind::kElement) continue;
      stays = stays || child.number == kNoDependency;
      if (!guarded(child, [&] { return data_field(child, prefix); })) return false;
    }
    return stays;
  }

  bool attribute_field(std::string name, const Node& attribute) {
    EventOperation operation;
    operation.name = std::move(name);
    operation.unless_empty = true;
    return add_field(attribute, std::move(operation));
  }

  bool add_field(const Node& holder, EventOperation operation) {
    if (!set_value(holder, operation)) return false;
    if (!operation.has_slot && operation.unless_empty && operation.text.empty()) return true;
    text_size_ += operation.name.size() + operation.text.size();
    fields_.operations.push_back(std::move(operation));
    return true;
  }

  bool set_value(const Node& holder, EventOperation& operation) {
    switch (content_of(holder)) {
      case Content::kFixed:
        operation.text = content_text(*tree_, holder.first_child, writer_);
        return true;
      case Content::kSlot:
        operation.has_slot = true;
        operation.slot = (*tree_)[holder.first_child].number;
        return slots_.use(operation.slot);
      default:
        return false;
    }
  }

  [[nodiscard]] Content content_of(const Node& holder) {
    const Node* const only = only_child(*tree_, holder);
    if (only != nullptr && only->kind == NodeKind::kSubstitution) return Content::kSlot;
    bool fixed = true;
    bool elements = true;
    for (const Node& child : children_of(*tree_, holder)) {
      const bool literal = is_plain_literal(child);
      fixed = fixed && literal;
      elements = elements && (child.kind == NodeKind::kElement ||
                              (literal && trim(piece_text(child, writer_)).empty()));
    }
    if (fixed) return Content::kFixed;
    return elements ? Content::kElements : Content::kOther;
  }

  // What an element gives, left out where the value that it depends on is null.
  template <class Compile>
  bool guarded(const Node& element, Compile compile) {
    if (element.number == kNoDependency) return compile();
    if (!slots_.refer(element.number)) return false;
    const std::size_t guard = fields_.operations.size();
    add(Kind::kSkip).slot = element.number;
    if (!compile()) return false;
    fields_.operations[guard].target = static_cast<std::uint32_t>(fields_.operations.size());
    return true;
  }

  EventOperation& add(Kind kind) {
    fields_.operations.emplace_back().kind = kind;
    return fields_.operations.back();
  }

  // The slots that stand somewhere and give no field.
  bool other_slots() {
    for (NodeIndex i = 0; i < tree_->size(); ++i) {
      const Node& node = (*tree_)[i];
      if (node.kind == NodeKind::kInstance) return false;
      if (node.kind == NodeKind::kValue && !is_plain_literal(node)) return false;
      if (node.kind != NodeKind::kSubstitution || !slots_.use(node.number)) {
        if (node.kind == NodeKind::kSubstitution && node.number >= kMaxSlots) return false;
        continue;
      }
      fields_.others.push_back(node.number);
    }
    return true;
  }

  const Tree* tree_;
  EventFields fields_;
  UsedSlots slots_;
  ValueWriter writer_;
  std::size_t text_size_ = 0;
};

}  // namespace

std::optional<EventProgram> compile_event(const Tree& tree) {
  const NodeIndex root = tree.root();
  if (root == kNoNode || tree[root].kind != NodeKind::kElement || tree[root].next != kNoNode) {
    return std::nullopt;
  }
  EventProgram program;
  program.is_event = local_name(tree[root].name) == "Event";
  program.root = EventCompiler(tree).compile(false);
  if (!program.is_event) program.inner = EventCompiler(tree).compile(true);
  if (!program.root && !program.inner) return std::nullopt;
  UsedSlots slots;
  for (NodeIndex i = 0; i < tree.size(); ++i) {
    const bool refers = tree[i].kind == NodeKind::kSubstitution ||
                        (tree[i].kind == NodeKind::kElement && tree[i].number != kNoDependency);
    if (refers && !slots.refer(tree[i].number)) return std::nullopt;
  }
  program.slot_count = slots.count();
  return program;
}

}  // namespace evtxhound::evtx
