#include "evtxhound/indicators/confirm.hpp"

#include "evtxhound/indicators/host_rule.hpp"
#include "evtxhound/indicators/ip_rule.hpp"
#include "evtxhound/indicators/path_rule.hpp"
#include "evtxhound/indicators/registry_rule.hpp"
#include "evtxhound/indicators/token_rule.hpp"
#include "evtxhound/indicators/version_rule.hpp"

namespace evtxhound::indicators {
namespace {

// A regex has one hit in a value. Where a text stands in all of its matches, that is looked for
// first: it costs less.
std::optional<Range> confirm_regex(const Needle& needle, std::string_view value, std::size_t end) {
  if (!find_start(needle, value, end)) return std::nullopt;
  const auto found = needle.regex->compiled.leftmost(value);
  return found ? std::optional(Range{found->begin, found->end}) : std::nullopt;
}

// The kinds whose whole text ends at `end`.
std::optional<Range> confirm_text(const Needle& needle, const evtx::Event& event,
                                  std::optional<std::size_t> field, std::size_t end) {
  const std::string_view value = value_of(event, field);
  const auto start = find_start(needle, value, end);
  if (!start) return std::nullopt;
  const Range found{*start, end};
  switch (needle.kind) {
    case Kind::kDomain:
      return confirm_domain(value, found);
    case Kind::kUrl:
      return confirm_url(needle, value, found);
    case Kind::kMd5:
    case Kind::kSha1:
    case Kind::kSha256:
      return confirm_hash(value, found);
    case Kind::kImphash:
      return confirm_imphash(field ? event.data[*field].name : std::string_view(), value, found);
    case Kind::kSid:
      return confirm_sid(value, found);
    case Kind::kGuid:
      return confirm_guid(value, found);
    case Kind::kVersion:
      return confirm_version(needle, event, field, found);
    case Kind::kEmail:
      return confirm_email(value, found);
    default:
      return found;
  }
}

}  // namespace

std::string_view value_of(const evtx::Event& event, std::optional<std::size_t> field) {
  return field ? event.data[*field].value : event.computer;
}

std::optional<Range> confirm(const Needle& needle, const evtx::Event& event,
                             std::optional<std::size_t> field, std::size_t end) {
  const std::string_view value = value_of(event, field);
  switch (needle.kind) {
    case Kind::kFileName:
      return confirm_file_name(needle, value, end);
    case Kind::kPath:
      return confirm_path(needle, value, end);
    case Kind::kRegistryKey:
      return confirm_registry_key(needle, value, end);
    case Kind::kIp:
      return confirm_ip(needle.network, value, end);
    case Kind::kRegex:
      return confirm_regex(needle, value, end);
    default:
      return confirm_text(needle, event, field, end);
  }
}

}  // namespace evtxhound::indicators
