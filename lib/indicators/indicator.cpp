#include "evtxhound/indicators/indicator.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

constexpr std::array kKinds{
    std::pair{Kind::kDomain, "domain"sv},
    std::pair{Kind::kUrl, "url"sv},
    std::pair{Kind::kMd5, "md5"sv},
    std::pair{Kind::kSha1, "sha1"sv},
    std::pair{Kind::kSha256, "sha256"sv},
    std::pair{Kind::kVersion, "version"sv},
    std::pair{Kind::kFileName, "file_name"sv},
    std::pair{Kind::kPath, "path"sv},
    std::pair{Kind::kEmail, "email"sv},
    std::pair{Kind::kText, "text"sv},
    std::pair{Kind::kIp, "ip"sv},
    std::pair{Kind::kImphash, "imphash"sv},
    std::pair{Kind::kRegistryKey, "registry_key"sv},
    std::pair{Kind::kSid, "sid"sv},
    std::pair{Kind::kGuid, "guid"sv},
    std::pair{Kind::kRegex, "regex"sv},
};

constexpr std::array kSeverities{
    std::pair{Severity::kInformational, "informational"sv},
    std::pair{Severity::kLow, "low"sv},
    std::pair{Severity::kMedium, "medium"sv},
    std::pair{Severity::kHigh, "high"sv},
    std::pair{Severity::kCritical, "critical"sv},
};

template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [value](const auto& entry) { return entry.first == value; });
  return found != names.end() ? found->second : "unknown"sv;
}

template <class Value, class Names>
std::optional<Value> named(const Names& names, std::string_view name) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [name](const auto& entry) { return entry.second == name; });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

}  // namespace

std::string_view to_string(Kind kind) { return name_of(kKinds, kind); }
std::string_view to_string(Severity severity) { return name_of(kSeverities, severity); }
std::optional<Kind> kind_from(std::string_view name) { return named<Kind>(kKinds, name); }

std::string kind_names() {
  std::string names;
  for (const auto& entry : kKinds) {
    if (!names.empty()) names += ", ";
    names += entry.second;
  }
  return names;
}

std::optional<Severity> severity_from(std::string_view name) {
  return named<Severity>(kSeverities, name);
}

}  // namespace evtxhound::indicators
