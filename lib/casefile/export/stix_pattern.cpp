#include "evtxhound/casefile/export/stix_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::casefile::stix {
namespace {

// A string constant of the pattern language (STIX 2.1, 9.3).
std::string constant(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

bool has_any(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

Pattern stix(const std::string& comparison) { return {"[" + comparison + "]", "stix"}; }

Pattern equal(std::string_view property, const std::string& value) {
  return stix(fmt::format("{} = {}", property, constant(value)));
}

// A text as it stands, whatever its case; with `wildcards`, * and ? stand for what is no separator.
Pattern literal(const std::string& text, bool wildcards = false) {
  std::string out = "(?i)";
  for (const char c : text) {
    if (wildcards && c == '*') {
      out += R"([^\\/]*)";
    } else if (wildcards && c == '?') {
      out += R"([^\\/])";
    } else {
      if (has_any(std::string_view(&c, 1), "\\^$.|?*+()[]{}#-")) out += '\\';
      out += c;
    }
  }
  return {out, "pcre"};
}

Pattern domain(const std::string& value) {
  const std::string same = fmt::format("domain-name:value = {}", constant(value));
  // Names below it count too. LIKE has no way to say that _ is a letter.
  if (has_any(value, "%_")) return stix(same);
  return stix(same + " OR domain-name:value LIKE " + constant("%." + value));
}

Pattern file_name(std::string value) {
  if (!has_any(value, "*?")) return equal("file:name", value);
  if (has_any(value, "%_")) return literal(value, true);  // which LIKE cannot say
  std::replace(value.begin(), value.end(), '*', '%');
  std::replace(value.begin(), value.end(), '?', '_');
  return stix("file:name LIKE " + constant(value));
}

// STIX writes hives in full.
Pattern registry_key(const std::string& value) {
  return equal("windows-registry-key:key", full_hive(value));
}

Pattern ip(const std::string& value) {
  const bool v6 = value.find(':') != std::string::npos;
  const bool network = value.find('/') != std::string::npos;
  return stix(fmt::format("{}:value {} {}", v6 ? "ipv6-addr" : "ipv4-addr",
                          network ? "ISSUBSET" : "=", constant(value)));
}

Pattern version(const std::string& value, const std::string& product) {
  const std::string same = fmt::format("software:version = {}", constant(value));
  std::string names;
  for (std::size_t at = 0; at < product.size();) {
    const std::size_t end = std::min(product.find('|', at), product.size());
    names += fmt::format("{}software:name = {}", names.empty() ? "" : " OR ",
                         constant(product.substr(at, end - at)));
    at = end + 1;
  }
  return stix(names.empty() ? same : "(" + names + ") AND " + same);
}

// A path falls into folder and name where it is whole; one that begins within a path, or has
// wildcards, does not.
Pattern path(const std::string& value) {
  const bool whole = value.size() > 3 && value[1] == ':' && !has_any(value, "*?");
  const std::size_t slash = value.find_last_of("\\/");
  if (!whole || slash == std::string::npos || slash + 1 == value.size()) {
    return literal(value, true);
  }
  return stix(fmt::format("file:name = {} AND file:parent_directory_ref.path = {}",
                          constant(value.substr(slash + 1)), constant(value.substr(0, slash))));
}

}  // namespace

std::string full_hive(const std::string& key) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHives = {
      {{"HKLM", "HKEY_LOCAL_MACHINE"},
       {"HKU", "HKEY_USERS"},
       {"HKCU", "HKEY_CURRENT_USER"},
       {"HKCR", "HKEY_CLASSES_ROOT"}}};
  const std::size_t end = std::min(key.find('\\'), key.size());
  for (const auto& [brief, full] : kHives) {
    if (ascii_iequals(std::string_view(key).substr(0, end), brief)) {
      return std::string(full) + key.substr(end);
    }
  }
  return key;
}

Pattern pattern_of(std::string_view kind, const std::string& value, const std::string& product) {
  if (kind == "domain") return domain(value);
  if (kind == "url") return equal("url:value", value);
  if (kind == "md5") return equal("file:hashes.MD5", value);
  if (kind == "sha1") return equal("file:hashes.'SHA-1'", value);
  if (kind == "sha256") return equal("file:hashes.'SHA-256'", value);
  if (kind == "imphash") {
    return equal("file:extensions.'windows-pebinary-ext'.imphash", value);
  }
  if (kind == "version") return version(value, product);
  if (kind == "file_name") return file_name(value);
  if (kind == "path") return path(value);
  if (kind == "email") return equal("email-addr:value", value);
  if (kind == "ip") return ip(value);
  if (kind == "registry_key") return registry_key(value);
  if (kind == "sid") return equal("user-account:user_id", value);
  if (kind == "regex") return {value, "pcre"};
  return literal(value);
}

}  // namespace evtxhound::casefile::stix
