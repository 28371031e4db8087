// The two engines held against each other: what each makes of one record, and why they differ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::evtx {

// Why two readings of a record differ. docs/verify.md says of each which engine is right.
enum class DifferenceClass : std::uint8_t {
  kLibevtxCannotRead,  // "libevtx-cannot-read": the native reader can
  kNativeCannotRead,   // "native-cannot-read": libevtx can
  kNullLeftOut,        // "null-left-out": libevtx shows an empty field where the value is null
  kTextBehindNul,      // "text-behind-nul": libevtx ends a string at an embedded NUL
  kNumberFormat,       // "number-format": the same number, written otherwise
  kCharacters,         // "characters": equal but for what one of them cannot hold, such as lone
                       // surrogates, control characters and what lies above U+FFFF
  kMarkupInText,  // "markup-in-text": libevtx does not escape `<` and `&` of a value, so that its
                  // XML has elements that the record has not
  kBool,          // "bool": neither 0 nor 1, which libevtx takes for true
  kSeveralElements,  // "several-elements": libevtx keeps the first element of a value that holds
                     // several, and so loses a forwarded event's RenderingInfo
  kWhiteSpace,       // "white-space": a value of nothing else, which libevtx's XML cannot tell from
                     // its own layout
  kUnexplained,      // "unexplained"
};

std::string_view to_string(DifferenceClass why);

// One place where the readings differ.
struct Difference {
  DifferenceClass why = DifferenceClass::kUnexplained;
  std::string field;    // the field's name; empty for the record as a whole
  std::string native;   // its value, or why the record cannot be read
  std::string libevtx;  // likewise
};

// Compares the readings of one record: ids, times, the System fields and the data fields by name,
// order and value. The case of a GUID's digits, the zeros before a hexadecimal number, and digits
// of a time beyond its seventh say nothing and are no difference. A record that neither can read is
// none either.
std::vector<Difference> compare_readings(const Result<Event>& native, const Result<Event>& libevtx);

}  // namespace evtxhound::evtx
