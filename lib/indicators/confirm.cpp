#include "evtxhound/indicators/confirm.hpp"

#include "evtxhound/indicators/host_rule.hpp"
#include "evtxhound/indicators/path_rule.hpp"
#include "evtxhound/indicators/version_rule.hpp"

namespace evtxhound::indicators {
namespace {

// A hash stands alone or behind `0x`; it is no part of a longer number or word.
std::optional<Range> confirm_hash(std::string_view value, Range found) {
  if (alphanumeric_after(value, found.end)) return std::nullopt;
  const bool after_0x = found.begin >= 2 && ascii_iequals(value.substr(found.begin - 2, 2), "0x") &&
                        !alphanumeric_before(value, found.begin - 2);
  if (!after_0x && alphanumeric_before(value, found.begin)) return std::nullopt;
  return found;
}

}  // namespace

std::string_view value_of(const evtx::Event& event, std::optional<std::size_t> field) {
  return field ? event.data[*field].value : event.computer;
}

std::optional<Range> confirm(const Needle& needle, const evtx::Event& event,
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
    case Kind::kVersion:
      return confirm_version(needle, event, field, found);
    case Kind::kFileName:
      return confirm_file_name(value, found);
    case Kind::kPath:
      return confirm_path(needle, value, found);
    case Kind::kEmail:
      return confirm_email(value, found);
    case Kind::kText:
      return found;
  }
  return std::nullopt;
}

}  // namespace evtxhound::indicators
