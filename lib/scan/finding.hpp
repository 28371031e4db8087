// A sign of tampering with a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/rows.hpp"

namespace evtxhound::scan {

// What the sign is. The names that `to_string` gives are stored in the case file's `finding.kind`
// and are part of its contract; docs/case-schema.md says what speaks for and against each.
enum class FindingKind {
  kLogCleared,        // "log-cleared": an event says that a log was cleared
  kRecordGap,         // "record-gap": ids that no record of the log has
  kRecordOrder,       // "record-order": ids that do not rise, or chunks that are not in their order
  kHiddenRecord,      // "hidden-record": a record within the bytes of another one
  kTemplateReplaced,  // "template-replaced": a record's template is another one's
  kChunkMismatch,     // "chunk-mismatch": a chunk's header and its records disagree
  kHeaderMismatch,    // "header-mismatch": the file header and the chunks disagree
  kRewritten,         // "rewritten": the records' headers and contents have other ids
  kChecksum,          // "checksum": a CRC32 does not fit; also a problem
  kTimeBack,          // "time-back": a record was written before the one before it
  kAuditChanged,      // "audit-changed": an event says that an audit policy was changed
  kLogStopped,        // "log-stopped": an event says that the event log service stopped
};

// The name of a kind as the case file stores it.
std::string_view to_string(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::kRecordGap;
  std::optional<std::uint64_t> offset;  // from the evidence's start; absent: concerns all of it
  std::string detail;
  // Of a gap, the ids that are missing, both ends included; else the ids of the records that it
  // stands on. Absent where it is not of records.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> records;
  // When the records on both sides of the place were written; 0 where there is none, or no time.
  Filetime before = 0;
  Filetime after = 0;
};

// "record 7 is missing", "records 7 to 9 are missing".
std::string missing_records(std::uint64_t first, std::uint64_t last);

// As the case file has it.
casefile::FindingRow row_of(const Finding& finding);

}  // namespace evtxhound::scan
