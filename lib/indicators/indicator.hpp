// One thing to look for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evtxhound::indicators {

// How an indicator's value is compared with text; docs/indicator-packs.md says what each means.
enum class Kind {
  kDomain,
  kUrl,
  kMd5,
  kSha1,
  kSha256,
  kVersion,
  kFileName,
  kPath,
  kEmail,
  kText,
  kIp,  // an address, or a network as `address/bits`
  kImphash,
  kRegistryKey,
  kSid,
  kGuid,
  kRegex
};

// How much a hit says, in Sigma's words.
enum class Severity { kInformational, kLow, kMedium, kHigh, kCritical };

// The names as packs and the case file write them: "domain", "file_name", "high" …
std::string_view to_string(Kind kind);
std::string_view to_string(Severity severity);
std::optional<Kind> kind_from(std::string_view name);

// The names of all kinds, separated by `, `.
std::string kind_names();
std::optional<Severity> severity_from(std::string_view name);

// An indicator as its pack has it, its value in normal form (hashes and domains in lower case,
// defanged text refanged).
struct Indicator {
  Kind kind = Kind::kText;
  std::string value;
  std::string product;  // for kVersion: the product's names, separated by `|`; else empty
  std::string description;
  Severity severity = Severity::kMedium;
  std::string source;
  std::string pack;  // the name of the pack it came from
  friend bool operator==(const Indicator&, const Indicator&) = default;
};

}  // namespace evtxhound::indicators
