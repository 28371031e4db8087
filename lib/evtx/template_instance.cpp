#include "evtxhound/evtx/template_instance.hpp"

#include <fmt/format.h>

#include <optional>

namespace evtxhound::evtx {
namespace {

constexpr std::size_t kDefinitionHeaderSize = 24;  // next offset, GUID, size
constexpr std::size_t kDescriptorSize = 4;         // size, type, zero
constexpr int kMaxDepth = 64;  // of instances in instances; Windows itself nests two

Problem damaged(std::size_t offset, std::string message) {
  return {ProblemKind::kRecordDamaged, offset, std::move(message)};
}

// Walks instances; `area` is the chunk up to the end of the record, so that nothing beyond it can
// be reached. Member functions return what is wrong, or nothing.
class Walk {
 public:
  Walk(Bytes area, std::vector<Substitution>& found) : area_(area), found_(&found) {}

  std::optional<Problem> fragment(std::size_t at, std::size_t end, int depth) {
    if (depth > kMaxDepth) return damaged(at, "template instances are nested too deeply");
    if (at + 4 <= end && token_at(at) == Token::kFragmentHeader) at += 4;
    if (at >= end || token_at(at) != Token::kTemplateInstance) return std::nullopt;
    return instance(at, end, depth);
  }

 private:
  [[nodiscard]] Token token_at(std::size_t at) const { return static_cast<Token>(area_[at]); }

  std::optional<Problem> instance(std::size_t at, std::size_t end, int depth) {
    constexpr std::size_t kHeaderSize = 10;  // token, version, template id, definition offset
    if (at + kHeaderSize > end) return damaged(at, "template instance is cut");
    const std::size_t definition = load<std::uint32_t>(area_, at + 6);
    at += kHeaderSize;
    if (definition == at) {
      if (at + kDefinitionHeaderSize > end) return damaged(at, "template definition is cut");
      const std::size_t size = load<std::uint32_t>(area_, at + 20);
      at += kDefinitionHeaderSize;
      if (size > end - at) {
        return damaged(at, fmt::format("template definition of {} bytes leaves its record", size));
      }
      at += size;
    }
    return values(at, end, depth);
  }

  std::optional<Problem> values(std::size_t at, std::size_t end, int depth) {
    if (at + 4 > end) return damaged(at, "template instance is cut");
    const std::size_t count = load<std::uint32_t>(area_, at);
    std::size_t descriptor = at + 4;
    if (count > (end - descriptor) / kDescriptorSize) {
      return damaged(at, fmt::format("template instance claims {} values", count));
    }
    std::size_t value = descriptor + count * kDescriptorSize;
    for (std::size_t i = 0; i < count; ++i, descriptor += kDescriptorSize) {
      const auto size = load<std::uint16_t>(area_, descriptor);
      const auto type = static_cast<ValueType>(area_[descriptor + 2]);
      if (size > end - value) {
        return damaged(descriptor, fmt::format("value {} of {} bytes leaves its record", i, size));
      }
      found_->push_back({static_cast<std::uint32_t>(value), size, type});
      if (type == ValueType::kBinXml && size != 0) {
        if (auto problem = fragment(value, value + size, depth + 1)) return problem;
      }
      value += size;
    }
    return std::nullopt;
  }

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
  if (auto problem = walk.fragment(begin + kRecordHeaderSize, content_end, 0)) return *problem;
  return found;
}

}  // namespace evtxhound::evtx
