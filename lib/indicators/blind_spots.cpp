#include "evtxhound/indicators/blind_spots.hpp"

#include <algorithm>
#include <array>

#include "evtxhound/base/packed.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::indicators {
namespace {

using evtx::Value;
using evtx::ValueType;

constexpr std::size_t kAnyLength = ~std::size_t{0};
// What is rendered for half a surrogate pair, whichever it was.
constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kHex = "0123456789abcdef";

// The text that values of a type render as, where they have the size that their type asks for; a
// survey leaves records with any other to be read.
struct Rendering {
  ValueType type;
  std::string_view characters;            // in lower case
  std::size_t longest = kAnyLength;       // text
  std::size_t longest_part = kAnyLength;  // of it between dashes
};

constexpr std::array kRenderings = {
    Rendering{ValueType::kInt8, "-0123456789", 4},
    Rendering{ValueType::kUint8, "0123456789", 3},
    Rendering{ValueType::kInt16, "-0123456789", 6},
    Rendering{ValueType::kUint16, "0123456789", 5},
    Rendering{ValueType::kInt32, "-0123456789", 11},
    Rendering{ValueType::kUint32, "0123456789", 10},
    Rendering{ValueType::kInt64, "-0123456789", 20},
    Rendering{ValueType::kUint64, "0123456789", 20},
    Rendering{ValueType::kFloat, "-+.0123456789e#qnaifd", 32},
    Rendering{ValueType::kDouble, "-+.0123456789e#qnaifd", 32},
    Rendering{ValueType::kBool, "-0123456789abcdeftruls", 20},  // of odd sizes, it is bytes
    Rendering{ValueType::kBinary, kHex},
    Rendering{ValueType::kGuid, "{}-0123456789abcdef", 38, 13},
    Rendering{ValueType::kSizeT, "0x123456789abcdef", 18},
    Rendering{ValueType::kFiletime, "-:.tz0123456789", 28},
    Rendering{ValueType::kSystemtime, "-:.tz0123456789", 28},
    Rendering{ValueType::kSid, "-sx0123456789abcdef", kAnyLength, 15},  // an authority of 48 bits
    Rendering{ValueType::kHexInt32, "0x123456789abcdef", 18},
    Rendering{ValueType::kHexInt64, "0x123456789abcdef", 18},
};

std::size_t longest_part(std::string_view text) {
  std::size_t longest = 0;
  while (true) {
    const std::size_t dash = std::min(text.find('-'), text.size());
    longest = std::max(longest, dash);
    if (dash == text.size()) return longest;
    text.remove_prefix(dash + 1);
  }
}

bool can_render(const Rendering& rendering, std::string_view text) {
  // Numbers and times have one dot at the most, and nothing else has any.
  return std::ranges::count(text, '.') <= 1 && text.size() <= rendering.longest &&
         longest_part(text) <= rendering.longest_part &&
         text.find_first_not_of(rendering.characters) == std::string_view::npos;
}

std::uint64_t hash_of(ValueType type, Bytes bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ static_cast<std::uint64_t>(type);
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

// A SID as far as it is rendered: without its count, which can claim more than is there.
Buffer rendered_part(Bytes sid) {
  constexpr std::size_t kFixed = 8;
  if (sid.size() < kFixed) return {sid.begin(), sid.end()};
  const std::size_t there = (sid.size() - kFixed) / 4;
  const std::size_t size = kFixed + 4 * std::min<std::size_t>(there, sid[1]);
  Buffer part(sid.begin(), sid.begin() + static_cast<std::ptrdiff_t>(size));
  part[1] = 0;
  return part;
}

bool is_hash_kind(Kind kind) {
  return kind == Kind::kMd5 || kind == Kind::kSha1 || kind == Kind::kSha256 ||
         kind == Kind::kImphash;
}

}  // namespace

BlindSpots::Cost BlindSpots::add(const Needle& needle, const std::vector<Anchor>& anchors) {
  // An address or a network never is in the text of one such value, nor is a path or a key.
  if (needle.kind == Kind::kIp || needle.kind == Kind::kRegistryKey) return Cost::kNothing;
  if (needle.kind == Kind::kGuid) {
    if (const auto guid = evtx::writer::parse_guid(needle.text)) {
      add_exact(ValueType::kGuid, Bytes(*guid));
      return Cost::kNothing;
    }
  }
  if (needle.kind == Kind::kSid) {
    if (const auto sid = evtx::writer::parse_sid(needle.text)) {
      add_exact(ValueType::kSid, rendered_part(*sid));
      return Cost::kNothing;
    }
  }
  Cost cost = Cost::kNothing;
  for (const Anchor& anchor : anchors) {
    if (anchor.text.find(kReplacement) != std::string::npos) {
      everywhere_ = true;
      cost = Cost::kEverything;
    } else if (!anchor.is_expression) {
      cost = std::max(cost, add_text(ascii_lower(anchor.text), is_hash_kind(needle.kind)));
    } else if (needle.kind == Kind::kRegex || !is_ascii(anchor.text)) {
      everywhere_ = true;
      cost = Cost::kEverything;
    }
  }
  return cost;
}

BlindSpots::Cost BlindSpots::add_text(std::string_view text, bool is_hash) {
  Cost cost = Cost::kNothing;
  for (const Rendering& rendering : kRenderings) {
    const bool looked_up = is_hash && rendering.type == ValueType::kBinary;
    if (looked_up || !can_render(rendering, text)) continue;
    rendered_.add(rendering.type);
    cost = Cost::kSomeTypes;
  }
  // Items of arrays are separated by commas where they make up one text.
  if (text.find(',') != std::string_view::npos) {
    rendered_.add(array_of(ValueType::kString));
    rendered_.add(array_of(ValueType::kAnsiString));
  }
  if (!is_hash) return cost;
  if (const auto bytes = evtx::writer::parse_hex(text)) add_exact(ValueType::kBinary, *bytes);
  return cost;
}

void BlindSpots::add_exact(ValueType type, Bytes bytes) {
  exact_.add(type);
  keys_.push_back(hash_of(type, bytes));
}

void BlindSpots::seal() {
  std::ranges::sort(keys_);
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
}

bool BlindSpots::may_be(const Value& value) const {
  const Buffer sid = value.type == ValueType::kSid ? rendered_part(value.bytes) : Buffer();
  const Bytes bytes = value.type == ValueType::kSid ? Bytes(sid) : value.bytes;
  return std::ranges::binary_search(keys_, hash_of(value.type, bytes));
}

void BlindSpots::pack(Buffer& out) const {
  pack_value(out, std::uint8_t{everywhere_});
  pack_value(out, rendered_);
  pack_value(out, exact_);
  pack_array(out, std::span<const std::uint64_t>(keys_));
}

bool BlindSpots::unpack(Bytes& bytes) {
  std::uint8_t everywhere = 0;
  std::span<const std::uint64_t> keys;
  const bool whole = unpack_value(bytes, everywhere) && unpack_value(bytes, rendered_) &&
                     unpack_value(bytes, exact_) && unpack_array(bytes, keys);
  everywhere_ = everywhere != 0;
  keys_.assign(keys.begin(), keys.end());
  return whole;
}

}  // namespace evtxhound::indicators
