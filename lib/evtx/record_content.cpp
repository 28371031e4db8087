#include "evtxhound/evtx/record_content.hpp"

#include <cstring>
#include <string_view>

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

std::optional<InstanceFrame> find_instance(Bytes chunk, const RecordFrame& frame) {
  std::size_t at = std::size_t{frame.offset} + kRecordHeaderSize;
  const Bytes record = chunk.first(std::size_t{frame.offset} + frame.size);
  if (!stands_at(record, at, kContentBegin)) return std::nullopt;
  at += kContentBegin.size();
  InstanceFrame instance;
  const bool starts =
      at < record.size() && static_cast<Token>(record[at]) == Token::kTemplateInstance;
  if (!starts || read_instance(record, at, instance)) return std::nullopt;
  return instance;
}

std::optional<std::size_t> find_content_end(Bytes chunk, const RecordFrame& frame) {
  const auto instance = find_instance(chunk, frame);
  if (!instance) return std::nullopt;
  return instance->end;
}

std::optional<RecordFrame> find_hidden_record(Bytes area, std::size_t begin) {
  constexpr int kFirstByte = kRecordSignature & 0xFFU;
  while (holds(area, begin, kMinRecordSize)) {
    const void* const found = std::memchr(area.data() + begin, kFirstByte, area.size() - begin);
    if (found == nullptr) return std::nullopt;
    const auto at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - area.data());
    begin = at + 1;
    if (!holds(area, at, kMinRecordSize)) return std::nullopt;
    if (load<std::uint32_t>(area, at) != kRecordSignature ||
        !stands_at(area, at + kRecordHeaderSize, kContentBegin)) {
      continue;
    }
    const auto size = load<std::uint32_t>(area, at + 4);
    if (size < kMinRecordSize || !holds(area, at, size)) continue;
    return RecordFrame{static_cast<std::uint32_t>(at), size, load<std::uint64_t>(area, at + 8),
                       load<std::uint64_t>(area, at + 16)};
  }
  return std::nullopt;
}

}  // namespace evtxhound::evtx
