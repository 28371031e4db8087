#include "evtxhound/match/literal_table.hpp"

#include <algorithm>
#include <bit>

#include "evtxhound/match/simd_text.hpp"
#include "evtxhound/match/window.hpp"

namespace evtxhound::match {
namespace {

// Up to so many literals of a window are compared one by one.
constexpr std::ptrdiff_t kFew = 8;

}  // namespace

void LiteralTable::find(std::string_view text, Scratch& scratch) const {
  scratch.matches.clear();
  if (entries_.empty() || text.empty()) return;
  const bool by_digits = (shapes_ >> kDigitsKind & 1U) != 0;
  const bool by_dots = (shapes_ & ((std::uint64_t{1} << kDotShapes.size()) - 1)) != 0;
  if (by_digits || by_dots) {
    const std::size_t words = (text.size() + 63) / 64;
    scratch.dots.resize(words);
    scratch.digits.resize(words);
    classify(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), scratch.dots.data(),
             scratch.digits.data());
  }
  if (by_dots) find_by_dots(text, scratch);
  if (by_digits) find_by_digits(text, scratch);
  if ((shapes_ >> kWordKind & 1U) != 0) find_by_words(text, scratch);
}

void LiteralTable::find_by_dots(std::string_view text, Scratch& scratch) const {
  for (std::size_t word = 0; word < scratch.dots.size(); ++word) {
    for (std::uint64_t left = scratch.dots[word]; left != 0; left &= left - 1) {
      const std::size_t dot = 64 * word + static_cast<std::size_t>(std::countr_zero(left));
      for (std::uint64_t kind = 0; kind < kDotShapes.size(); ++kind) {
        if ((shapes_ >> kind & 1U) == 0) continue;
        const std::uint64_t hash = dot_window(text.data() + dot, kind);
        if (may_hold(hash)) look_up(text, dot, hash, scratch);
      }
    }
  }
}

// Runs of digits that are long enough. What is added up is how many digits stand just before.
void LiteralTable::find_by_digits(std::string_view text, Scratch& scratch) const {
  std::size_t before = 0;
  const auto end_run = [&](std::size_t end) {
    if (before >= kFewestDigits) find_in_digits(text, end - before, end, scratch);
    before = 0;
  };
  for (std::size_t word = 0; word < scratch.digits.size(); ++word) {
    const std::uint64_t set = scratch.digits[word];
    if (set == ~std::uint64_t{0}) {
      before += 64;
      continue;
    }
    const auto leading = static_cast<std::size_t>(std::countr_one(set));
    before += leading;
    end_run(64 * word + leading);
    // A run that lies within the word, which has room for one only.
    std::uint64_t runs = set & ~((std::uint64_t{1} << leading) - 1);
    for (const unsigned step : {1U, 2U, 4U, 8U, 16U}) runs &= runs >> step;
    const auto trailing = static_cast<std::size_t>(std::countl_one(set));
    if (runs != 0 && trailing < kFewestDigits) {
      const auto begin = static_cast<std::size_t>(std::countr_zero(runs));
      before = static_cast<std::size_t>(std::countr_one(set >> begin));
      end_run(64 * word + begin + before);
    }
    before = trailing;
  }
  end_run(text.size());
}

void LiteralTable::find_in_digits(std::string_view text, std::size_t begin, std::size_t end,
                                  Scratch& scratch) const {
  std::uint64_t tail = 0;
  std::size_t at = begin;
  for (; at < begin + kFewestDigits - 1; ++at) tail = tail << 4U | digit_value(text[at]);
  for (; at < end; ++at) {
    tail = tail << 4U | digit_value(text[at]);
    const std::uint64_t hash = digits_window(tail);
    if (may_hold(hash)) look_up(text, at + 1, hash, scratch);
  }
}

void LiteralTable::find_by_words(std::string_view text, Scratch& scratch) const {
  if (text.size() < kWordSize) return;
  for (std::size_t at = 0; at <= text.size() - kWordSize; at += kWordStride) {
    const std::uint64_t hash = word_window(text.data() + at);
    if (may_hold(hash)) look_up(text, at, hash, scratch);
  }
}

void LiteralTable::look_up(std::string_view text, std::size_t anchor, std::uint64_t hash,
                           Scratch& scratch) const {
  const std::uint64_t bucket = bucket_of(hash);
  const Entry* first = entries_.data() + buckets_[bucket];
  const Entry* last = entries_.data() + buckets_[bucket + 1];
  const std::uint32_t tag = tag_of(hash);
  first = std::partition_point(first, last, [tag](const Entry& e) { return e.tag < tag; });
  last = std::partition_point(first, last, [tag](const Entry& e) { return e.tag == tag; });
  compare(text, anchor, first, last, scratch);
}

// Group by group of literals of one size around the anchor: each group can match in one way only.
void LiteralTable::compare(std::string_view text, std::size_t anchor, const Entry* first,
                           const Entry* last, Scratch& scratch) const {
  while (first != last) {
    const Entry& sample = *first;
    const auto same_place = [&sample](const Entry& e) {
      return e.rank == sample.rank && e.size == sample.size;
    };
    const Entry* const group_end = last - first <= kFew
                                       ? std::find_if_not(first, last, same_place)
                                       : std::partition_point(first, last, same_place);
    if (anchor >= sample.rank && text.size() - (anchor - sample.rank) >= sample.size) {
      const std::string_view found = text.substr(anchor - sample.rank, sample.size);
      first = std::partition_point(first, group_end,
                                   [&](const Entry& e) { return text_of(e) < found; });
      for (; first != group_end && text_of(*first) == found; ++first) {
        scratch.matches.emplace_back(first->number, anchor - sample.rank + sample.size);
      }
    }
    first = group_end;
  }
}

std::size_t LiteralTable::memory() const {
  return filter_.size() * sizeof(std::uint64_t) + buckets_.size() * sizeof(std::uint32_t) +
         entries_.size() * sizeof(Entry) + texts_.size();
}

}  // namespace evtxhound::match
