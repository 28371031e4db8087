#include "evtxhound/base/problem.hpp"

namespace evtxhound {

std::string_view to_string(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kUnreadable:
      return "unreadable";
    case ProblemKind::kNotEvidence:
      return "not-evidence";
    case ProblemKind::kEmpty:
      return "empty";
    case ProblemKind::kFileHeader:
      return "file-header";
    case ProblemKind::kChunkHeader:
      return "chunk-header";
    case ProblemKind::kChecksum:
      return "checksum";
    case ProblemKind::kTruncated:
      return "truncated";
    case ProblemKind::kRecordDamaged:
      return "record-damaged";
    case ProblemKind::kRecordUnread:
      return "record-unread";
    case ProblemKind::kLink:
      return "link";
    case ProblemKind::kUndecided:
      return "undecided";
    case ProblemKind::kArchive:
      return "archive-damaged";
    case ProblemKind::kEncrypted:
      return "encrypted";
    case ProblemKind::kLimit:
      return "limit";
    case ProblemKind::kEncoding:
      return "encoding";
    case ProblemKind::kRebuilt:
      return "rebuilt";
  }
  return "unknown";
}

}  // namespace evtxhound
