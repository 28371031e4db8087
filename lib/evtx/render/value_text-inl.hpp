// Values as text, compiled once for each SIMD target: included by files that Highway's
// foreach_target compiles over and over, and inlined there. See value_text.hpp for the forms.
//
// UTF-16 is narrowed 16 characters at a time as long as they are ASCII that needs no escape, which
// nearly all are; the others go through write_escaped_unit() one by one. Both may write beyond the
// text into room that TextBuffer::reserve() gave, and the vector loop reads beyond the value, never
// beyond `readable_end`.
#if defined(EVTXHOUND_VALUE_TEXT_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef EVTXHOUND_VALUE_TEXT_INL_HPP
#undef EVTXHOUND_VALUE_TEXT_INL_HPP
#else
#define EVTXHOUND_VALUE_TEXT_INL_HPP
#endif

#include <algorithm>
#include <array>
#include <bit>

#include "evtxhound/evtx/render/escape.hpp"
#include "evtxhound/evtx/render/number_text.hpp"
#include "evtxhound/evtx/render/value_writer.hpp"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
using Units = hn::CappedTag<std::uint16_t, 16>;

// A GUID's bytes, or the digits made of them, in the order of its text; 0x80 is none.
using GuidShuffle = std::array<std::uint8_t, 16>;
inline constexpr std::uint8_t kNo = 0x80;
inline constexpr GuidShuffle kGuidOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
inline constexpr GuidShuffle kHexDigits = {'0', '1', '2', '3', '4', '5', '6', '7',
                                           '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
// Of the text behind the brace, characters 0 to 15: eight digits, dash, four digits, dash, two.
inline constexpr GuidShuffle kGuidText1 = {0, 1, 2, 3, 4, 5, 6, 7, kNo, 8, 9, 10, 11, kNo, 12, 13};
inline constexpr GuidShuffle kGuidDashes1 = {0, 0, 0, 0, 0, 0, 0, 0, '-', 0, 0, 0, 0, '-', 0, 0};
// Characters 16 to 31: two digits, dash, four digits, dash, eight digits.
inline constexpr GuidShuffle kGuidText2 = {14,  15,  kNo, kNo, kNo, kNo, kNo, kNo,
                                           kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo};
inline constexpr GuidShuffle kGuidText3 = {kNo, kNo, kNo, 0, 1, 2, 3,  kNo,
                                           4,   5,   6,   7, 8, 9, 10, 11};
inline constexpr GuidShuffle kGuidDashes2 = {0, 0, '-', 0, 0, 0, 0, '-', 0, 0, 0, 0, 0, 0, 0, 0};
// Characters 32 to 35.
inline constexpr GuidShuffle kGuidText4 = {12,  13,  14,  15,  kNo, kNo, kNo, kNo,
                                           kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo};
#endif

// Room that the vector loop may write to beyond a text's end.
inline constexpr std::size_t kOvershoot = 64;

#if HWY_TARGET != HWY_SCALAR
// Which of these UTF-16 units are for write_escaped_unit(). What JSON only wants a backslash before
// is not among them.
template <Escape E, class V>
HWY_INLINE hn::Mask<Units> needs_escape(V units) {
  const Units d;
  const auto is = [&](char c)
                      HWY_ATTR { return hn::Eq(units, hn::Set(d, static_cast<std::uint16_t>(c))); };
  // All but 0x20 to 0x7f, in one comparison: what is less wraps around.
  auto found = hn::Gt(hn::Sub(units, hn::Set(d, 0x20)), hn::Set(d, 0x5f));
  if constexpr (E == Escape::kXmlText || E == Escape::kXmlAttribute) {
    // `<` and `>` differ in one bit.
    const auto angle = hn::Eq(hn::Or(units, hn::Set(d, 2)), hn::Set(d, '>'));
    found = hn::Or(found, hn::Or(is('&'), angle));
  }
  if constexpr (E == Escape::kXmlAttribute) found = hn::Or(found, hn::Or(is('"'), is('\'')));
  return found;
}

// The mask as one bit for each lane, the first of them lowest. In a register: hn::StoreMaskBits()
// goes through memory, which takes longer than all the rest.
template <class D>
HWY_INLINE std::uint64_t bits_of([[maybe_unused]] D d, hn::Mask<D> mask) {
#if HWY_TARGET == HWY_AVX3_DL
  return mask.raw;
#elif HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4
  return hn::detail::BitsFromMask(mask);
#else
  std::uint64_t bits = 0;
  hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(&bits));
  return bits;
#endif
}

// Shuffles that move a vector's lanes down by so many: those at kMoveDown + n by n.
inline constexpr auto kMoveDown = [] {
  std::array<std::uint8_t, 32> indices{};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    indices[i] = static_cast<std::uint8_t>(i < 16 ? i : 0x80);
  }
  return indices;
}();

// Writes `count` characters of `text` with a backslash before each whose bit in `marks` is set.
template <class D, class V>
HWY_INLINE char* write_backslashed(D narrow, V text, std::uint64_t marks, std::size_t count,
                                   char* out) {
#if HWY_TARGET == HWY_AVX3_DL
  // A backslash before every character, then all of them taken out that are not wanted: no branch.
  static_cast<void>(narrow);
  const __m256i pairs = _mm256_set_m128i(_mm_unpackhi_epi8(_mm_set1_epi8('\\'), text.raw),
                                         _mm_unpacklo_epi8(_mm_set1_epi8('\\'), text.raw));
  const std::uint32_t wanted =
      _pdep_u32(static_cast<std::uint32_t>(marks), 0x55555555U) | 0xAAAAAAAAU;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_maskz_compress_epi8(wanted, pairs));
  return out + count + std::popcount(marks);
#else
  std::size_t done = 0;
  const auto store_rest = [&]() HWY_ATTR {
    const auto moved = hn::TableLookupBytes(text, hn::LoadU(narrow, kMoveDown.data() + done));
    hn::StoreU(moved, narrow, reinterpret_cast<std::uint8_t*>(out));
  };
  for (; marks != 0; marks &= marks - 1) {
    const auto mark = static_cast<std::size_t>(std::countr_zero(marks));
    store_rest();
    out += mark - done;
    *out++ = '\\';
    done = mark;
  }
  store_rest();
  return out + (count - done);
#endif
}

// Writes as much as can be copied, at most 16 units, and moves on behind it. False where the next
// unit is for write_escaped_unit().
template <Escape E>
HWY_INLINE bool write_plain(const std::uint8_t*& in, std::size_t& units, char*& out) {
  const Units d;
  const hn::Repartition<std::uint8_t, Units> raw;
  const hn::Rebind<std::uint8_t, Units> narrow;
  const hn::Rebind<std::int16_t, Units> with_sign;
  const auto text = hn::BitCast(d, hn::LoadU(raw, in));
  const auto bytes = hn::DemoteTo(narrow, hn::BitCast(with_sign, text));
  hn::StoreU(bytes, narrow, reinterpret_cast<std::uint8_t*>(out));
  const std::size_t step = std::min(units, hn::Lanes(d));
  const std::uint64_t all = (std::uint64_t{1} << step) - 1;
  const std::uint64_t stops = bits_of(d, needs_escape<E>(text)) & all;
  // Branches, though arithmetic would do: a guess lets the next text begin at once, where
  // arithmetic makes it wait for what this one comes to.
  std::size_t plain = step;
  if (HWY_UNLIKELY(stops != 0)) plain = static_cast<std::size_t>(std::countr_zero(stops));
  if constexpr (E == Escape::kJson) {
    // Paths are full of what JSON only wants a backslash before.
    const auto marked = hn::Or(hn::Eq(text, hn::Set(d, '"')), hn::Eq(text, hn::Set(d, '\\')));
    const std::uint64_t marks = bits_of(d, marked) & all & ((std::uint64_t{1} << plain) - 1);
    out = marks == 0 ? out + plain : write_backslashed(narrow, bytes, marks, plain, out);
  } else {
    out += plain;
  }
  in += 2 * plain;
  units -= plain;
  return HWY_LIKELY(stops == 0);
}

// Appends UTF-8 text as it stands within a JSON string. What is not ASCII needs no escape.
HWY_INLINE void append_utf8_json(std::string_view utf8, TextBuffer& out) {
  const hn::CappedTag<std::uint8_t, 16> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* in = reinterpret_cast<const std::uint8_t*>(utf8.data());
  std::size_t left = utf8.size();
  char* at = out.reserve(left * kMaxEscapedSize + kOvershoot);
  while (left != 0) {
    const std::size_t step = std::min(left, lanes);
    std::array<std::uint8_t, 16> tail;  // NOLINT(*-member-init): of which `step` bytes count
    if (step != lanes) std::memcpy(tail.data(), in, step);
    const auto text = hn::LoadU(d, step == lanes ? in : tail.data());
    hn::StoreU(text, d, reinterpret_cast<std::uint8_t*>(at));
    const std::uint64_t all = (std::uint64_t{1} << step) - 1;
    const std::uint64_t stops = bits_of(d, hn::Lt(text, hn::Set(d, 0x20))) & all;
    std::size_t plain = step;
    if (HWY_UNLIKELY(stops != 0)) plain = static_cast<std::size_t>(std::countr_zero(stops));
    const auto marked = hn::Or(hn::Eq(text, hn::Set(d, '"')), hn::Eq(text, hn::Set(d, '\\')));
    const std::uint64_t marks = bits_of(d, marked) & ((std::uint64_t{1} << plain) - 1);
    at = marks == 0 ? at + plain : write_backslashed(d, text, marks, plain, at);
    if (plain != step) at = write_escaped<Escape::kJson>(in[plain++], at);
    in += plain;
    left -= plain;
  }
  out.set_end(at);
}
#endif

// write_escaped_unit() on copies, so that the loop around it keeps its own in registers.
template <Escape E>
HWY_INLINE char* escape_unit(const std::uint8_t*& in, std::size_t& units, char* out) {
  const std::uint8_t* at = in;
  std::size_t left = units;
  out = write_escaped_unit<E>(at, left, out);
  in = at;
  units = left;
  return out;
}

// Writes UTF-16LE text, up to its first NUL unless it is not escaped; `out` has room for
// kMaxEscapedSize bytes a unit and kOvershoot.
template <Escape E>
HWY_INLINE char* write_utf16(const std::uint8_t* in, std::size_t units,
                             [[maybe_unused]] const std::uint8_t* readable_end, char* out) {
  while (units != 0) {
#if HWY_TARGET != HWY_SCALAR
    const bool readable = static_cast<std::size_t>(readable_end - in) >= 2 * hn::Lanes(Units());
    if (readable && write_plain<E>(in, units, out)) continue;
#endif
    // Until the text is plain again; scripts other than Latin are long runs of this.
    do {
      if (E != Escape::kNone && (in[0] | in[1]) == 0) return out;
      out = escape_unit<E>(in, units, out);
    } while (units != 0 && (in[1] != 0 || in[0] >= 0x80 || kEscapeTable<E>[in[0]].size != 1));
  }
  return out;
}

template <Escape E>
HWY_INLINE void append_utf16(Bytes text, const std::uint8_t* readable_end, TextBuffer& out) {
  std::size_t units = text.size() / 2;
  if constexpr (E == Escape::kNone) {
    while (units != 0 && load<std::uint16_t>(text, 2 * units - 2) == 0) --units;
  }
  out.set_end(write_utf16<E>(text.data(), units, readable_end,
                             out.reserve(units * kMaxEscapedSize + kOvershoot)));
}

template <Escape E>
HWY_NOINLINE void append_ansi(Bytes text, const ValueWriter& writer, TextBuffer& out) {
  if constexpr (E == Escape::kNone) {
    while (!text.empty() && text.back() == 0) text = text.first(text.size() - 1);
  } else {
    const auto nul = std::find(text.begin(), text.end(), std::uint8_t{0});
    text = text.first(static_cast<std::size_t>(nul - text.begin()));
  }
  if (writer.ansi->is_plain(text)) {
    append_utf8({reinterpret_cast<const char*>(text.data()), text.size()}, E, out);
  } else {
    append_utf8(writer.ansi->decode(text), E, out);
  }
}

// write_guid() of number_text.hpp for a whole vector.
HWY_INLINE char* write_guid_simd(const std::uint8_t* guid, char* out) {
#if HWY_TARGET == HWY_SCALAR
  return write_guid({guid, kGuidSize}, out);
#else
  const hn::FixedTag<std::uint8_t, 16> d;
  const auto constant = [d](const GuidShuffle& bytes)
                            HWY_ATTR { return hn::LoadU(d, bytes.data()); };
  const auto bytes = hn::TableLookupBytes(hn::LoadU(d, guid), constant(kGuidOrder));
  const auto high = hn::ShiftRight<4>(bytes);
  const auto low = hn::And(bytes, hn::Set(d, 0x0f));
  const auto digits = constant(kHexDigits);
  const auto first = hn::TableLookupBytes(digits, hn::InterleaveLower(d, high, low));
  const auto second = hn::TableLookupBytes(digits, hn::InterleaveUpper(d, high, low));
  const auto from = [](auto text, auto shuffle)
                        HWY_ATTR { return hn::TableLookupBytesOr0(text, shuffle); };
  auto* const to = reinterpret_cast<std::uint8_t*>(out);
  hn::StoreU(hn::Or(from(first, constant(kGuidText1)), constant(kGuidDashes1)), d, to + 1);
  hn::StoreU(hn::Or(hn::Or(from(first, constant(kGuidText2)), from(second, constant(kGuidText3))),
                    constant(kGuidDashes2)),
             d, to + 17);
  hn::StoreU(from(second, constant(kGuidText4)), d, to + 33);
  out[0] = '{';
  out[37] = '}';
  return out + kGuidTextSize;
#endif
}

// What follows takes type and bytes apart, so that both travel in registers.

// Writes an integer of any size that integers have, else its bytes; `out` has room for those.
inline HWY_NOINLINE char* write_integer(ValueType type, Bytes bytes, char* out) {
  const auto integer = Value{type, bytes}.integer();
  if (!integer) return write_binary(bytes, out);
  if (is_signed(type)) return write_signed(static_cast<std::int64_t>(*integer), out);
  return write_decimal(*integer, out);
}

inline HWY_NOINLINE char* write_hex_integer(ValueType type, Bytes bytes, char* out) {
  const auto integer = Value{type, bytes}.integer();
  return integer ? write_hex(*integer, out) : write_binary(bytes, out);
}

inline HWY_NOINLINE char* write_bool(ValueType type, Bytes bytes, char* out) {
  const auto integer = Value{type, bytes}.integer();
  if (!integer || *integer > 1) return write_integer(type, bytes, out);
  const std::string_view word = *integer == 1 ? "true" : "false";
  return std::copy(word.begin(), word.end(), out);
}

// Everything but strings and arrays; none of it needs an escape.
HWY_INLINE char* write_scalar(ValueType type, Bytes bytes, ValueWriter& writer, char* out) {
  const std::size_t size = bytes.size();
  switch (type) {
    case ValueType::kUint8:
      if (HWY_LIKELY(size == 1)) return write_decimal(bytes[0], out);
      return write_integer(type, bytes, out);
    case ValueType::kUint16:
      if (HWY_LIKELY(size == 2)) return write_decimal(load<std::uint16_t>(bytes, 0), out);
      return write_integer(type, bytes, out);
    case ValueType::kUint32:
      if (HWY_LIKELY(size == 4)) return write_decimal(load<std::uint32_t>(bytes, 0), out);
      return write_integer(type, bytes, out);
    case ValueType::kUint64:
      if (HWY_LIKELY(size == 8)) return write_decimal(load<std::uint64_t>(bytes, 0), out);
      return write_integer(type, bytes, out);
    case ValueType::kHexInt64:
      if (HWY_LIKELY(size == 8)) return write_hex(load<std::uint64_t>(bytes, 0), out);
      return write_hex_integer(type, bytes, out);
    case ValueType::kHexInt32:
    case ValueType::kSizeT:
      return write_hex_integer(type, bytes, out);
    case ValueType::kInt8:
    case ValueType::kInt16:
    case ValueType::kInt32:
    case ValueType::kInt64:
      return write_integer(type, bytes, out);
    case ValueType::kBool:
      return write_bool(type, bytes, out);
    case ValueType::kFloat:
      if (size == 4) return write_float(load<float>(bytes, 0), out);
      break;
    case ValueType::kDouble:
      if (size == 8) return write_double(load<double>(bytes, 0), out);
      break;
    case ValueType::kGuid:
      if (size == kGuidSize) return write_guid_simd(bytes.data(), out);
      break;
    case ValueType::kFiletime:
      if (size == 8) return writer.time.write(load<std::uint64_t>(bytes, 0), out);
      break;
    case ValueType::kSystemtime:
      if (size == 16) return write_systemtime(bytes, out);
      break;
    case ValueType::kSid:
      return write_sid(bytes, out);
    default:
      break;
  }
  return write_binary(bytes, out);
}

// Room for what write_scalar() writes, and a few characters more: a SID takes at most three
// characters a byte.
HWY_INLINE std::size_t scalar_room(std::size_t size) { return 3 * size + 64; }

// Appends a value that is no array. `readable_end`: see above.
template <Escape E>
HWY_INLINE void append_item(Value value, const std::uint8_t* readable_end, ValueWriter& writer,
                            TextBuffer& out) {
  if (value.type == ValueType::kString) {
    append_utf16<E>(value.bytes, readable_end, out);
  } else if (value.type == ValueType::kAnsiString) {
    append_ansi<E>(value.bytes, writer, out);
  } else if (!value.is_null() && !value.bytes.empty()) {
    out.set_end(write_scalar(value.type, value.bytes, writer,
                             out.reserve(scalar_room(value.bytes.size()))));
  }
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
