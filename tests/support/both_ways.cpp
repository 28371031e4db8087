#include "tests/support/both_ways.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::test {
namespace {

std::string describe(const FoundHit& hit) {
  return fmt::format("event {} record {} {} indicator {} {}=\"{}\" at {}", hit.event_offset,
                     hit.record_id, hit.state == casefile::State::kLive ? "live" : "recovered",
                     hit.indicator, hit.field, hit.matched, hit.offset.value_or(0));
}
const std::string& describe(const std::string& line) { return line; }

// The first item that one of them lacks, or that stands in another place.
template <class Item>
std::string first_difference(std::string_view what, const std::vector<Item>& looked,
                             const std::vector<Item>& exhaustive) {
  const auto [a, b] =
      std::mismatch(looked.begin(), looked.end(), exhaustive.begin(), exhaustive.end());
  if (a == looked.end() && b == exhaustive.end()) return {};
  return fmt::format("{} {} of {} by a look, {} exhaustively:\n  look:       {}\n  exhaustive: {}",
                     what, a - looked.begin(), looked.size(), exhaustive.size(),
                     a == looked.end() ? "-" : describe(*a),
                     b == exhaustive.end() ? "-" : describe(*b));
}

std::string quoted_field(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace

Found scan_log(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
               const std::filesystem::path& log, bool exhaustive) {
  scan::ChunkScannerOptions options;
  options.exhaustive = exhaustive;
  scan::ChunkScanner scanner(set, templates, options);
  const std::uint64_t chunks = evtx::chunk_count(std::filesystem::file_size(log));
  const scan::ChunkRows rows =
      scanner.scan(evidence::file_piece(log, evidence::Kind::kEvtx), 0, chunks);
  Found found;
  found.events_read = rows.events_read;
  for (const scan::StoredEvent& stored : rows.events) {
    for (const casefile::HitRow& hit : stored.hits) {
      found.hits.push_back({stored.row.byte_offset, stored.row.record_id, stored.row.state,
                            hit.indicator, hit.field, hit.matched, hit.byte_offset});
    }
  }
  for (const Problem& problem : rows.problems) {
    found.problems.push_back(fmt::format("{} at {}: {}", to_string(problem.kind),
                                         problem.offset.value_or(0), problem.message));
  }
  for (const scan::ChunkTrace& trace : rows.traces) {
    for (const scan::Finding& finding : trace.findings) {
      found.findings.push_back(fmt::format("{} at {}: {}", to_string(finding.kind),
                                           finding.offset.value_or(0), finding.detail));
    }
  }
  for (const casefile::CensusRow& row : rows.census) {
    found.census.push_back(fmt::format("{} / {} / {}: {}, {} to {}", row.channel, row.provider,
                                       row.event_code ? std::to_string(*row.event_code) : "none",
                                       row.count, row.first_seen, row.last_seen));
  }
  return found;
}

std::string difference_of_hits(const Found& looked, const Found& exhaustive) {
  return first_difference("hit", looked.hits, exhaustive.hits);
}

std::string difference(const Found& looked, const Found& exhaustive) {
  std::string text = difference_of_hits(looked, exhaustive);
  if (text.empty()) text = first_difference("problem", looked.problems, exhaustive.problems);
  if (text.empty()) text = first_difference("finding", looked.findings, exhaustive.findings);
  if (text.empty()) text = first_difference("census row", looked.census, exhaustive.census);
  if (text.empty() && looked.events_read != exhaustive.events_read) {
    text = fmt::format("{} events by a look, {} exhaustively", looked.events_read,
                       exhaustive.events_read);
  }
  return text;
}

BothWays scan_both_ways(const indicators::IndicatorSet& set, const std::filesystem::path& log) {
  evtx::TemplateCache templates;
  // The look comes first: it must not need what the other one has read.
  Found looked = scan_log(set, templates, log, false);
  return {std::move(looked), scan_log(set, templates, log, true)};
}

BothWays scan_both_ways(const indicators::IndicatorSet& set, Bytes log,
                        const TemporaryFolder& folder) {
  const auto path = folder / "log.evtx";
  write_file(path, {reinterpret_cast<const char*>(log.data()), log.size()});
  return scan_both_ways(set, path);
}

std::string pack_line(std::string_view kind, std::string_view value, std::string_view product) {
  return fmt::format("{},{},{}", kind, quoted_field(value), quoted_field(product));
}

indicators::Pack make_pack(const std::vector<std::string>& lines) {
  return indicators::parse_pack(fmt::format("kind,value,product\n{}\n", fmt::join(lines, "\n")),
                                "made.csv");
}

}  // namespace evtxhound::test
