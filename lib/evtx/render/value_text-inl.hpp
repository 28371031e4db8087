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

#include "evtxhound/evtx/render/escape.hpp"
#include "evtxhound/evtx/render/number_text.hpp"
#include "evtxhound/evtx/render/value_writer.hpp"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
using Units = hn::CappedTag<std::uint16_t, 16>;
#endif

// Room that the vector loop may write to beyond a text's end.
inline constexpr std::size_t kOvershoot = 64;

#if HWY_TARGET != HWY_SCALAR
// Which of these UTF-16 units cannot be copied as they are.
template <Escape E, class V>
HWY_INLINE hn::Mask<Units> needs_care(V units) {
  const Units d;
  const auto is = [&](char c)
                      HWY_ATTR { return hn::Eq(units, hn::Set(d, static_cast<std::uint16_t>(c))); };
  // 0x20 to 0x7f, in one comparison: what is less wraps around.
  auto care = hn::Gt(hn::Sub(units, hn::Set(d, 0x20)), hn::Set(d, 0x5f));
  if constexpr (E == Escape::kJson) care = hn::Or(care, hn::Or(is('"'), is('\\')));
  if constexpr (E == Escape::kXmlText || E == Escape::kXmlAttribute) {
    // `<` and `>` differ in one bit.
    const auto angle = hn::Eq(hn::Or(units, hn::Set(d, 2)), hn::Set(d, '>'));
    care = hn::Or(care, hn::Or(is('&'), angle));
  }
  if constexpr (E == Escape::kXmlAttribute) care = hn::Or(care, hn::Or(is('"'), is('\'')));
  return care;
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
  hn::StoreU(hn::DemoteTo(narrow, hn::BitCast(with_sign, text)), narrow,
             reinterpret_cast<std::uint8_t*>(out));
  const std::size_t step = std::min(units, hn::Lanes(d));
  const auto first = static_cast<std::size_t>(hn::FindFirstTrue(d, needs_care<E>(text)));
  const std::size_t plain = std::min(step, first);  // none found is the largest number
  in += 2 * plain;
  out += plain;
  units -= plain;
  return plain == step;
}
#endif

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
      out = write_escaped_unit<E>(in, units, out);
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
  append_utf8(writer.ansi->decode(text), E, out);
}

// Writes an integer of any size that integers have, else its bytes; `out` has room for those.
HWY_INLINE char* write_integer(Value value, char* out) {
  const auto integer = value.integer();
  if (!integer) return write_binary(value.bytes, out);
  if (is_signed(value.type)) return write_signed(static_cast<std::int64_t>(*integer), out);
  return write_decimal(*integer, out);
}

HWY_INLINE char* write_bool(Value value, char* out) {
  const auto integer = value.integer();
  if (!integer || *integer > 1) return write_integer(value, out);
  const std::string_view word = *integer == 1 ? "true" : "false";
  return std::copy(word.begin(), word.end(), out);
}

// Everything but strings and arrays; none of it needs an escape.
HWY_INLINE char* write_scalar(Value value, ValueWriter& writer, char* out) {
  const std::size_t size = value.bytes.size();
  switch (value.type) {
    case ValueType::kInt8:
    case ValueType::kUint8:
    case ValueType::kInt16:
    case ValueType::kUint16:
    case ValueType::kInt32:
    case ValueType::kInt64:
    case ValueType::kUint64:
      return write_integer(value, out);
    case ValueType::kUint32:
      if (HWY_LIKELY(size == 4)) return write_decimal(load<std::uint32_t>(value.bytes, 0), out);
      return write_integer(value, out);
    case ValueType::kBool:
      return write_bool(value, out);
    case ValueType::kSizeT:
    case ValueType::kHexInt32:
    case ValueType::kHexInt64:
      if (const auto integer = value.integer()) return write_hex(*integer, out);
      break;
    case ValueType::kFloat:
      if (size == 4) return write_float(load<float>(value.bytes, 0), out);
      break;
    case ValueType::kDouble:
      if (size == 8) return write_double(load<double>(value.bytes, 0), out);
      break;
    case ValueType::kGuid:
      if (size == kGuidSize) return write_guid(value.bytes, out);
      break;
    case ValueType::kFiletime:
      if (size == 8) return writer.time.write(load<std::uint64_t>(value.bytes, 0), out);
      break;
    case ValueType::kSystemtime:
      if (size == 16) return write_systemtime(value.bytes, out);
      break;
    case ValueType::kSid:
      return write_sid(value.bytes, out);
    default:
      break;
  }
  return write_binary(value.bytes, out);
}

// Room for what write_scalar() writes: a SID takes at most three characters a byte.
HWY_INLINE std::size_t scalar_room(Value value) { return 3 * value.bytes.size() + 64; }

// Appends a value that is no array. `readable_end`: see above.
template <Escape E>
HWY_INLINE void append_item(Value value, const std::uint8_t* readable_end, ValueWriter& writer,
                            TextBuffer& out) {
  if (value.type == ValueType::kString) {
    append_utf16<E>(value.bytes, readable_end, out);
  } else if (value.type == ValueType::kAnsiString) {
    append_ansi<E>(value.bytes, writer, out);
  } else if (!value.is_null() && !value.bytes.empty()) {
    out.set_end(write_scalar(value, writer, out.reserve(scalar_room(value))));
  }
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
