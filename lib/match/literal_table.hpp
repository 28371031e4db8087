// Hundreds of thousands of plain texts, looked for at once.
//
// Hyperscan takes a minute and gigabytes to compile a million literals, and slows down where the
// text looks like them. Here a million cost a second, and each byte of evidence about the same
// whatever is looked for. The idea: every literal has an anchor that is rare in text and quick to
// find by SIMD, and is looked up by the few bytes around it, its window.
//
//   dots     `evil-domain.com` by the dot and the bytes next to it. Domains, addresses, URLs and
//            file names have one. Of a literal's dots, and of the shapes of windows that fit
//            there, the one is taken that fewest other literals have in common.
//   digits   hashes, by their last 16 digits: each place in a run of 32 hexadecimal digits or more
//            is an end that one could have.
//   words    everything else by some 6 of its bytes, looked up at every third place of the text:
//            slower, and done only where there are such literals.
//
// A window's hash is looked up in a bit filter, small enough for the processor's cache, and only
// then in a table, where the literals themselves are compared. Literals that share a window are
// told apart by length and binary search, so that no choice of literals makes a place in the text
// cost more than a few of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/packed.hpp"
#include "evtxhound/match/pattern.hpp"

namespace evtxhound::match {

// A literal with its pattern's number.
struct NumberedLiteral {
  std::string_view text;  // lower-case ASCII
  PatternNumber number = 0;
};

// Immutable once made: any number of threads may share one.
class LiteralTable {
 public:
  // What a literal can be found by; kNone: it is too short for every kind of window.
  enum class Anchor : std::uint8_t { kDot, kDigits, kWord, kNone };
  static Anchor anchor_of(std::string_view literal);

  LiteralTable() = default;  // of no literals
  // REQUIRES: anchor_of() of each is not kNone; less than 4 GiB of text in all
  explicit LiteralTable(const std::vector<NumberedLiteral>& literals);

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  // Calls on_match(PatternNumber, std::size_t end) for each literal at each place where it stands
  // in `text`, in no order. REQUIRES: `text` is in lower case, with 64 readable bytes before and
  // behind it. `scratch` is kept from call to call to save allocations, one for each thread.
  struct Scratch {
    std::vector<std::uint64_t> dots;
    std::vector<std::uint64_t> digits;
    std::vector<std::pair<PatternNumber, std::size_t>> matches;
  };
  template <class OnMatch>
  void scan(std::string_view text, Scratch& scratch, OnMatch on_match) const {
    find(text, scratch);
    for (const auto& [number, end] : scratch.matches) on_match(number, end);
  }

  // The table as bytes (base/packed.hpp), and back: false where they end too early. They are used
  // where they stand and must outlive the table; beyond their sizes they are not checked, so keep a
  // checksum.
  void pack(Buffer& out) const;
  bool unpack(Bytes& bytes);

  // Bytes that it holds.
  [[nodiscard]] std::size_t memory() const;

 private:
  // A literal in the table, by its window. They are ordered by bucket, tag, rank, size and text.
  struct Entry {
    std::uint32_t tag = 0;   // more of its window's hash
    std::uint32_t text = 0;  // where it stands in texts_
    PatternNumber number = 0;
    std::uint16_t size = 0;
    std::uint16_t rank = 0;  // where in the literal its anchor is
  };

  struct Placed {
    std::uint64_t hash = 0;
    Entry entry;
  };
  void place(std::vector<Placed> placed);
  void find(std::string_view text, Scratch& scratch) const;
  void find_by_dots(std::string_view text, Scratch& scratch) const;
  void find_by_digits(std::string_view text, Scratch& scratch) const;
  void find_in_digits(std::string_view text, std::size_t begin, std::size_t end,
                      Scratch& scratch) const;
  void find_by_words(std::string_view text, Scratch& scratch) const;
  // Two bits of one word: a third of the chance mistakes of one bit, for the same memory access.
  static std::uint64_t filter_bits(std::uint64_t hash) {
    return std::uint64_t{1} << (hash & 63U) | std::uint64_t{1} << (hash >> 58U);
  }
  [[nodiscard]] bool may_hold(std::uint64_t hash) const {
    const std::uint64_t bits = filter_bits(hash);
    return (filter_[(hash >> 6U) & filter_mask_] & bits) == bits;
  }
  [[nodiscard]] std::uint64_t bucket_of(std::uint64_t hash) const {
    return (hash >> 36U) & bucket_mask_;
  }
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  void look_up(std::string_view text, std::size_t anchor, std::uint64_t hash,
               Scratch& scratch) const;
  void compare(std::string_view text, std::size_t anchor, const Entry* first, const Entry* last,
               Scratch& scratch) const;
  [[nodiscard]] std::string_view text_of(const Entry& entry) const {
    return {texts_.data() + entry.text, entry.size};
  }

  PackedArray<std::uint64_t> filter_;
  std::uint64_t filter_mask_ = 0;       // of its words
  PackedArray<std::uint32_t> buckets_;  // where each begins in entries_, and the end
  std::uint64_t bucket_mask_ = 0;
  PackedArray<Entry> entries_;
  PackedArray<char> texts_;
  std::uint64_t shapes_ = 0;  // which kinds of windows are in use, a bit each
};

}  // namespace evtxhound::match
