#include "evtxhound/evtx/template_instance.hpp"

#include <string>

#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/binxml/limits.hpp"

namespace evtxhound::evtx {
namespace {

// Walks instances; `area` is the chunk up to the end of the record, so that nothing beyond it can
// be reached.
class Walk {
 public:
  Walk(Bytes area, std::vector<Substitution>& found) : area_(area), found_(&found) {}

  Outcome fragment(std::size_t at, std::size_t end, std::size_t depth) {
    if (depth > kMaxTemplateDepth) return Defect{at, "template instances are nested too deeply"};
    if (at + 4 <= end && token_at(at) == Token::kFragmentHeader) at += 4;
    if (at >= end || token_at(at) != Token::kTemplateInstance) return std::nullopt;
    InstanceFrame frame;
    if (const Outcome defect = read_instance(area_.first(end), at, frame)) return defect;
    std::vector<Value> values;
    append_values(area_, frame, values);
    for (const Value& value : values) {
      const auto offset = static_cast<std::size_t>(value.bytes.data() - area_.data());
      found_->push_back({static_cast<std::uint32_t>(offset),
                         static_cast<std::uint16_t>(value.bytes.size()), value.type});
      if (!value.is_binxml()) continue;
      if (auto defect = fragment(offset, offset + value.bytes.size(), depth + 1)) return defect;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Token token_at(std::size_t at) const { return static_cast<Token>(area_[at]); }

  Bytes area_;
  std::vector<Substitution>* found_;
};

}  // namespace

Result<std::vector<Substitution>> find_substitutions(Bytes chunk, std::size_t begin,
                                                     std::size_t end) {
  std::vector<Substitution> found;
  if (end - begin < kMinRecordSize) return found;
  const std::size_t content_end = end - 4;  // the size copy
  Walk walk(chunk.first(content_end), found);
  if (const auto defect = walk.fragment(begin + kRecordHeaderSize, content_end, 0)) {
    return Problem{ProblemKind::kRecordDamaged, defect->offset, std::string(defect->message)};
  }
  return found;
}

}  // namespace evtxhound::evtx
