#include "evtxhound/base/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evtxhound/evtx/render/value_text.cpp"
#include "hwy/foreach_target.h"

#include "evtxhound/evtx/render/value_text-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {
namespace {

template <Escape E>
void append_as(Value value, ValueWriter& writer, TextBuffer& out) {
  const std::uint8_t* const end = value.bytes.data() + value.bytes.size();
  if (!value.is_array()) return append_item<E>(value, end, writer, out);
  ArrayItems items(value);
  bool first = true;
  while (const auto item = items.next()) {
    if (!first) out.append(',');
    first = false;
    append_item<E>(*item, end, writer, out);
  }
}

void append_value_simd(Value value, Escape escape, ValueWriter& writer, TextBuffer& out) {
  switch (escape) {
    case Escape::kNone:
      return append_as<Escape::kNone>(value, writer, out);
    case Escape::kXmlText:
      return append_as<Escape::kXmlText>(value, writer, out);
    case Escape::kXmlAttribute:
      return append_as<Escape::kXmlAttribute>(value, writer, out);
    case Escape::kJson:
      return append_as<Escape::kJson>(value, writer, out);
  }
}

#if HWY_TARGET != HWY_SCALAR
void append_json_simd(std::string_view utf8, TextBuffer& out) { append_utf8_json(utf8, out); }
#else
void append_json_simd(std::string_view utf8, TextBuffer& out) {
  append_utf8_as<Escape::kJson>(utf8, out);
}
#endif

}  // namespace
}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "evtxhound/base/simd_dispatch.hpp"

namespace evtxhound::evtx {
void append_value(Value value, Escape escape, ValueWriter& writer, TextBuffer& out) {
  EVTXHOUND_DISPATCH(append_value_simd)(value, escape, writer, out);
}

void append_utf8(std::string_view utf8, Escape escape, TextBuffer& out) {
  switch (escape) {
    case Escape::kNone:
      return out.append(utf8);
    case Escape::kXmlText:
      return append_utf8_as<Escape::kXmlText>(utf8, out);
    case Escape::kXmlAttribute:
      return append_utf8_as<Escape::kXmlAttribute>(utf8, out);
    case Escape::kJson:
      return EVTXHOUND_DISPATCH(append_json_simd)(utf8, out);
  }
}

}  // namespace evtxhound::evtx
#endif
