#include "record_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::tool {
namespace {

// A number, or `otherwise` where there is none.
std::optional<std::uint64_t> number_or(std::string_view text, std::uint64_t otherwise) {
  if (text.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<evtx::IdRange> parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (text.empty() || text == "-") return std::nullopt;
  if (dash == std::string_view::npos) {
    const auto id = number_or(text, 0);
    if (!id) return std::nullopt;
    return evtx::IdRange{*id, *id};
  }
  const auto first = number_or(text.substr(0, dash), 0);
  const auto last = number_or(text.substr(dash + 1), std::numeric_limits<std::uint64_t>::max());
  if (!first || !last || *first > *last) return std::nullopt;
  return evtx::IdRange{*first, *last};
}

}  // namespace

RecordRanges::RecordRanges(std::string_view text) {
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    const auto range = parse_range(part);
    if (!range) {
      throw Failure(ExitStatus::kUsage,
                    fmt::format("--records: '{}' is no record id and no range such as 10-20, -20 "
                                "or 10-",
                                part));
    }
    ranges_.push_back(*range);
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

bool RecordRanges::contain(std::uint64_t record_id) const {
  return ranges_.empty() || std::ranges::any_of(ranges_, [record_id](const evtx::IdRange& range) {
           return range.first <= record_id && record_id <= range.last;
         });
}

}  // namespace evtxhound::tool
