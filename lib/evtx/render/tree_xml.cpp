#include "evtxhound/evtx/render/tree_xml.hpp"

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/render/number_text.hpp"

namespace evtxhound::evtx {
namespace {

class XmlRenderer {
 public:
  XmlRenderer(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out)
      : tree_(&tree), writer_(&writer), start_(start), out_(&out) {}

  // False once the text is too long. Recursion is bounded by kMaxElementDepth.
  bool list(NodeIndex first) {
    for (NodeIndex at = first; at != kNoNode; at = (*tree_)[at].next) {
      const Node& node = (*tree_)[at];
      if (node.kind != NodeKind::kElement) {
        content(node, Escape::kXmlText);
      } else if (!element(node)) {
        return false;
      }
      if (out_->size() - start_ > kMaxRecordText) return false;
    }
    return true;
  }

  void content(const Node& node, Escape escape) {
    switch (node.kind) {
      case NodeKind::kValue:
        return append_value(node.value, escape, *writer_, *out_);
      case NodeKind::kCData:
        if (escape == Escape::kXmlText) return cdata(node);
        return append_value(node.value, escape, *writer_, *out_);
      case NodeKind::kCharReference:
        return reference(node.number);
      case NodeKind::kEntityReference:
        out_->append('&');
        out_->append(node.name);
        return out_->append(';');
      case NodeKind::kInstructionTarget:
        if (escape == Escape::kXmlText) instruction(node);
        return;
      default:
        return;  // what has no place here, such as an element in an attribute
    }
  }

 private:
  bool element(const Node& node) {
    out_->append('<');
    out_->append(node.name);
    for (const Node& attribute : attributes_of(*tree_, node)) {
      if (is_blank_attribute(attribute)) continue;
      out_->append(' ');
      out_->append(attribute.name);
      out_->append("='");
      for (const Node& piece : children_of(*tree_, attribute))
        content(piece, Escape::kXmlAttribute);
      out_->append('\'');
    }
    if (node.closed_empty) {
      out_->append("/>");
      return true;
    }
    out_->append('>');
    if (!list(node.first_child)) return false;
    out_->append("</");
    out_->append(node.name);
    out_->append('>');
    return true;
  }

  [[nodiscard]] bool is_blank_attribute(const Node& attribute) const {
    for (const Node& piece : children_of(*tree_, attribute)) {
      if (!is_blank(piece)) return false;
    }
    return true;
  }

  // `&#…;`, or `_` for what XML has no reference to.
  void reference(std::uint16_t character) {
    const bool allowed =
        (character >= 0x20 || character == '\t' || character == '\n' || character == '\r') &&
        (character < 0xD800 || character >= 0xE000) && character < 0xFFFE;
    if (!allowed) return out_->append('_');
    out_->append("&#");
    out_->set_end(write_decimal(character, out_->reserve(32)));
    out_->append(';');
  }

  // What a section cannot hold stands between two: `]]>`, and line ends, which are references so
  // that a record stays on one line.
  void cdata(const Node& node) {
    out_->append("<![CDATA[");
    const std::string text = node.value.text();
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '\n' || c == '\r') {
        out_->append("]]>");
        reference(static_cast<std::uint16_t>(c));
        out_->append("<![CDATA[");
        continue;
      }
      if (c == '>' && i >= 2 && text[i - 1] == ']' && text[i - 2] == ']') {
        out_->append("]]><![CDATA[");
      }
      out_->append(is_control(c) ? '_' : c);
    }
    out_->append("]]>");
  }

  static bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }

  void instruction(const Node& target) {
    out_->append("<?");
    out_->append(target.name);
    if (target.next != kNoNode && (*tree_)[target.next].kind == NodeKind::kInstructionData) {
      std::string text = (*tree_)[target.next].value.text();
      for (std::size_t i = 0; i < text.size(); ++i) {
        const bool ends = text[i] == '>' && i != 0 && text[i - 1] == '?';
        if (ends || is_control(text[i])) text[i] = '_';
      }
      out_->append(' ');
      out_->append(text);
    }
    out_->append("?>");
  }

  const Tree* tree_;
  ValueWriter* writer_;
  std::size_t start_;
  TextBuffer* out_;
};

}  // namespace

void append_xml_piece(const Tree& tree, const Node& node, Escape escape, ValueWriter& writer,
                      TextBuffer& out) {
  XmlRenderer(tree, writer, out.size(), out).content(node, escape);
}

Outcome append_xml(const Tree& tree, ValueWriter& writer, std::size_t start, TextBuffer& out) {
  XmlRenderer renderer(tree, writer, start, out);
  if (renderer.list(tree.root())) return std::nullopt;
  return Defect{0, "the record's text would be longer than 16 MiB"};
}

}  // namespace evtxhound::evtx
