#include "evtxhound/evtx/program/compiler.hpp"
#include "evtxhound/evtx/program/xml_program.hpp"
#include "evtxhound/evtx/render/tree_xml.hpp"

namespace evtxhound::evtx {
namespace {

using Kind = XmlOperation::Kind;

// Each function returns false where there is no program. Recursion is bounded by kMaxElementDepth.
class XmlCompiler {
 public:
  explicit XmlCompiler(const Tree& tree) : tree_(&tree) {}

  std::optional<XmlProgram> compile() {
    if (!list(tree_->root())) return std::nullopt;
    add({});
    program_.slot_count = slots_.count();
    if (program_.literals.size() > Literals::kMaxSize) return std::nullopt;
    return std::move(program_);
  }

 private:
  // Adds an operation behind the text that has gathered.
  void add(XmlOperation operation) {
    operation.text = program_.literals.add(text_.view());
    text_.clear();
    program_.operations.push_back(operation);
  }

  bool list(NodeIndex first) {
    for (NodeIndex at = first; at != kNoNode; at = (*tree_)[at].next) {
      if (!node((*tree_)[at])) return false;
    }
    return program_.literals.size() <= Literals::kMaxSize;
  }

  bool node(const Node& node) {
    if (node.kind == NodeKind::kElement) return element(node);
    if (node.kind == NodeKind::kSubstitution) return content(node, 0, false, false);
    if (!is_plain_literal(node)) return false;
    append_xml_piece(*tree_, node, Escape::kXmlText, writer_, text_);
    return true;
  }

  // The value of a slot in an element whose start tag is what has gathered from `always` on.
  bool content(const Node& substitution, std::size_t always, bool repeats, bool dependent,
               std::string_view end_tag = {}) {
    if (!slots_.use(substitution.number)) return false;
    XmlOperation operation;
    operation.kind = Kind::kContent;
    operation.slot = substitution.number;
    operation.always = static_cast<std::uint32_t>(always);
    operation.repeats = repeats;
    operation.dependent = dependent;
    operation.tail = program_.literals.add(end_tag);
    add(operation);
    return true;
  }

  bool element(const Node& node) {
    const std::size_t before = text_.size();
    const std::string end_tag = "</" + std::string(node.name) + ">";
    const Node* const only = only_child(*tree_, node);
    const bool depends = node.number != kNoDependency;
    const bool holds_slot = only != nullptr && only->kind == NodeKind::kSubstitution;
    const bool repeats = holds_slot && has_plain_attributes(node);
    if (depends && repeats && only->number == node.number) {
      return start_tag(node) && content(*only, before, true, true, end_tag);
    }
    const std::size_t guard = program_.operations.size();
    if (depends && !open_guard(node.number)) return false;
    const std::size_t start = text_.size();
    if (!start_tag(node)) return false;
    if (repeats) {
      if (!content(*only, start, true, false, end_tag)) return false;
    } else if (!list(node.first_child)) {
      return false;
    }
    if (!node.closed_empty) text_.append(end_tag);
    if (depends) close_guard(guard);
    return true;
  }

  bool open_guard(std::uint16_t slot) {
    if (!slots_.refer(slot)) return false;
    XmlOperation operation;
    operation.kind = Kind::kSkip;
    operation.slot = slot;
    add(operation);
    return true;
  }

  void close_guard(std::size_t guard) {
    if (text_.size() != 0) add({});
    program_.operations[guard].target = static_cast<std::uint32_t>(program_.operations.size());
  }

  [[nodiscard]] bool has_plain_attributes(const Node& element) const {
    for (const Node& attribute : attributes_of(*tree_, element)) {
      for (const Node& piece : children_of(*tree_, attribute)) {
        if (!is_plain_literal(piece)) return false;
      }
    }
    return true;
  }

  bool start_tag(const Node& element) {
    text_.append('<');
    text_.append(element.name);
    for (const Node& attribute_node : attributes_of(*tree_, element)) {
      if (!attribute(attribute_node)) return false;
    }
    text_.append(element.closed_empty ? "/>" : ">");
    return true;
  }

  bool attribute(const Node& node) {
    const std::size_t before = text_.size();
    text_.append(' ');
    text_.append(node.name);
    text_.append("='");
    const Node* const only = only_child(*tree_, node);
    if (only != nullptr && only->kind == NodeKind::kSubstitution) {
      if (!slots_.use(only->number)) return false;
      XmlOperation operation;
      operation.kind = Kind::kAttribute;
      operation.slot = only->number;
      operation.always = static_cast<std::uint32_t>(before);
      add(operation);
      return true;
    }
    bool blank = true;
    for (const Node& piece : children_of(*tree_, node)) {
      if (!is_plain_literal(piece)) return false;
      blank = blank && is_blank(piece);
      append_xml_piece(*tree_, piece, Escape::kXmlAttribute, writer_, text_);
    }
    if (blank) {
      text_.truncate(before);
    } else {
      text_.append('\'');
    }
    return true;
  }

  const Tree* tree_;
  XmlProgram program_;
  TextBuffer text_;  // gathered since the last operation
  UsedSlots slots_;
  ValueWriter writer_;
};

}  // namespace

std::optional<XmlProgram> compile_xml(const Tree& tree) { return XmlCompiler(tree).compile(); }

}  // namespace evtxhound::evtx
