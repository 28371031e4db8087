// How a LiteralTable is made, kept and read back.
#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

#include "evtxhound/base/packed.hpp"
#include "evtxhound/match/literal_table.hpp"
#include "evtxhound/match/window.hpp"

namespace evtxhound::match {
namespace {

constexpr std::size_t kLongest = 4096;  // of a literal; no indicator is longer
constexpr std::size_t kFilterBitsEach = 16;
constexpr std::size_t kMostWords = 64;  // windows of a word that are considered

// A window of a literal.
struct Choice {
  std::uint64_t hash = 0;
  std::uint64_t kind = 0;
  std::size_t rank = 0;
};

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

template <class Take>
void for_each_dot_window(std::string_view literal, Take take) {
  // Windows are read eight bytes at a time, whatever of them counts.
  std::string padded(8, '\0');
  padded += literal;
  padded.append(8, '\0');
  for (std::size_t dot = literal.find('.'); dot != std::string_view::npos;
       dot = literal.find('.', dot + 1)) {
    for (std::uint64_t kind = 0; kind < kDotShapes.size(); ++kind) {
      const DotShape& shape = kDotShapes[kind];
      if (dot < shape.before || literal.size() - dot - 1 < shape.behind) continue;
      take(Choice{dot_window(padded.data() + 8 + dot, kind), kind, dot});
    }
  }
}

template <class Take>
void for_each_window(std::string_view literal, Take take) {
  switch (LiteralTable::anchor_of(literal)) {
    case LiteralTable::Anchor::kDot:
      return for_each_dot_window(literal, take);
    case LiteralTable::Anchor::kDigits: {
      std::uint64_t tail = 0;
      for (const char c : literal.substr(literal.size() - kTailDigits)) {
        tail = tail << 4U | digit_value(c);
      }
      return take(Choice{digits_window(tail), kDigitsKind, literal.size()});
    }
    case LiteralTable::Anchor::kWord: {
      const std::string padded = std::string(literal) + std::string(8, '\0');
      const std::size_t count = std::min(literal.size() - kWordSize + 1, kMostWords);
      for (std::size_t at = 0; at < count; ++at) {
        take(Choice{word_window(padded.data() + at), kWordKind, at});
      }
      return;
    }
    case LiteralTable::Anchor::kNone:
      return;
  }
}

// About how many literals could be found by a window; too many rather than too few.
class Popularity {
 public:
  explicit Popularity(std::size_t literals)
      : counts_(std::bit_ceil(std::max<std::size_t>(16 * literals, 1024))) {}

  void add(std::uint64_t hash) {
    std::uint32_t& count = counts_[hash & (counts_.size() - 1)];
    if (count != std::numeric_limits<std::uint32_t>::max()) ++count;
  }
  [[nodiscard]] std::uint32_t of(std::uint64_t hash) const {
    return counts_[hash & (counts_.size() - 1)];
  }

 private:
  std::vector<std::uint32_t> counts_;
};

// The window by which a literal is found, or those of a word.
std::vector<Choice> choose(std::string_view literal, const Popularity& popularity) {
  std::vector<Choice> all;
  for_each_window(literal, [&all](const Choice& choice) { all.push_back(choice); });
  const std::size_t needed = all.front().kind == kWordKind ? kWordStride : 1;
  std::size_t best = 0;
  std::uint32_t lowest = std::numeric_limits<std::uint32_t>::max();
  for (std::size_t i = 0; i + needed <= all.size(); ++i) {
    std::uint32_t others = 0;
    for (std::size_t k = i; k < i + needed; ++k) {
      others = std::max(others, popularity.of(all[k].hash));
    }
    if (others >= lowest) continue;
    lowest = others;
    best = i;
  }
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(best);
  return {begin, begin + static_cast<std::ptrdiff_t>(needed)};
}

}  // namespace

LiteralTable::Anchor LiteralTable::anchor_of(std::string_view literal) {
  if (literal.size() > kLongest) return Anchor::kNone;
  if (literal.size() >= kFewestDigits && std::ranges::all_of(literal, is_digit)) {
    return Anchor::kDigits;
  }
  bool has_dot = false;
  for_each_dot_window(literal, [&has_dot](const Choice& /*choice*/) { has_dot = true; });
  if (has_dot) return Anchor::kDot;
  return literal.size() >= kShortestWord ? Anchor::kWord : Anchor::kNone;
}

LiteralTable::LiteralTable(const std::vector<NumberedLiteral>& literals) {
  if (literals.empty()) return;
  Popularity popularity(literals.size());
  for (const NumberedLiteral& literal : literals) {
    for_each_window(literal.text, [&](const Choice& choice) { popularity.add(choice.hash); });
  }
  std::vector<Placed> placed;
  placed.reserve(literals.size());
  std::vector<char> texts;
  for (const NumberedLiteral& literal : literals) {
    for (const Choice& choice : choose(literal.text, popularity)) {
      shapes_ |= std::uint64_t{1} << choice.kind;
      placed.push_back({choice.hash,
                        {tag_of(choice.hash), static_cast<std::uint32_t>(texts.size()),
                         literal.number, static_cast<std::uint16_t>(literal.text.size()),
                         static_cast<std::uint16_t>(choice.rank)}});
    }
    texts.insert(texts.end(), literal.text.begin(), literal.text.end());
  }
  texts_ = PackedArray(std::move(texts));
  bucket_mask_ = std::bit_ceil(placed.size()) - 1;
  place(std::move(placed));
}

void LiteralTable::place(std::vector<Placed> placed) {
  std::ranges::sort(placed, [this](const Placed& a, const Placed& b) {
    const auto key = [this](const Placed& p) {
      return std::tuple(bucket_of(p.hash), p.entry.tag, p.entry.rank, p.entry.size,
                        text_of(p.entry), p.entry.number);
    };
    return key(a) < key(b);
  });
  std::vector<std::uint64_t> filter(
      std::bit_ceil(std::max<std::size_t>(placed.size() * kFilterBitsEach / 64, 64)));
  filter_mask_ = filter.size() - 1;
  std::vector<std::uint32_t> buckets(bucket_mask_ + 2);
  std::vector<Entry> entries;
  entries.reserve(placed.size());
  for (const Placed& each : placed) {
    filter[(each.hash >> 6U) & filter_mask_] |= filter_bits(each.hash);
    ++buckets[bucket_of(each.hash) + 1];
    entries.push_back(each.entry);
  }
  for (std::size_t i = 1; i < buckets.size(); ++i) buckets[i] += buckets[i - 1];
  filter_ = PackedArray(std::move(filter));
  buckets_ = PackedArray(std::move(buckets));
  entries_ = PackedArray(std::move(entries));
}

void LiteralTable::pack(Buffer& out) const {
  pack_value(out, shapes_);
  filter_.pack(out);
  buckets_.pack(out);
  entries_.pack(out);
  texts_.pack(out);
}

bool LiteralTable::unpack(Bytes& bytes) {
  const bool whole = unpack_value(bytes, shapes_) && filter_.unpack(bytes) &&
                     buckets_.unpack(bytes) && entries_.unpack(bytes) && texts_.unpack(bytes);
  if (!whole) return false;
  if (entries_.empty()) return true;
  filter_mask_ = filter_.size() - 1;
  bucket_mask_ = buckets_.size() - 2;
  return std::has_single_bit(filter_.size()) && buckets_.size() > 1;
}

}  // namespace evtxhound::match
