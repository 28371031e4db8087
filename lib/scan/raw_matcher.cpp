#include "evtxhound/scan/raw_matcher.hpp"

#include <algorithm>
#include <tuple>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/carve/window.hpp"
#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/confirm.hpp"
#include "evtxhound/scan/raw_tally.hpp"

namespace evtxhound::scan {
namespace {

// So much is looked at at once: what a processor's cache holds.
constexpr std::size_t kBlock = std::size_t{256} << 10U;

// From where a hit begins to where the last of what it was found by does.
constexpr std::size_t kLongestHit = kReach;

// So far away from a place, in characters, something can matter for a border.
constexpr std::size_t kBorders = 1024;

// In bytes, of the source.
constexpr std::uint64_t kCell = 2048;

// Rows of one part, whatever the indicators: some 25 MiB.
constexpr std::size_t kMostRows = 50'000;

constexpr const char* kContext = "Context";

auto place_of(std::uint64_t begin, std::size_t indicator) { return std::pair(begin, indicator); }

bool is_plain(const indicators::Needle& needle) {
  return is_ascii(needle.text) && (!needle.regex || is_ascii(needle.regex->expression)) &&
         std::ranges::all_of(needle.products,
                             [](const std::string& name) { return is_ascii(name); });
}

}  // namespace

evtx::Event raw_event(std::uint64_t offset, std::uint32_t size, std::string context,
                      RawEncoding encoding) {
  evtx::Event event;
  event.byte_offset = offset;
  event.byte_size = size;
  event.data = {{kContext, std::move(context)}, {"Encoding", std::string(to_string(encoding))}};
  return event;
}

bool RawMatcher::may_find(Bytes bytes, std::size_t size) {
  bool found = reads_texts_ && size > 0;
  for (std::size_t at = 0; at < size && !found; at += kBlock) {
    const std::size_t own = std::min(kBlock, size - at);
    text_.assign(bytes.subspan(at, std::min(bytes.size() - at, own + kLongestHit)));
    matcher_.look_for(text_, [&found](std::size_t, std::size_t) { found = true; });
  }
  return found;
}

void RawMatcher::find(const ByteSource& source, std::uint64_t begin, std::uint64_t end,
                      const TakenBytes& taken, std::span<const Place> known, ChunkRows& rows) {
  constexpr std::size_t kContextBytes = 2 * kContextUnits;
  evtx::Window window(source, {0, source.size()}, kReach, kLongestHit + kReach + kContextBytes);
  end = std::min(end, window.run().end);
  listed_.clear();
  listed_in_all_ = 0;
  std::vector<Problem> unread;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t next = at + std::min<std::uint64_t>(kBlock, end - at);
    window.move(at, next, unread);
    unread.clear();
    const Bytes held = window.bytes();
    const Block block{held, {window.offset(), window.offset() + held.size()}, {at, next}, &taken};
    look(block);
    store(block, known, rows);
    at = next;
  }
}

void RawMatcher::look(const Block& block) {
  hits_.clear();
  regex_ = {};
  const auto first = static_cast<std::size_t>(block.own.begin - block.run.begin);
  const std::size_t size =
      std::min(block.bytes.size() - first,
               static_cast<std::size_t>(block.own.end - block.own.begin) + kLongestHit);
  const Bytes looked_at = block.bytes.subspan(first, size);
  text_.assign(looked_at);
  matcher_.look_for(text_, [&](std::size_t indicator, std::size_t end) {
    confirm(block, indicator, block.own.begin + text_.offset_in(looked_at, end - 1));
  });
  if (reads_texts_) look_in_texts(block, looked_at);
}

void RawMatcher::look_in_texts(const Block& block, Bytes looked_at) {
  for (const RawEncoding encoding : {RawEncoding::kUtf8, RawEncoding::kUtf16}) {
    each_text(looked_at, encoding, indicators::kShortestText,
              [&](std::size_t begin, const std::string& text) {
                matcher_.look_for_unseen(text, [&](std::size_t indicator, std::size_t end) {
                  confirm(block, indicator,
                          block.own.begin + begin + (end - 1) * unit_size(encoding));
                });
              });
  }
}

// Looks at the place where the last byte stands of what could be an indicator.
void RawMatcher::confirm(const Block& block, std::size_t indicator, std::uint64_t at) {
  const auto free = block.taken->free_around(at, block.run);
  if (!free) return;
  const Bytes bytes = block.bytes.subspan(static_cast<std::size_t>(free->begin - block.run.begin),
                                          static_cast<std::size_t>(free->end - free->begin));
  const auto place = static_cast<std::size_t>(at - free->begin);
  take_needle(indicator);
  const auto try_as = [&](std::size_t unit, RawEncoding encoding) {
    return confirm(bytes, free->begin, unit, encoding, block, indicator);
  };
  const auto zero_at = [&](std::size_t i) { return i < bytes.size() && bytes[i] == 0; };
  if (alphabet_ == RawAlphabet::kAscii) {
    const bool wide = zero_at(place + 1) && (place == 0 || zero_at(place - 1));
    try_as(place, wide ? RawEncoding::kUtf16 : RawEncoding::kUtf8);
    return;
  }
  // The byte can be either one of a character of two.
  if (try_as(place, RawEncoding::kWindows1252) || try_as(place, RawEncoding::kUtf16)) return;
  if (place > 0) try_as(place - 1, RawEncoding::kUtf16);
}

// Whether the needle stands there, be it in a hit that is of another block.
bool RawMatcher::confirm(Bytes free, std::uint64_t base, std::size_t at, RawEncoding encoding,
                         const Block& block, std::size_t indicator) {
  if (needle_.kind == indicators::Kind::kRegex) {
    confirm_regex(free, base, at, encoding, block, indicator);
    return false;
  }
  const std::size_t reach = std::min(kMostReach, kBorders + needle_.text.size());
  auto around = text_around(free, at, encoding, alphabet_, {reach, reach});
  auto hit = around ? hit_in(*around, base, indicator) : std::nullopt;
  if (!hit) return false;
  if (is_of(block, *hit, base + at)) hits_.push_back(std::move(*hit));
  return true;
}

// A regex has one hit in a value. That ends here with the cell that the place is in, and somewhat
// beside it: so a long text, each character of which may end a match, has few.
void RawMatcher::confirm_regex(Bytes free, std::uint64_t base, std::size_t at, RawEncoding encoding,
                               const Block& block, std::size_t indicator) {
  const std::uint64_t place = base + at;
  const std::uint64_t cell = place / kCell;
  const bool known = regex_.indicator == indicator && regex_.cell == cell &&
                     place >= regex_.text.begin && place < regex_.text.end;
  if (!known) {
    const auto in_cell = static_cast<std::size_t>(place % kCell);
    const std::size_t unit = unit_size(encoding);
    auto around = text_around(free, at, encoding, alphabet_,
                              {kBorders + in_cell / unit, kBorders + (kCell - in_cell) / unit});
    if (!around) return;
    const evtx::ByteRun text{base + around->begin, base + around->offset_of(around->text.size())};
    auto hit = hit_in(*around, base, indicator);
    if (!hit) return;  // from another place there may be one
    regex_ = {indicator, cell, text, std::move(hit)};
  }
  // What begins behind the place is found from another one.
  if (!regex_.hit || regex_.hit->begin > place || !is_of(block, *regex_.hit, place)) return;
  hits_.push_back(std::move(*regex_.hit));
  regex_.hit.reset();
}

// The needle's hit in a text, found from its place.
std::optional<RawMatcher::Hit> RawMatcher::hit_in(RawText& around, std::uint64_t base,
                                                  std::size_t indicator) {
  std::string& value = event_.data[0].value;
  std::swap(value, around.text);
  const auto range = indicators::confirm(needle_, event_, 0, around.place);
  std::swap(value, around.text);
  if (!range) return std::nullopt;
  return Hit{base + around.offset_of(range->begin), base + around.offset_of(range->end),
             around.encoding, indicator,
             around.text.substr(range->begin, range->end - range->begin)};
}

// Whether a hit that was found from a place is the block's to tell.
bool RawMatcher::is_of(const Block& block, const Hit& hit, std::uint64_t place) {
  return hit.begin >= block.own.begin && hit.begin < block.own.end &&
         place < hit.begin + kLongestHit;
}

void RawMatcher::take_needle(std::size_t indicator) {
  if (needle_of_ == indicator) return;
  needle_ = set_->needle(indicator);
  needle_of_ = indicator;
  alphabet_ = is_plain(needle_) ? RawAlphabet::kAscii : RawAlphabet::kAll;
}

// Makes rows of the block's hits.
void RawMatcher::store(const Block& block, std::span<const Place> known, ChunkRows& rows) {
  std::ranges::sort(hits_, {}, [](const Hit& hit) {
    return std::tuple(hit.begin, hit.indicator, hit.encoding, hit.end);
  });
  const auto same = [](const Hit& a, const Hit& b) {
    return place_of(a.begin, a.indicator) == place_of(b.begin, b.indicator);
  };
  hits_.erase(std::unique(hits_.begin(), hits_.end(), same), hits_.end());
  std::erase_if(hits_, [&](const Hit& hit) {
    if (std::ranges::binary_search(known, Place{hit.indicator, hit.begin})) return true;
    std::uint64_t& count = listed_[hit.indicator];
    const bool listed = count < kMostListed && listed_in_all_ < kMostRows;
    if (listed) {
      ++count;
      ++listed_in_all_;
    } else {
      ++rows.left_out[hit.indicator];
    }
    return !listed;
  });
  for (auto first = hits_.begin(); first != hits_.end();) {
    const auto last = std::find_if(
        first, hits_.end(), [begin = first->begin](const Hit& hit) { return hit.begin != begin; });
    add_event(block, {first, last}, rows);
    first = last;
  }
}

// Adds the event of hits that begin at one place.
void RawMatcher::add_event(const Block& block, std::span<const Hit> hits, ChunkRows& rows) {
  const Hit& first = hits.front();
  std::uint64_t end = first.end;
  for (const Hit& hit : hits) end = std::max(end, hit.end);
  const auto free = block.taken->free_around(first.begin, block.run);
  if (!free) return;  // never: a hit stands in no record
  end = context_end(end, free->end - end, first.encoding);
  const Bytes bytes = block.bytes.subspan(static_cast<std::size_t>(free->begin - block.run.begin),
                                          static_cast<std::size_t>(free->end - free->begin));
  const auto size = static_cast<std::uint32_t>(end - first.begin);
  std::string context =
      context_of(bytes, static_cast<std::size_t>(first.begin - free->begin), size, first.encoding);
  StoredEvent stored;
  stored.row = row_maker_.make(raw_event(first.begin, size, std::move(context), first.encoding),
                               casefile::SourceType::kRaw, casefile::State::kCarved);
  for (const Hit& hit : hits) {
    stored.hits.push_back(
        {static_cast<casefile::RowId>(hit.indicator), kContext, hit.matched, hit.begin});
  }
  rows.events.push_back(std::move(stored));
}

}  // namespace evtxhound::scan
