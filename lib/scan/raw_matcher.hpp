// Indicators in raw bytes outside of records: an attacker's domain in unallocated space, in a page
// file, between the records that were carved.
//
// As in a chunk (chunk_scanner.hpp), the bytes without their zeros are looked at for the
// indicators' texts, in UTF-16LE and in single bytes at any alignment. Each place that comes of it
// is confirmed on the original bytes: what stands around it without a break is a value, which ends
// where a record begins or what is no text, and the rule of the indicator's kind decides, with the
// borders that it has in a field. Rules of Sigma are not asked, since raw bytes have no fields.
//
// A hit depends on what stands within kReach of it and on nothing else, not on where the blocks
// begin in which the bytes are read. Its event is told by the place alone, so that other
// indicators, looked for another time, add hits to it and no second event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/match/stripped_text.hpp"
#include "evtxhound/scan/chunk_rows.hpp"
#include "evtxhound/scan/raw_text.hpp"
#include "evtxhound/scan/taken_bytes.hpp"

namespace evtxhound::scan {

// How far around a place its text is looked at, in code units and in bytes. An indicator that is
// longer is not found; of one of more than 3,072 characters, borders count less far away.
inline constexpr std::size_t kMostReach = 4096;
inline constexpr std::size_t kReach = 2 * kMostReach;

// The event of a place: `size` bytes from `offset` on, of which `context` says what stands there.
evtx::Event raw_event(std::uint64_t offset, std::uint32_t size, std::string context,
                      RawEncoding encoding);

// One per thread. REQUIRES: the set outlives it.
class RawMatcher {
 public:
  explicit RawMatcher(const indicators::IndicatorSet& set)
      : set_(&set), matcher_(set), reads_texts_(set.has_unseen_text()) {}

  // Whether some place in [0, size) of the bytes could be, or could begin, a hit; what stands
  // behind that may go on into the next bytes. REQUIRES: size <= bytes.size()
  bool may_find(Bytes bytes, std::size_t size);

  // A hit that is known: an indicator, and the offset where its text begins.
  using Place = std::pair<std::size_t, std::uint64_t>;

  // Adds to `rows` an event, with its hits, for each place in [begin, end) of the source at which
  // indicators stand outside of the taken bytes, in the order of places, but for `known` hits
  // (sorted). Of one indicator kMostListed, of all together some more; the rest is counted in
  // rows.left_out. What cannot be read counts as zeros: whoever carves it says so.
  // REQUIRES: `taken` knows all records that reach within kReach of [begin, end + kReach)
  void find(const ByteSource& source, std::uint64_t begin, std::uint64_t end,
            const TakenBytes& taken, std::span<const Place> known, ChunkRows& rows);

 private:
  struct Hit {
    std::uint64_t begin = 0;  // from the start of the source
    std::uint64_t end = 0;
    RawEncoding encoding = RawEncoding::kUtf8;
    std::size_t indicator = 0;
    std::string matched;
  };

  // The bytes at hand.
  struct Block {
    Bytes bytes;
    evtx::ByteRun run;  // where they stand in the source
    evtx::ByteRun own;  // the hits that begin there are the block's
    const TakenBytes* taken = nullptr;
  };

  // The text in which a regex was looked for last, and its hit there: the same from each place.
  struct RegexText {
    std::size_t indicator = static_cast<std::size_t>(-1);
    std::uint64_t cell = 0;
    evtx::ByteRun text;
    std::optional<Hit> hit;  // absent once it was taken
  };

  void look(const Block& block);
  void look_in_texts(const Block& block, Bytes looked_at);
  void confirm(const Block& block, std::size_t indicator, std::uint64_t at);
  bool confirm(Bytes free, std::uint64_t base, std::size_t at, RawEncoding encoding,
               const Block& block, std::size_t indicator);
  void confirm_regex(Bytes free, std::uint64_t base, std::size_t at, RawEncoding encoding,
                     const Block& block, std::size_t indicator);
  std::optional<Hit> hit_in(RawText& around, std::uint64_t base, std::size_t indicator);
  static bool is_of(const Block& block, const Hit& hit, std::uint64_t place);
  void take_needle(std::size_t indicator);
  void store(const Block& block, std::span<const Place> known, ChunkRows& rows);
  void add_event(const Block& block, std::span<const Hit> hits, ChunkRows& rows);

  const indicators::IndicatorSet* set_;
  indicators::Matcher matcher_;
  bool reads_texts_;  // whether all text has to be looked at for what has no fixed text
  match::StrippedText text_;
  casefile::EventRowMaker row_maker_;
  evtx::Event event_ = raw_event(0, 0, {}, RawEncoding::kUtf8);  // to be confirmed in
  indicators::Needle needle_;                                    // of the last candidate
  std::size_t needle_of_ = static_cast<std::size_t>(-1);
  RawAlphabet alphabet_ = RawAlphabet::kAscii;   // of the needle
  RegexText regex_;                              // of the block at hand
  std::vector<Hit> hits_;                        // of the block at hand
  std::map<std::size_t, std::uint64_t> listed_;  // of the part at hand, by indicator
  std::size_t listed_in_all_ = 0;
};

}  // namespace evtxhound::scan
