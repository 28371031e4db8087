#include "evtxhound/scan/notable_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace evtxhound::scan {
namespace {

struct Notable {
  std::uint32_t event_code;
  std::string_view provider;
  FindingKind kind;
};

// 1100 and 6006 come with every shutdown, too; what stands around them tells.
constexpr std::array<Notable, 6> kNotable{{
    {1102, "Microsoft-Windows-Eventlog", FindingKind::kLogCleared},
    {104, "Microsoft-Windows-Eventlog", FindingKind::kLogCleared},
    {517, "Security", FindingKind::kLogCleared},  // of Windows before Vista, in converted logs
    {4719, "Microsoft-Windows-Security-Auditing", FindingKind::kAuditChanged},
    {1100, "Microsoft-Windows-Eventlog", FindingKind::kLogStopped},
    {6006, "EventLog", FindingKind::kLogStopped},
}};

const Notable* find(std::uint32_t event_code, std::string_view provider) {
  const auto found = std::ranges::find_if(kNotable, [&](const Notable& notable) {
    return notable.event_code == event_code && notable.provider == provider;
  });
  return found == kNotable.end() ? nullptr : &*found;
}

std::string field_of(const evtx::Event& event, std::string_view name) {
  const std::string* const value = event.find(name);
  return value == nullptr ? std::string() : *value;
}

// "by CORP\alice", as far as the event names who did it.
std::string by_whom(const evtx::Event& event) {
  const std::string user = field_of(event, "SubjectUserName");
  if (user.empty()) return event.user_sid.empty() ? "" : " by " + event.user_sid;
  const std::string domain = field_of(event, "SubjectDomainName");
  return " by " + (domain.empty() ? user : domain + "\\" + user);
}

// Windows' numbers for what was done to an audit policy.
std::string changes_of(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kChanges{{
      {"%%8448", "success removed"},
      {"%%8449", "success added"},
      {"%%8450", "failure removed"},
      {"%%8451", "failure added"},
  }};
  for (const auto& [number, words] : kChanges) {
    const std::size_t at = text.find(number);
    if (at != std::string::npos) text.replace(at, number.size(), words);
  }
  return text;
}

std::string detail_of(const evtx::Event& event, FindingKind kind) {
  switch (kind) {
    case FindingKind::kLogCleared: {
      const std::string channel = field_of(event, "Channel");
      return fmt::format("log {} cleared{}", channel.empty() ? event.channel : channel,
                         by_whom(event));
    }
    case FindingKind::kAuditChanged:
      return fmt::format("audit policy {} changed{}: {}", field_of(event, "SubcategoryGuid"),
                         by_whom(event), changes_of(field_of(event, "AuditPolicyChanges")));
    default:
      return "the event log service stopped";
  }
}

}  // namespace

bool is_notable_event(const evtx::Survey& survey) {
  const std::uint32_t code = survey.event_code.value_or(0);
  const auto has_code = [code](const Notable& notable) { return notable.event_code == code; };
  if (std::ranges::none_of(kNotable, has_code)) return false;
  return find(code, survey.provider.text()) != nullptr;
}

std::optional<Finding> finding_of(const evtx::Event& event) {
  if (!event.event_code) return std::nullopt;
  const Notable* const notable = find(*event.event_code, event.provider);
  if (notable == nullptr) return std::nullopt;
  Finding finding{notable->kind, event.byte_offset, {}, {}, 0, event.time_written};
  finding.detail = fmt::format("{} {}: {}, {}", event.channel, *event.event_code,
                               detail_of(event, notable->kind), event.time_created);
  finding.records = {event.record_id, event.record_id};
  return finding;
}

}  // namespace evtxhound::scan
