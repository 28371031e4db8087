#include "evtxhound/evtx/render/tree_text.hpp"

#include <array>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::evtx {
namespace {

std::string entity_text(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
      {{"quot", '"'}, {"apos", '\''}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}}};
  for (const auto& [known, character] : kEntities) {
    if (name == known) return {character};
  }
  return "&" + std::string(name) + ";";
}

}  // namespace

std::string piece_text(const Node& piece, ValueWriter& writer) {
  switch (piece.kind) {
    case NodeKind::kValue:
    case NodeKind::kCData: {
      TextBuffer text;
      append_value(piece.value, Escape::kNone, writer, text);
      return std::string(text.view());
    }
    case NodeKind::kCharReference: {
      const bool surrogate = is_lead_surrogate(piece.number) || is_trail_surrogate(piece.number);
      std::string text;
      evtxhound::append_utf8(text, surrogate ? kReplacementCharacter : piece.number);
      return text;
    }
    case NodeKind::kEntityReference:
      return entity_text(piece.name);
    default:
      return {};
  }
}

std::string content_text(const Tree& tree, NodeIndex content, ValueWriter& writer) {
  std::string text;
  for (const Node& piece : Siblings(tree, content)) text += piece_text(piece, writer);
  return text;
}

}  // namespace evtxhound::evtx
