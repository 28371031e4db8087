#include "evtxhound/indicators/pack_builder.hpp"

#include <fmt/format.h>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/validate.hpp"

namespace evtxhound::indicators {
namespace {

// FNV-1a, over ASCII letters in lower case.
std::size_t mixed(std::size_t hash, std::string_view text, bool any_case) {
  constexpr std::uint64_t kPrime = 0x100000001B3;
  for (char c : text) {
    if (any_case && c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    hash = static_cast<std::size_t>((hash ^ static_cast<unsigned char>(c)) * kPrime);
  }
  return hash;
}

}  // namespace

std::size_t PackBuilder::Hash::operator()(std::uint32_t index) const {
  const Indicator& indicator = pack->indicators[index];
  const std::size_t start = 0xCBF29CE484222325U + static_cast<std::size_t>(indicator.kind);
  return mixed(mixed(start, indicator.value, indicator.kind != Kind::kRegex), indicator.product,
               true);
}

bool PackBuilder::Equal::operator()(std::uint32_t a, std::uint32_t b) const {
  const Indicator& one = pack->indicators[a];
  const Indicator& other = pack->indicators[b];
  if (one.kind != other.kind || !ascii_iequals(one.product, other.product)) return false;
  return one.kind == Kind::kRegex ? one.value == other.value
                                  : ascii_iequals(one.value, other.value);
}

PackBuilder::PackBuilder(Pack& pack) : pack_(&pack), seen_(0, Hash{&pack}, Equal{&pack}) {}

void PackBuilder::note_wrong(PackPlace place, std::string message) {
  pack_->notes.push_back({PackNote::Weight::kWrong, place.line, place.column, std::move(message)});
}

void PackBuilder::note_doubtful(PackPlace place, std::string message) {
  pack_->notes.push_back(
      {PackNote::Weight::kDoubtful, place.line, place.column, std::move(message)});
}

void PackBuilder::note_left_out(PackPlace place, std::string_view what) {
  note_doubtful(place, fmt::format("not supported: {}: left out", what));
}

void PackBuilder::add(Kind kind, std::string_view value, PackPlace place,
                      IndicatorDetails details) {
  Validated validated = validate(kind, value);
  for (std::string& doubt : validated.doubtful) note_doubtful(place, std::move(doubt));
  if (!validated.wrong.empty()) return note_wrong(place, std::move(validated.wrong));
  add_valid(
      {kind, std::move(validated.value), std::move(details.product), std::move(details.description),
       details.severity, std::move(details.source), pack_->name},
      place);
}

void PackBuilder::add_valid(Indicator indicator, PackPlace place) {
  const auto index = static_cast<std::uint32_t>(pack_->indicators.size());
  pack_->indicators.push_back(std::move(indicator));
  const auto [first, is_new] = seen_.insert(index);
  if (is_new) {
    lines_.push_back(place.line);
    return;
  }
  pack_->indicators.pop_back();
  note_doubtful(place, fmt::format("duplicate of line {}: left out", lines_[*first]));
}

bool PackBuilder::is_blank() const { return pack_->indicators.empty() && pack_->notes.empty(); }

}  // namespace evtxhound::indicators
