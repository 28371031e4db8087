#include "evtxhound/evtx/binxml/parser.hpp"

#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/binxml/name.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::string_view kTooManyNodes = "more nodes than a record may have";

// One pass over the tokens. Each function returns false once `defect_` is set.
class Parser {
 public:
  Parser(const Fragment& fragment, bool dependencies, NodeBudget& budget, Tree& tree,
         References* references)
      : area_(fragment.chunk.first(fragment.end)),
        chunk_(fragment.chunk),
        at_(fragment.begin),
        dependencies_(dependencies),
        budget_(&budget),
        tree_(&tree),
        references_(references) {}

  Outcome parse() {
    while (at_ < area_.size()) {
      const std::uint8_t token = area_[at_];
      if (token == static_cast<std::uint8_t>(Token::kEndOfFragment)) break;
      ++at_;
      if (!take_token(static_cast<std::uint8_t>(token & ~kMore), (token & kMore) != 0)) {
        return defect_;
      }
    }
    if (!open_.empty()) return Defect{at_, "BinXML ends within an element"};
    tree_->set_root(roots_.first());
    return std::nullopt;
  }

 private:
  struct OpenElement {
    NodeIndex element = kNoNode;
    SiblingList attributes;
    SiblingList children;
  };

  bool fail(std::string_view message) {
    defect_ = Defect{at_, message};
    return false;
  }

  bool has(std::size_t size) { return holds(area_, at_, size) || fail("BinXML is cut"); }

  // Reads an integer; `has` must have been asked.
  template <class T>
  T read() {
    const T value = load<T>(area_, at_);
    at_ += sizeof(T);
    return value;
  }

  bool take_token(std::uint8_t token, bool more) {
    switch (static_cast<Token>(token)) {
      case Token::kOpenElement:
        return open_element(more);
      case Token::kCloseStart:
        return close_start();
      case Token::kCloseEmpty:
        return close_empty();
      case Token::kEndElement:
        return end_element();
      case Token::kValue:
        return value();
      case Token::kAttribute:
        return attribute();
      case Token::kCData:
        return counted_text(NodeKind::kCData);
      case Token::kCharReference:
        return char_reference();
      case Token::kEntityReference:
        return named(NodeKind::kEntityReference);
      case Token::kInstructionTarget:
        return named(NodeKind::kInstructionTarget);
      case Token::kInstructionData:
        return counted_text(NodeKind::kInstructionData);
      case Token::kTemplateInstance:
        return instance();
      case Token::kSubstitution:
        return substitution(false);
      case Token::kOptionalSubstitution:
        return substitution(true);
      case Token::kFragmentHeader:
        if (!has(3)) return false;
        at_ += 3;
        return true;
      default:
        --at_;
        return fail("no BinXML token");
    }
  }

  // Adds a node where the parse stands: an attribute's content, an element's, or the top.
  bool add(Node node, NodeIndex* added = nullptr) {
    if (!budget_->take(1)) return fail(kTooManyNodes);
    const NodeIndex index = tree_->add(node);
    if (added != nullptr) *added = index;
    if (attribute_ != kNoNode) {
      attribute_content_.append(*tree_, index);
      (*tree_)[attribute_].first_child = attribute_content_.first();
    } else if (!open_.empty()) {
      OpenElement& parent = open_.back();
      parent.children.append(*tree_, index);
      (*tree_)[parent.element].first_child = parent.children.first();
    } else if (node.kind == NodeKind::kElement || node.kind == NodeKind::kInstance ||
               node.kind == NodeKind::kSubstitution) {
      roots_.append(*tree_, index);
    }
    return true;
  }

  bool open_element(bool has_attributes) {
    attribute_ = kNoNode;
    if (open_.size() >= kMaxElementDepth) return fail("elements are nested too deeply");
    Node node;
    node.number = kNoDependency;
    if (dependencies_) {
      if (!has(2)) return false;
      node.number = read<std::uint16_t>();
    }
    if (!has(4)) return false;
    at_ += 4;  // the element's size, which damaged and forwarded records have wrong
    if (!read_name(node.name)) return false;
    if (has_attributes) {
      if (!has(4)) return false;
      at_ += 4;  // the size of the list of attributes
    }
    OpenElement element;
    if (!add(node, &element.element)) return false;
    open_.push_back(element);
    return true;
  }

  bool close_start() {
    if (open_.empty()) return fail("a start tag ends where none is open");
    attribute_ = kNoNode;
    return true;
  }

  // What damage has put into such an element is its content.
  bool close_empty() {
    if (!close_start()) return false;
    Node& element = (*tree_)[open_.back().element];
    element.closed_empty = element.first_child == kNoNode;
    return end_element();
  }

  bool end_element() {
    if (open_.empty()) return fail("an element ends where none is open");
    open_.pop_back();
    return true;
  }

  bool attribute() {
    attribute_ = kNoNode;
    if (open_.empty()) return fail("an attribute without an element");
    Node node;
    node.kind = NodeKind::kAttribute;
    if (!read_name(node.name)) return false;
    // Fields are named by the element too: `Element.Attribute`.
    const std::size_t element_name = (*tree_)[open_.back().element].name.size();
    if (!budget_->take(1 + element_name / kDefinitionBytesPerNode)) return fail(kTooManyNodes);
    attribute_ = tree_->add(node);
    attribute_content_ = {};
    OpenElement& element = open_.back();
    element.attributes.append(*tree_, attribute_);
    (*tree_)[element.element].first_attribute = element.attributes.first();
    return true;
  }

  bool value() {
    if (!has(1)) return false;
    Node node;
    node.kind = NodeKind::kValue;
    node.value.type = static_cast<ValueType>(read<std::uint8_t>());
    if (node.value.type == ValueType::kBinXml && references_ != nullptr) references_->nests = true;
    std::size_t size = fixed_size(node.value.type);
    if (size == 0 && node.value.type != ValueType::kNull) {
      if (!has(2)) return false;
      size = read<std::uint16_t>();
      if (node.value.type == ValueType::kString) size *= 2;
    }
    if (!has(size)) return false;
    node.value.bytes = area_.subspan(at_, size);
    at_ += size;
    return add(node);
  }

  bool counted_text(NodeKind kind) {
    if (!has(2)) return false;
    const std::size_t size = std::size_t{read<std::uint16_t>()} * 2;
    if (!has(size)) return false;
    Node node;
    node.kind = kind;
    node.value = {ValueType::kString, area_.subspan(at_, size)};
    at_ += size;
    return add(node);
  }

  bool char_reference() {
    if (!has(2)) return false;
    Node node;
    node.kind = NodeKind::kCharReference;
    node.number = read<std::uint16_t>();
    return add(node);
  }

  bool named(NodeKind kind) {
    Node node;
    node.kind = kind;
    return read_name(node.name) && add(node);
  }

  bool substitution(bool optional) {
    if (!has(3)) return false;
    Node node;
    node.kind = NodeKind::kSubstitution;
    node.optional = optional;
    node.number = read<std::uint16_t>();
    // What is to be expected; the value's own descriptor decides.
    node.value.type = static_cast<ValueType>(read<std::uint8_t>());
    return add(node);
  }

  bool instance() {
    const std::size_t begin = at_ - 1;
    InstanceFrame frame;
    if (const Outcome defect = read_instance(area_, begin, frame)) {
      defect_ = *defect;
      return false;
    }
    if (references_ != nullptr) references_->nests = true;
    Node node;
    node.kind = NodeKind::kInstance;
    node.value.bytes = area_.subspan(begin, frame.end - begin);
    at_ = frame.end;
    return add(node);
  }

  // A name stands inline exactly where its offset is that of the place behind the offset.
  bool read_name(std::string_view& name) {
    if (!has(4)) return false;
    const std::size_t at = at_;
    const std::size_t offset = read<std::uint32_t>();
    const auto characters = name_at(chunk_, offset);
    if (!characters) return fail("a name leaves the chunk");
    if (characters->size() > 2 * kMaxNameSize) return fail("a name is too long to be one");
    const bool is_inline = offset == at_;
    if (is_inline) {
      const std::size_t size = name_entry_size(characters->size());
      if (!has(size)) return false;
      at_ += size;
    }
    if (references_ != nullptr) references_->names.push_back({at, is_inline});
    if (!budget_->take(characters->size() / kDefinitionBytesPerNode)) return fail(kTooManyNodes);
    name = tree_->keep(name_text(*characters));
    return true;
  }

  Bytes area_;  // the chunk up to the fragment's end
  Bytes chunk_;
  std::size_t at_;
  bool dependencies_;
  NodeBudget* budget_;
  Tree* tree_;
  References* references_;
  Outcome defect_;
  std::vector<OpenElement> open_;
  SiblingList roots_;
  NodeIndex attribute_ = kNoNode;  // whose content is being read
  SiblingList attribute_content_;
};

Outcome parse(const Fragment& fragment, bool dependencies_first, NodeBudget& budget, Tree& tree,
              References* references) {
  const Outcome defect = Parser(fragment, dependencies_first, budget, tree, references).parse();
  if (!defect) return std::nullopt;
  if (references != nullptr) *references = {};
  if (!Parser(fragment, !dependencies_first, budget, tree, references).parse()) return std::nullopt;
  return defect;  // of the usual way, which is the more likely one
}

}  // namespace

Outcome parse_fragment(const Fragment& fragment, bool in_definition, NodeBudget& budget,
                       Tree& tree) {
  return parse(fragment, in_definition, budget, tree, nullptr);
}

Outcome parse_definition_body(const Fragment& fragment, NodeBudget& budget, Tree& tree,
                              References& references) {
  return parse(fragment, true, budget, tree, &references);
}

}  // namespace evtxhound::evtx
