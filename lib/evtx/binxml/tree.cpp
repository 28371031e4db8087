#include "evtxhound/evtx/binxml/tree.hpp"

#include <cstring>

namespace evtxhound::evtx {

std::string_view Tree::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* const copy = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  kept_ += text.size();
  return {copy, text.size()};
}

Bytes Tree::keep(Bytes bytes) {
  const std::string_view copy = keep({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return as_bytes(copy);
}

void Tree::clear() {
  nodes_.clear();
  root_ = kNoNode;
  arena_.release();
  kept_ = 0;
}

bool is_blank(const Node& node) {
  switch (node.kind) {
    case NodeKind::kValue:
    case NodeKind::kCData:
      return node.value.is_blank();
    case NodeKind::kInstructionTarget:
    case NodeKind::kInstructionData:
      return true;
    default:
      return false;
  }
}

}  // namespace evtxhound::evtx
