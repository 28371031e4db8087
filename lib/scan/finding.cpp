#include "evtxhound/scan/finding.hpp"

#include <fmt/format.h>

namespace evtxhound::scan {

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::kLogCleared:
      return "log-cleared";
    case FindingKind::kRecordGap:
      return "record-gap";
    case FindingKind::kRecordOrder:
      return "record-order";
    case FindingKind::kHiddenRecord:
      return "hidden-record";
    case FindingKind::kTemplateReplaced:
      return "template-replaced";
    case FindingKind::kChunkMismatch:
      return "chunk-mismatch";
    case FindingKind::kHeaderMismatch:
      return "header-mismatch";
    case FindingKind::kRewritten:
      return "rewritten";
    case FindingKind::kChecksum:
      return "checksum";
    case FindingKind::kTimeBack:
      return "time-back";
    case FindingKind::kAuditChanged:
      return "audit-changed";
    case FindingKind::kLogStopped:
      return "log-stopped";
  }
  return "unknown";
}

std::string missing_records(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("record {} is missing", first)
                       : fmt::format("records {} to {} are missing", first, last);
}

casefile::FindingRow row_of(const Finding& finding) {
  casefile::FindingRow row{
      std::string(to_string(finding.kind)), finding.offset, finding.detail, {}, {}, {}, {}};
  if (finding.records) {
    row.first_record = finding.records->first;
    row.last_record = finding.records->second;
  }
  if (finding.before != 0) row.time_before = to_iso8601(finding.before);
  if (finding.after != 0) row.time_after = to_iso8601(finding.after);
  return row;
}

}  // namespace evtxhound::scan
