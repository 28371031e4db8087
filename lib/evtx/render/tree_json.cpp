#include "evtxhound/evtx/render/tree_json.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/render/tree_text.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::string_view kData = "Data";

// The keys of one object, made unique. Most objects have few: those are compared one by one.
class Keys {
 public:
  std::string add(const std::string& key) {
    if (few_.size() < kFew && used_.empty()) {
      if (std::ranges::find(few_, key) == few_.end()) return few_.emplace_back(key);
    }
    if (used_.empty()) used_.insert(few_.begin(), few_.end());
    if (used_.insert(key).second) return key;
    std::string numbered;
    std::size_t& number = next_[key];
    do {
      numbered = key + "_" + std::to_string(++number);
    } while (!used_.insert(numbered).second);
    return numbered;
  }

 private:
  static constexpr std::size_t kFew = 24;

  std::vector<std::string> few_;
  std::unordered_set<std::string> used_;  // all of them, once there are more or one came twice
  std::unordered_map<std::string, std::size_t> next_;
};

class JsonRenderer {
 public:
  JsonRenderer(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out)
      : tree_(&tree), writer_(&writer), start_(start), out_(&out) {}

  // False once the text is too long. Recursion is bounded by kMaxElementDepth.
  bool root() {
    out_->append('{');
    Keys keys;
    bool first = true;
    for (NodeIndex at = tree_->root(); at != kNoNode; at = (*tree_)[at].next) {
      if ((*tree_)[at].kind != NodeKind::kElement) continue;
      if (!member((*tree_)[at], keys, first)) return false;
    }
    out_->append('}');
    return fits();
  }

  void text_or(NodeIndex content, std::string_view nothing) {
    if (has_text(content)) {
      text(content);
    } else {
      out_->append(nothing);
    }
  }

 private:
  [[nodiscard]] bool fits() const { return out_->size() - start_ <= kMaxRecordText; }

  [[nodiscard]] bool has_text(NodeIndex content) const {
    for (const Node& node : Siblings(*tree_, content)) {
      if (node.kind != NodeKind::kElement && !is_blank(node)) return true;
    }
    return false;
  }

  [[nodiscard]] bool has_elements(const Node& element) const {
    for (const Node& node : children_of(*tree_, element)) {
      if (node.kind == NodeKind::kElement) return true;
    }
    return false;
  }

  [[nodiscard]] bool has_attributes(const Node& element) const {
    for (const Node& attribute : attributes_of(*tree_, element)) {
      if (has_text(attribute.first_child)) return true;
    }
    return false;
  }

  void key(std::string_view name, bool& first) {
    if (!first) out_->append(',');
    first = false;
    out_->append('"');
    append_utf8(name, Escape::kJson, *out_);
    out_->append("\":");
  }

  bool member(const Node& element, Keys& keys, bool& first) {
    key(keys.add(std::string(element.name)), first);
    return value(element, "null") && fits();
  }

  // What stands in an element, its attributes included.
  bool value(const Node& element, std::string_view nothing) {
    const bool attributes = has_attributes(element);
    if (attributes || has_elements(element)) return object(element, attributes);
    text_or(element.first_child, nothing);
    return true;
  }

  // A literal where the text is nothing but one number or bool, else a string.
  void text(NodeIndex content) {
    const Node* only = nullptr;
    std::size_t pieces = 0;
    for (const Node& node : Siblings(*tree_, content)) {
      if (node.kind == NodeKind::kElement || is_blank(node)) continue;
      only = &node;
      ++pieces;
    }
    const bool literal =
        pieces == 1 && only->kind == NodeKind::kValue && only->value.is_json_literal();
    if (!literal) out_->append('"');
    for (const Node& node : Siblings(*tree_, content)) piece(node);
    if (!literal) out_->append('"');
  }

  void piece(const Node& node) {
    if (node.kind == NodeKind::kValue || node.kind == NodeKind::kCData) {
      return append_value(node.value, Escape::kJson, *writer_, *out_);
    }
    append_utf8(piece_text(node, *writer_), Escape::kJson, *out_);
  }

  void attributes_of_element(const Node& element) {
    out_->append("\"#attributes\":{");
    Keys keys;
    bool first = true;
    for (const Node& attribute : attributes_of(*tree_, element)) {
      if (!has_text(attribute.first_child)) continue;
      key(keys.add(std::string(attribute.name)), first);
      text(attribute.first_child);
    }
    out_->append('}');
  }

  bool object(const Node& element, bool with_attributes) {
    out_->append('{');
    bool first = true;
    if (with_attributes) {
      attributes_of_element(element);
      first = false;
    }
    if (has_text(element.first_child)) {
      key("#text", first);
      text(element.first_child);
    }
    if (!members(element, first)) return false;
    out_->append('}');
    return fits();
  }

  bool members(const Node& element, bool& first) {
    const bool container = is_data_container(element.name);
    bool unnamed_done = false;
    Keys keys;
    for (NodeIndex at = element.first_child; at != kNoNode; at = (*tree_)[at].next) {
      const Node& child = (*tree_)[at];
      if (child.kind != NodeKind::kElement) continue;
      if (!container || child.name != kData) {
        if (!member(child, keys, first)) return false;
        continue;
      }
      const std::string name = data_name(child);
      if (!name.empty()) {
        key(keys.add(name), first);
        if (!data_run(at, name)) return false;
      } else if (!unnamed_done) {
        unnamed_done = true;
        key(keys.add(std::string(kData)), first);
        out_->append("{\"#text\":");
        if (!data_values(unnamed_data(element))) return false;
        out_->append('}');
      }
    }
    return true;
  }

  // The text of a Data element's Name attribute; empty where it has none.
  [[nodiscard]] std::string data_name(const Node& data) const {
    for (const Node& attribute : attributes_of(*tree_, data)) {
      if (attribute.name != "Name") continue;
      return content_text(*tree_, attribute.first_child, *writer_);
    }
    return {};
  }

  [[nodiscard]] std::vector<NodeIndex> unnamed_data(const Node& container) const {
    std::vector<NodeIndex> found;
    for (NodeIndex at = container.first_child; at != kNoNode; at = (*tree_)[at].next) {
      const Node& node = (*tree_)[at];
      const bool data = node.kind == NodeKind::kElement && node.name == kData;
      if (data && data_name(node).empty()) found.push_back(at);
    }
    return found;
  }

  // The Data element at `at` and those of its name that follow it; leaves `at` at the last of them.
  bool data_run(NodeIndex& at, const std::string& name) {
    std::vector<NodeIndex> run = {at};
    for (NodeIndex next = (*tree_)[at].next; next != kNoNode; next = (*tree_)[next].next) {
      const Node& node = (*tree_)[next];
      if (node.kind != NodeKind::kElement) continue;
      if (node.name != kData || data_name(node) != name) break;
      run.push_back(next);
      at = next;
    }
    return data_values(run);
  }

  // One value, or an array of several.
  bool data_values(const std::vector<NodeIndex>& data) {
    if (data.size() > 1) out_->append('[');
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (i != 0) out_->append(',');
      const Node& element = (*tree_)[data[i]];
      if (has_elements(element)) {
        if (!object(element, false)) return false;
      } else {
        text_or(element.first_child, "\"\"");
      }
      if (!fits()) return false;
    }
    if (data.size() > 1) out_->append(']');
    return true;
  }

  const Tree* tree_;
  ValueWriter* writer_;
  std::size_t start_;
  TextBuffer* out_;
};

}  // namespace

void append_json_text(const Tree& tree, NodeIndex content, std::string_view nothing,
                      ValueWriter& writer, TextBuffer& out) {
  JsonRenderer(tree, writer, out.size(), out).text_or(content, nothing);
}

bool is_data_container(std::string_view element) {
  return element == "EventData" || element == "UserData";
}

Outcome append_json(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out) {
  JsonRenderer renderer(tree, writer, start, out);
  if (renderer.root()) return std::nullopt;
  return Defect{0, "the record's text would be longer than 16 MiB"};
}

}  // namespace evtxhound::evtx
