#include "tests/support/mutation.hpp"

#include <algorithm>
#include <array>

#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/template_instance.hpp"

namespace evtxhound::test {
namespace {

using namespace evtx;

// Mostly where something is: most logs have much free space.
std::size_t place(const Buffer& log, std::size_t used, Random& random) {
  return random.below(random.below(16) == 0 ? log.size() : used);
}

void set_number(Buffer& log, std::size_t at, Random& random) {
  constexpr std::array<std::uint32_t, 10> kExtremes = {
      0, 1, 0xff, 0x7fff, 0xffff, 0x10000, 0x7ffffff0, 0x80000000, 0xfffffff0, 0xffffffff};
  const MutableBytes bytes(log);
  const std::uint32_t number = random.below(4) == 0
                                   ? static_cast<std::uint32_t>(random.below(kChunkSize))
                                   : kExtremes[random.below(kExtremes.size())];
  if (random.below(2) == 0) {
    if (holds(log, at, 4)) store(bytes, at, number);
  } else if (holds(log, at, 2)) {
    store(bytes, at, static_cast<std::uint16_t>(number));
  }
}

// A number that is there, made a little larger or smaller, or what another place has.
void change_number(Buffer& log, std::size_t at, std::size_t from, Random& random) {
  if (!holds(log, at, 4) || !holds(log, from, 4)) return;
  const auto number = load<std::uint32_t>(log, random.below(2) == 0 ? from : at);
  const auto change = static_cast<std::uint32_t>(random.below(33)) - 16;
  store(MutableBytes(log), at, number + change);
}

void fill(Buffer& log, std::size_t at, Random& random) {
  const std::size_t size =
      std::min(log.size() - at, std::size_t{1} << random.below(random.below(8) == 0 ? 13 : 7));
  const std::size_t kind = random.below(3);
  for (std::size_t i = 0; i < size; ++i) {
    log[at + i] = kind == 0 ? random.byte() : kind == 1 ? 0 : 0xff;
  }
}

void move_block(Buffer& log, std::size_t from, std::size_t to, Random& random) {
  const std::size_t most = log.size() - std::max(from, to);
  const std::size_t size = std::min(most, std::size_t{1} << random.below(12));
  const auto at = [&log](std::size_t i) { return log.begin() + static_cast<std::ptrdiff_t>(i); };
  if (random.below(2) == 0) {
    const Buffer block(at(from), at(from + size));
    std::copy(block.begin(), block.end(), at(to));
  } else if (from + size <= to || to + size <= from) {
    std::swap_ranges(at(from), at(from + size), at(to));
  }
}

void damage(Buffer& log, std::size_t used, Random& random) {
  const std::size_t at = place(log, used, random);
  switch (random.below(6)) {
    case 0:
      log[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
      return;
    case 1:
      log[at] = random.byte();
      return;
    case 2:
      return set_number(log, at, random);
    case 3:
      return change_number(log, at, place(log, used, random), random);
    case 4:
      return fill(log, at, random);
    default:
      return move_block(log, place(log, used, random), at, random);
  }
}

}  // namespace

Buffer mutate_log(const std::vector<Buffer>& logs, Random& random) {
  const Buffer& original = logs[random.below(logs.size())];
  const std::size_t chunks = std::max<std::size_t>(1, original.size() / kChunkSize);
  const std::size_t begin =
      std::min(original.size(), kFileHeaderSize + kChunkSize * random.below(chunks));
  const Bytes chunk =
      Bytes(original).subspan(begin).first(std::min(kChunkSize, original.size() - begin));
  Buffer log(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(
                                                      std::min(kFileHeaderSize, original.size())));
  log.insert(log.end(), chunk.begin(), chunk.end());
  std::size_t used = log.size();
  while (used > 1 && log[used - 1] == 0) --used;
  for (std::size_t times = std::size_t{1} << random.below(8); times != 0; --times) {
    damage(log, used, random);
  }
  if (random.below(16) == 0) log.resize(random.below(log.size()));
  return log;
}

bool mutate_record(MutableBytes chunk, const RecordFrame& frame, Random& random) {
  const std::size_t end = std::size_t{frame.offset} + frame.size;
  const auto values = find_substitutions(chunk, frame.offset, end);
  if (!values || values->empty()) return false;
  const std::size_t at = frame.offset + kRecordHeaderSize + 4;
  InstanceFrame instance;
  const bool framed = !read_instance(Bytes(chunk).first(end - 4), at, instance);
  if (framed && instance.count != 0 && random.below(3) == 0) {
    // Sizes and types. Where BinXML stands is only this record's business, what it defines is not,
    // and that stays.
    const std::size_t size = instance.count * kDescriptorSize;
    chunk[instance.descriptors + random.below(size)] = random.byte();
    return true;
  }
  bool changed = false;
  for (std::size_t times = 1 + random.below(8); times != 0; --times) {
    const Substitution& value = (*values)[random.below(values->size())];
    if (value.type == ValueType::kBinXml || value.size == 0) continue;
    const std::size_t first = random.below(value.size);
    const std::size_t last = first + random.below(value.size - first);
    for (std::size_t i = first; i <= last; ++i) chunk[value.offset + i] = random.byte();
    changed = true;
  }
  return changed;
}

}  // namespace evtxhound::test
