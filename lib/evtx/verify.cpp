#include "evtxhound/evtx/verify.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::evtx {
namespace {

bool is_guid(std::string_view text) {
  if (text.size() != 38 || text.front() != '{' || text.back() != '}') return false;
  return std::ranges::all_of(text.substr(1, 36), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool same_time(std::string_view a, std::string_view b) {
  const auto first = parse_iso8601(a);
  return first && first == parse_iso8601(b);
}

// Hexadecimal numbers, padded with zeros by the one and not by the other.
std::optional<std::string_view> hex_digits(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0', 2), text.size()));
  return text;
}

bool same_hex(std::string_view a, std::string_view b) {
  const auto first = hex_digits(a);
  const auto second = hex_digits(b);
  return first && second && ascii_iequals(*first, *second);
}

bool same(std::string_view native, std::string_view libevtx) {
  if (same_hex(native, libevtx)) return true;
  if (native == libevtx || same_time(native, libevtx)) return true;
  return is_guid(native) && is_guid(libevtx) && ascii_iequals(native, libevtx);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The six significant digits that libevtx writes of a float.
bool same_number(std::string_view a, std::string_view b) {
  if (a.find_first_of(".e") == std::string_view::npos &&
      b.find_first_of(".e") == std::string_view::npos) {
    return false;
  }
  const auto first = number(a);
  const auto second = number(b);
  if (!first || !second) return false;
  return std::abs(*first - *second) <= std::abs(*first) * 1e-6;
}

// A size_t, which libevtx writes in decimal.
bool same_integer(std::string_view native, std::string_view libevtx) {
  if (!native.starts_with("0x")) return false;
  const auto parse = [](std::string_view text, int base) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
  };
  const auto first = parse(native.substr(2), 16);
  return first && first == parse(libevtx, 10);
}

// Whether a value is text with markup in it, which libevtx writes as it is: its XML then has
// elements that the record has not.
bool has_markup(std::string_view value) {
  return value.find('<') != std::string_view::npos || value.find('&') != std::string_view::npos;
}

// The characters that every engine can hold.
std::string plain_part(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '_') plain += c;
  }
  return plain;
}

bool has_more_than_plain(std::string_view text) { return plain_part(text).size() != text.size(); }

DifferenceClass explain(const std::string& native, const std::string& libevtx) {
  if (native.size() > libevtx.size() && native.starts_with(libevtx) &&
      native[libevtx.size()] == '\0') {
    return DifferenceClass::kTextBehindNul;
  }
  if (libevtx == "true" && number(native).value_or(0) > 1) return DifferenceClass::kBool;
  if (same_number(native, libevtx) || same_integer(native, libevtx))
    return DifferenceClass::kNumberFormat;
  const bool characters = has_more_than_plain(native) && has_more_than_plain(libevtx);
  if (characters && plain_part(native) == plain_part(libevtx)) return DifferenceClass::kCharacters;
  return DifferenceClass::kUnexplained;
}

// Why libevtx has no such field.
DifferenceClass explain_missing(const Field& field) {
  if (has_markup(field.value)) return DifferenceClass::kMarkupInText;
  if (field.name.starts_with("RenderingInfo.")) return DifferenceClass::kSeveralElements;
  return DifferenceClass::kUnexplained;
}

class Comparison {
 public:
  void text(std::string_view field, const std::string& native, const std::string& libevtx) {
    if (same(native, libevtx)) return;
    const bool null = native.empty() && trim(libevtx).empty();
    add(null ? DifferenceClass::kNullLeftOut : explain(native, libevtx), field, native, libevtx);
  }

  template <class T>
  void number(std::string_view field, const T& native, const T& libevtx) {
    if (native == libevtx) return;
    add(DifferenceClass::kUnexplained, field, text_of(native), text_of(libevtx));
  }

  // Field by field; where the names part, an empty field of libevtx is one that the native reader
  // left out.
  void fields(const std::vector<Field>& native, const std::vector<Field>& libevtx) {
    std::string markup;  // all values that have some
    for (const Field& field : native) {
      if (has_markup(field.value)) markup += field.value + '\0';
    }
    std::size_t i = 0;
    for (const Field& other : libevtx) {
      const bool same_name = i < native.size() && native[i].name == other.name;
      if (same_name && same(native[i].value, other.value)) {
        ++i;
      } else if (same_name && has_markup(native[i].value) &&
                 native[i].value.find(other.value) != std::string::npos) {
        add(DifferenceClass::kMarkupInText, other.name, native[i].value, other.value);
        ++i;
      } else if (!same_name && !markup.empty() && markup.find(other.value) != std::string::npos) {
        add(DifferenceClass::kMarkupInText, other.name, "", other.value);
      } else if (same_name && other.value.empty() && !native[i].value.empty() &&
                 trim(native[i].value).empty()) {
        add(DifferenceClass::kWhiteSpace, other.name, native[i].value, "");
        ++i;
      } else if (trim(other.value).empty()) {
        add(DifferenceClass::kNullLeftOut, other.name, "", other.value);
      } else if (same_name) {
        add(explain(native[i].value, other.value), other.name, native[i].value, other.value);
        ++i;
      } else {
        add(DifferenceClass::kUnexplained, other.name, "", other.value);
      }
    }
    for (; i < native.size(); ++i) {
      add(explain_missing(native[i]), native[i].name, native[i].value, "");
    }
  }

  void add(DifferenceClass why, std::string_view field, std::string native, std::string libevtx) {
    found_.push_back({why, std::string(field), std::move(native), std::move(libevtx)});
  }

  std::vector<Difference> take() { return std::move(found_); }

 private:
  static std::string text_of(const std::optional<std::uint32_t>& value) {
    return value ? std::to_string(*value) : std::string();
  }
  static std::string text_of(std::uint64_t value) { return std::to_string(value); }

  std::vector<Difference> found_;
};

}  // namespace

std::string_view to_string(DifferenceClass why) {
  switch (why) {
    case DifferenceClass::kLibevtxCannotRead:
      return "libevtx-cannot-read";
    case DifferenceClass::kNativeCannotRead:
      return "native-cannot-read";
    case DifferenceClass::kNullLeftOut:
      return "null-left-out";
    case DifferenceClass::kTextBehindNul:
      return "text-behind-nul";
    case DifferenceClass::kNumberFormat:
      return "number-format";
    case DifferenceClass::kCharacters:
      return "characters";
    case DifferenceClass::kMarkupInText:
      return "markup-in-text";
    case DifferenceClass::kBool:
      return "bool";
    case DifferenceClass::kSeveralElements:
      return "several-elements";
    case DifferenceClass::kWhiteSpace:
      return "white-space";
    case DifferenceClass::kUnexplained:
      return "unexplained";
  }
  return "unexplained";
}

std::vector<Difference> compare_readings(const Result<Event>& native,
                                         const Result<Event>& libevtx) {
  Comparison comparison;
  if (native && !libevtx) {
    comparison.add(DifferenceClass::kLibevtxCannotRead, "", "", libevtx.problem().message);
  }
  if (!native && libevtx) {
    comparison.add(DifferenceClass::kNativeCannotRead, "", native.problem().message, "");
  }
  if (!native || !libevtx) return comparison.take();
  comparison.number("record id", native->record_id, libevtx->record_id);
  comparison.number("time written", native->time_written, libevtx->time_written);
  comparison.text("TimeCreated", native->time_created, libevtx->time_created);
  comparison.text("Provider", native->provider, libevtx->provider);
  comparison.text("Channel", native->channel, libevtx->channel);
  comparison.text("Computer", native->computer, libevtx->computer);
  comparison.text("Security.UserID", native->user_sid, libevtx->user_sid);
  comparison.text("Correlation.ActivityID", native->activity_id, libevtx->activity_id);
  comparison.text("Keywords", native->keywords, libevtx->keywords);
  comparison.number("EventID", native->event_code, libevtx->event_code);
  comparison.number("Version", native->version, libevtx->version);
  comparison.number("Level", native->level, libevtx->level);
  comparison.number("Task", native->task, libevtx->task);
  comparison.number("Opcode", native->opcode, libevtx->opcode);
  comparison.number("Execution.ProcessID", native->process_id, libevtx->process_id);
  comparison.number("Execution.ThreadID", native->thread_id, libevtx->thread_id);
  comparison.fields(native->data, libevtx->data);
  return comparison.take();
}

}  // namespace evtxhound::evtx
