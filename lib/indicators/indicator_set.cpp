#include "evtxhound/indicators/indicator_set.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/packed.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {
namespace {

using match::Pattern;

// The patterns of all needles, by what they are for.
struct Patterns {
  std::vector<Pattern> anywhere;
  std::vector<Pattern> values;
  std::vector<Pattern> raw;

  void add(match::PatternNumber number, Anchor anchor) {
    if (!anchor.is_expression) {
      Pattern pattern{number, std::move(anchor.text), Pattern::Syntax::kLiteral};
      if (is_ascii(pattern.text)) {
        anywhere.push_back(std::move(pattern));
        return;
      }
      raw.push_back({number, match::stripped_literal(pattern.text), Pattern::Syntax::kExpression});
      values.push_back(std::move(pattern));
      return;
    }
    // Raw bytes are in lower case, which only expressions in any case can bear; BlindSpots takes
    // care of the others.
    const bool any_case = anchor.text.starts_with("(?i)") && is_ascii(anchor.text);
    (any_case ? anywhere : values)
        .push_back({number, std::move(anchor.text), Pattern::Syntax::kExpression});
  }
};

// Says which indicators make a scan slow, up to a few.
void note_cost(const Indicator& indicator, BlindSpots::Cost cost, PackSummary& pack) {
  constexpr std::size_t kMostNotes = 100;
  if (cost == BlindSpots::Cost::kNothing || pack.notes.size() >= kMostNotes) return;
  const std::string_view what =
      cost == BlindSpots::Cost::kEverything
          ? "no fixed text to look for: every record is read for it, which is slow"
          : "can be part of a number, a time or an identifier: every record with such a value is "
            "read for it, which is slow";
  pack.notes.push_back(fmt::format("{}: warning: {} \"{}\": {}", pack.path,
                                   to_string(indicator.kind), indicator.value, what));
}

void pack_summary(Buffer& out, const PackSummary& pack) {
  pack_text(out, pack.name);
  pack_text(out, pack.path);
  pack_text(out, pack.sha256);
  pack_value(out, pack.indicators);
  pack_each(out, pack.notes, pack_text);
}

bool unpack_summary(Bytes& bytes, PackSummary& pack) {
  return unpack_text(bytes, pack.name) && unpack_text(bytes, pack.path) &&
         unpack_text(bytes, pack.sha256) && unpack_value(bytes, pack.indicators) &&
         unpack_each(bytes, pack.notes, unpack_text);
}

}  // namespace

IndicatorSet::IndicatorSet(std::span<const Pack> packs) {
  Patterns patterns;
  std::size_t i = 0;
  packs_.reserve(packs.size());  // its elements are referred to
  for (const Pack& pack : packs) {
    PackSummary& summary = packs_.emplace_back(
        PackSummary{pack.name, pack.path, pack.sha256, pack.indicators.size(), {}});
    for (const PackNote& note : pack.notes) summary.notes.push_back(format_note(pack, note));
    for (const Indicator& indicator : pack.indicators) {
      store_.add(indicator);
      const Needle needle = make_needle(indicator);
      if (needle.kind == Kind::kRegex) regexes_.emplace(i, needle);
      std::vector<Anchor> all = anchors(needle);
      note_cost(indicator, blind_spots_.add(needle, all), summary);
      for (Anchor& anchor : all) {
        patterns.add(static_cast<match::PatternNumber>(i), std::move(anchor));
      }
      ++i;
    }
  }
  store_.seal();
  blind_spots_.seal();
  anywhere_ = match::Database::compile(patterns.anywhere);
  values_ = match::Database::compile(patterns.values);
  raw_ = match::Database::compile(patterns.raw);
}

Needle IndicatorSet::needle(std::size_t i) const {
  if (store_.kind(i) == Kind::kRegex) return regexes_.at(i);
  return make_needle(store_.at(i));
}

bool IndicatorSet::has_unseen_text() const {
  return std::ranges::any_of(regexes_, [](const auto& regex) { return regex.second.text.empty(); });
}

void IndicatorSet::set_paths(std::span<const std::string> paths) {
  for (std::size_t i = 0; i < packs_.size(); ++i) packs_[i].path = paths[i];
}

Buffer IndicatorSet::serialize() const {
  Buffer out;
  pack_value(out, std::uint64_t{packs_.size()});
  for (const PackSummary& pack : packs_) pack_summary(out, pack);
  store_.pack(out);
  blind_spots_.pack(out);
  for (const match::Database* database : {&anywhere_, &values_, &raw_}) database->pack(out);
  return out;
}

std::optional<IndicatorSet> IndicatorSet::deserialize(Bytes bytes,
                                                      std::shared_ptr<const void> owner) {
  IndicatorSet set;
  set.owner_ = std::move(owner);
  std::uint64_t packs = 0;
  if (!unpack_value(bytes, packs)) return std::nullopt;
  for (std::uint64_t i = 0; i < packs; ++i) {
    if (!unpack_summary(bytes, set.packs_.emplace_back())) return std::nullopt;
  }
  const bool whole = set.store_.unpack(bytes) && set.blind_spots_.unpack(bytes) &&
                     set.anywhere_.unpack(bytes) && set.values_.unpack(bytes) &&
                     set.raw_.unpack(bytes) && bytes.empty();
  if (!whole) return std::nullopt;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.store_.kind(i) == Kind::kRegex) set.regexes_.emplace(i, make_needle(set.indicator(i)));
  }
  return set;
}

}  // namespace evtxhound::indicators
