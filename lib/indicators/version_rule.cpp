#include "evtxhound/indicators/version_rule.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

// The fields that say whose version a version field has.
struct VersionField {
  std::string_view name;
  std::span<const std::string_view> subjects;
  bool of_file = false;  // also the file name of ImageLoaded, or else of Image
};

constexpr std::array kFileSubjects{"Product"sv, "Description"sv, "OriginalFileName"sv};
constexpr std::array kProductSubjects{"ProductName"sv, "Product"sv,        "ProgramName"sv,
                                      "Name"sv,        "DisplayName"sv,    "PackageName"sv,
                                      "AppName"sv,     "ApplicationName"sv};
constexpr std::array kAppSubjects{"AppName"sv, "ApplicationName"sv};
constexpr std::array kModuleSubjects{"ModuleName"sv};

constexpr std::array kVersionFields{
    VersionField{"FileVersion", kFileSubjects, true},
    VersionField{"AppVersion", kAppSubjects},
    VersionField{"ApplicationVersion", kAppSubjects},
    VersionField{"ModuleVersion", kModuleSubjects},
    VersionField{"ProductVersion", kProductSubjects},
    VersionField{"ProgramVersion", kProductSubjects},
    VersionField{"PackageVersion", kProductSubjects},
    VersionField{"DisplayVersion", kProductSubjects},
    VersionField{"Version", kProductSubjects},
};

// Words that may stand between a product and its version.
constexpr std::array kFillers{"v"sv,   "ver"sv, "version"sv,     "build"sv,         "release"sv,
                              "app"sv, "exe"sv, "fileversion"sv, "productversion"sv};
constexpr std::size_t kLongestGap = 48;  // in bytes, between a product and its version

bool is_filler(std::string_view word) {
  return std::any_of(kFillers.begin(), kFillers.end(),
                     [word](std::string_view filler) { return ascii_iequals(filler, word); });
}

// Where the word (letters and digits) starts that ends at `end`; `end` where there is none.
std::size_t word_begin(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at > 0 && end - at <= kLongestGap) {
    const CodePoint c = code_point_before(text, at);
    if (!is_alphanumeric(c.value)) break;
    at -= c.size;
  }
  return at;
}

bool is_digit(CodePoint c) { return c.size != 0 && c.value >= U'0' && c.value <= U'9'; }

// Whether the number at `found` is a whole version: no part of a longer number or version.
// `v18.12.416` and the further part of `18.12.416.0` are fine.
bool is_whole_version(std::string_view text, Range found) {
  if (is_digit(char_after(text, found.end))) return false;
  const CodePoint before = char_before(text, found.begin);
  if (before.size == 0) return true;
  if (before.value == U'.') return !is_digit(char_before(text, found.begin - before.size));
  if (!is_alphanumeric(before.value)) return true;
  if (before.size > 1) return false;
  const std::size_t word = word_begin(text, found.begin);
  return is_filler(text.substr(word, found.begin - word));
}

// Whether `product` ends at `end` of the value, as a whole word.
bool product_ends_at(std::string_view value, std::size_t end, std::string_view product) {
  const auto start = find_start(product, value, end);
  return start && !alphanumeric_before(value, *start) && !alphanumeric_after(value, end);
}

bool any_product_ends_at(const Needle& needle, std::string_view text, std::size_t end) {
  return std::any_of(
      needle.products.begin(), needle.products.end(),
      [&](const std::string& product) { return product_ends_at(text, end, product); });
}

bool names_product(const Needle& needle, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    at += code_point_at(text, at).size;
    if (any_product_ends_at(needle, text, at)) return true;
  }
  return false;
}

std::string_view file_name_of(std::string_view path) {
  const auto separator = path.find_last_of("\\/");
  return separator == std::string_view::npos ? path : path.substr(separator + 1);
}

// Rule 1. Field names are the same in any case; a name that repeats counts each time.
bool siblings_name_product(const Needle& needle, const evtx::Event& event,
                           const VersionField& version_field) {
  const auto has = [&](std::string_view name, auto part) {
    return std::any_of(event.data.begin(), event.data.end(), [&](const evtx::Field& field) {
      return ascii_iequals(field.name, name) && names_product(needle, part(field.value));
    });
  };
  const auto whole = [](std::string_view value) { return value; };
  const bool named = std::any_of(version_field.subjects.begin(), version_field.subjects.end(),
                                 [&](std::string_view subject) { return has(subject, whole); });
  if (named || !version_field.of_file) return named;
  return has(event.find("ImageLoaded") != nullptr ? "ImageLoaded"sv : "Image"sv, file_name_of);
}

// Rule 2: all of the value is the version, its further parts and words such as "version".
bool is_only_version(std::string_view text, Range found) {
  const auto front = trim(text.substr(0, found.begin));
  const auto back = trim(text.substr(found.end));
  return (front.empty() || is_filler(front)) &&
         back.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool previous_data_names_product(const Needle& needle, const evtx::Event& event, std::size_t field,
                                 Range found) {
  if (field == 0 || event.data[field].name != "Data" || event.data[field - 1].name != "Data") {
    return false;
  }
  return is_only_version(event.data[field].value, found) &&
         names_product(needle, event.data[field - 1].value);
}

// Rule 3.
bool product_stands_before(const Needle& needle, std::string_view text, std::size_t version) {
  std::size_t at = version;
  while (at > 0 && version - at <= kLongestGap) {
    if (any_product_ends_at(needle, text, at)) return true;
    const std::size_t word = word_begin(text, at);
    if (word == at) {
      at -= code_point_before(text, at).size;
    } else if (is_filler(text.substr(word, at - word))) {
      at = word;
    } else {
      return false;
    }
  }
  return false;
}

}  // namespace

std::optional<Range> confirm_version(const Needle& needle, const evtx::Event& event,
                                     std::optional<std::size_t> field, Range found) {
  const std::string_view text = field ? event.data[*field].value : event.computer;
  if (!is_whole_version(text, found)) return std::nullopt;
  if (product_stands_before(needle, text, found.begin)) return found;
  if (!field) return std::nullopt;
  if (previous_data_names_product(needle, event, *field, found)) return found;
  const auto version_field =
      std::find_if(kVersionFields.begin(), kVersionFields.end(), [&](const VersionField& entry) {
        return ascii_iequals(entry.name, event.data[*field].name);
      });
  const bool named =
      version_field != kVersionFields.end() && siblings_name_product(needle, event, *version_field);
  return named ? std::optional(found) : std::nullopt;
}

}  // namespace evtxhound::indicators
