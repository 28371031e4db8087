// A damaged or unreadable place in evidence, and the value-or-problem type that carries it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace evtxhound {

// What is wrong with a place. The names that `to_string` gives are stored in the case file's
// `problem.kind` and are part of its contract.
enum class ProblemKind {
  kUnreadable,     // "unreadable": the operating system refused a read or an open
  kNotEvidence,    // "not-evidence": the file is of no kind that can be read
  kEmpty,          // "empty": a file of no bytes, or a folder without evidence
  kFileHeader,     // "file-header": the EVTX file header is damaged
  kChunkHeader,    // "chunk-header": a chunk has no header, or one that contradicts itself
  kChecksum,       // "checksum": a CRC32 does not fit; what it covers is read all the same
  kTruncated,      // "truncated": the file ends within a chunk
  kRecordDamaged,  // "record-damaged": bytes where a record should be do not form one
  kRecordUnread,   // "record-unread": a record whose frame is sound but whose content is not
  kLink,           // "link": a symbolic link that was not followed
  kUndecided,      // "undecided": a rule's expression was stopped on an event's text
  kArchive,        // "archive-damaged": an archive, or a member of it, cannot be read to its end
  kEncrypted,      // "encrypted": a volume, image or member of an archive that only a key opens
  kLimit,          // "limit": bounds keep something from being read, or from being compared
  kEncoding,       // "encoding": bytes that are no text were replaced by U+FFFD in an event
  kRebuilt,  // "rebuilt": an event's template is gone; its names come from elsewhere, or nowhere
};

// The name of a kind as the case file stores it.
std::string_view to_string(ProblemKind kind);

// One damaged or unreadable place. `offset` counts bytes from the start of the evidence that the
// problem was found in; it is absent where the problem concerns the evidence as a whole.
struct Problem {
  ProblemKind kind;
  std::optional<std::uint64_t> offset;
  std::string message;
};

// A value, or the problem that stands in its place. For failures a caller handles and goes on;
// what stops the whole command is a `Failure` (failure.hpp).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Problem problem) : state_(std::move(problem)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok()
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }

  // REQUIRES: !ok()
  [[nodiscard]] const Problem& problem() const { return std::get<Problem>(state_); }

 private:
  std::variant<T, Problem> state_;
};

}  // namespace evtxhound
