#include <algorithm>
#include <unordered_set>

#include "evtxhound/evtx/program/compiler.hpp"
#include "evtxhound/evtx/program/json_program.hpp"
#include "evtxhound/evtx/render/tree_json.hpp"

namespace evtxhound::evtx {
namespace {

using Kind = JsonOperation::Kind;
constexpr std::string_view kData = "Data";

// What an element or attribute holds.
enum class Content { kFixed, kSlot, kElements, kOther };

// Each function returns false where there is no program. Recursion is bounded by kMaxElementDepth.
class JsonCompiler {
 public:
  explicit JsonCompiler(const Tree& tree) : tree_(&tree) {}

  std::optional<JsonProgram> compile() {
    const NodeIndex root = tree_->root();
    if (root == kNoNode || (*tree_)[root].kind != NodeKind::kElement ||
        (*tree_)[root].next != kNoNode) {
      return std::nullopt;
    }
    program_.root_name = (*tree_)[root].name;
    if (!member((*tree_)[root]) || program_.literals.size() > Literals::kMaxSize) {
      return std::nullopt;
    }
    program_.slot_count = slots_.count();
    return std::move(program_);
  }

 private:
  JsonOperation& add(Kind kind, std::string_view text = {}) {
    JsonOperation operation;
    operation.kind = kind;
    operation.text = program_.literals.add(text);
    program_.operations.push_back(operation);
    return program_.operations.back();
  }

  bool add_with_slot(Kind kind, std::uint16_t slot, std::string_view text = {},
                     bool dependent = false) {
    if (!slots_.use(slot)) return false;
    JsonOperation& operation = add(kind, text);
    operation.slot = slot;
    operation.has_slot = true;
    operation.dependent = dependent;
    return true;
  }

  // A key with its colon, behind the comma that most members have before them.
  static std::string key_of(std::string_view name) {
    TextBuffer key;
    key.append(",\"");
    append_utf8(name, Escape::kJson, key);
    key.append("\":");
    return std::string(key.view());
  }

  [[nodiscard]] Content content_of(const Node& node) const {
    const Node* const only = only_child(*tree_, node);
    if (only != nullptr && only->kind == NodeKind::kSubstitution) return Content::kSlot;
    bool fixed = true;
    bool elements = true;  // and substitutions, which can become elements
    for (const Node& child : children_of(*tree_, node)) {
      fixed = fixed && is_plain_literal(child);
      elements =
          elements && (child.kind == NodeKind::kElement || child.kind == NodeKind::kSubstitution);
    }
    if (fixed) return Content::kFixed;
    return elements ? Content::kElements : Content::kOther;
  }

  // The attributes that are not blank, by what they hold.
  struct Attributes {
    std::size_t fixed = 0;
    std::size_t slots = 0;
    bool other = false;
  };

  [[nodiscard]] bool is_blank_attribute(const Node& attribute) const {
    for (const Node& piece : children_of(*tree_, attribute)) {
      if (!is_blank(piece)) return false;
    }
    return true;
  }

  [[nodiscard]] Attributes attributes_in(const Node& element) const {
    Attributes found;
    std::unordered_set<std::string_view> names;
    for (const Node& attribute : attributes_of(*tree_, element)) {
      const Content content = content_of(attribute);
      if (content == Content::kFixed && is_blank_attribute(attribute)) continue;
      if (content == Content::kFixed) ++found.fixed;
      if (content == Content::kSlot) ++found.slots;
      found.other = found.other || content == Content::kElements || content == Content::kOther ||
                    !names.insert(attribute.name).second;
    }
    return found;
  }

  std::string fixed_attribute(const Node& attribute) {
    TextBuffer text;
    text.append(key_of(attribute.name));
    append_json_text(*tree_, attribute.first_child, "\"\"", writer_, text);
    return std::string(text.view());
  }

  std::string fixed_member(std::string_view name, NodeIndex content, std::string_view nothing) {
    TextBuffer text;
    text.append(key_of(name));
    append_json_text(*tree_, content, nothing, writer_, text);
    return std::string(text.view());
  }

  // An element as a member of the one around it.
  bool member(const Node& element) {
    const Attributes attributes = attributes_in(element);
    const Content content = content_of(element);
    if (attributes.other || content == Content::kOther) return false;
    const bool plain = attributes.fixed + attributes.slots == 0;
    const bool depends = element.number != kNoDependency;
    if (plain && depends && content == Content::kSlot &&
        (*tree_)[element.first_child].number == element.number) {
      return add_with_slot(Kind::kMember, element.number, key_of(element.name), true);
    }
    const std::size_t guard = program_.operations.size();
    if (depends && !open_guard(element.number)) return false;
    if (!member_of(element, attributes, content, plain)) return false;
    if (depends) close_guard(guard);
    return true;
  }

  bool member_of(const Node& element, const Attributes& attributes, Content content, bool plain) {
    if (content == Content::kElements) {
      return attributes.slots == 0 && object(element, attributes.fixed != 0);
    }
    if (!plain) return element_with_attributes(element, content);
    if (content == Content::kSlot) {
      const std::uint16_t slot = (*tree_)[element.first_child].number;
      return add_with_slot(Kind::kMember, slot, key_of(element.name));
    }
    add(Kind::kText, fixed_member(element.name, element.first_child, "null"));
    return true;
  }

  bool open_guard(std::uint16_t slot) {
    if (!slots_.refer(slot)) return false;
    add(Kind::kSkip).slot = slot;
    return true;
  }

  void close_guard(std::size_t guard) {
    program_.operations[guard].target = static_cast<std::uint32_t>(program_.operations.size());
  }

  bool element_with_attributes(const Node& element, Content content) {
    const std::size_t head = program_.operations.size();
    add(Kind::kElement, key_of(element.name));
    for (const Node& attribute : attributes_of(*tree_, element)) {
      if (content_of(attribute) == Content::kSlot) {
        const std::uint16_t slot = (*tree_)[attribute.first_child].number;
        if (!add_with_slot(Kind::kAttribute, slot, key_of(attribute.name))) return false;
      } else if (!is_blank_attribute(attribute)) {
        add(Kind::kAttributeText, fixed_attribute(attribute));
      }
    }
    program_.operations[head].count =
        static_cast<std::uint32_t>(program_.operations.size() - head - 1);
    if (content == Content::kSlot) {
      return add_with_slot(Kind::kContent, (*tree_)[element.first_child].number);
    }
    TextBuffer text;
    append_json_text(*tree_, element.first_child, "", writer_, text);
    add(Kind::kContent, text.view());
    return true;
  }

  bool object(const Node& element, bool with_attributes) {
    add(Kind::kOpen, key_of(element.name));
    if (with_attributes) {
      std::string attributes;
      for (const Node& attribute : attributes_of(*tree_, element)) {
        if (!is_blank_attribute(attribute)) attributes += fixed_attribute(attribute);
      }
      add(Kind::kText, ",\"#attributes\":{" + attributes.substr(1) + "}");
    }
    if (!members(element)) return false;
    add(Kind::kClose);
    return true;
  }

  bool members(const Node& element) {
    const bool container = is_data_container(element.name);
    std::unordered_set<std::string> keys;
    bool unnamed = false;
    const Node* nested = nullptr;
    for (const Node& child : children_of(*tree_, element)) {
      if (child.kind == NodeKind::kSubstitution) {
        if (nested != nullptr || !add_with_slot(Kind::kNested, child.number)) return false;
        nested = &child;
        continue;
      }
      std::string key(child.name);
      if (container && child.name == kData) {
        const auto name = data_name(child);
        if (!name) return false;
        if (name->empty() && unnamed) continue;  // written with the first of them
        if (name->empty()) {
          unnamed = true;
          if (!unnamed_data(element)) return false;
        } else {
          key = *name;
          if (!named_data(child, key)) return false;
        }
      } else if (!member(child)) {
        return false;
      }
      if (!keys.insert(key).second) return false;
    }
    return nested == nullptr || remember_siblings(keys);
  }

  // A program has one list of them, thus one element with a slot for others.
  bool remember_siblings(const std::unordered_set<std::string>& keys) {
    if (!program_.siblings.empty()) return false;
    program_.siblings.assign(keys.begin(), keys.end());
    std::ranges::sort(program_.siblings);
    return true;
  }

  // The fixed Name of a Data element, empty where it has none; absent where it is not fixed.
  std::optional<std::string> data_name(const Node& data) {
    for (const Node& attribute : attributes_of(*tree_, data)) {
      if (attribute.name != "Name") continue;
      const Node* const only = only_child(*tree_, attribute);
      if (only == nullptr || only->kind != NodeKind::kValue || is_blank(*only)) return std::nullopt;
      return only->value.text();
    }
    return std::string();
  }

  bool named_data(const Node& data, const std::string& name) {
    const Content content = content_of(data);
    const bool depends = data.number != kNoDependency;
    if (content == Content::kSlot) {
      const std::uint16_t slot = (*tree_)[data.first_child].number;
      if (depends && slot != data.number) return false;
      return add_with_slot(Kind::kDataMember, slot, key_of(name), depends);
    }
    if (content != Content::kFixed || depends) return false;
    add(Kind::kText, fixed_member(name, data.first_child, "\"\""));
    return true;
  }

  // All unnamed Data of a container, in the place of the first of them.
  bool unnamed_data(const Node& container) {
    const std::size_t head = program_.operations.size();
    add(Kind::kUnnamed, key_of(kData) + "{\"#text\":");
    for (const Node& child : children_of(*tree_, container)) {
      if (child.kind != NodeKind::kElement || child.name != kData) continue;
      const auto name = data_name(child);
      if (!name) return false;
      if (!name->empty()) continue;
      const bool depends = child.number != kNoDependency;
      if (content_of(child) != Content::kSlot) return false;
      const std::uint16_t slot = (*tree_)[child.first_child].number;
      if (depends && slot != child.number) return false;
      if (!add_with_slot(Kind::kUnnamedItem, slot, {}, depends)) return false;
    }
    program_.operations[head].count =
        static_cast<std::uint32_t>(program_.operations.size() - head - 1);
    return true;
  }

  const Tree* tree_;
  JsonProgram program_;
  UsedSlots slots_;
  ValueWriter writer_;
};

}  // namespace

std::optional<JsonProgram> compile_json(const Tree& tree) { return JsonCompiler(tree).compile(); }

}  // namespace evtxhound::evtx
