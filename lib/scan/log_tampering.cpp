#include "evtxhound/scan/log_tampering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::scan {
namespace {

std::uint64_t first_id(const ChunkTrace& trace) { return trace.ends->first.id; }
std::uint64_t last_id(const ChunkTrace& trace) { return trace.ends->second.id; }

}  // namespace

std::vector<Finding> LogTampering::take(ChunkTrace trace) {
  std::vector<Finding> findings = few_of(std::move(trace.findings));
  trace.findings = {};
  ++in_use_;
  if (trace.kind == ChunkTrace::Kind::kUnread) {
    unread_.push_back(trace.index);
  } else if (trace.ends) {
    const bool sound = trace.kind == ChunkTrace::Kind::kSound;
    (sound ? sound_ : headerless_).push_back(std::move(trace));
  }
  return findings;
}

std::vector<Finding> LogTampering::finish() {
  std::ranges::stable_sort(sound_, {}, first_id);
  std::ranges::stable_sort(headerless_, {}, first_id);
  check_chunk_order();
  check_gaps();
  check_times();
  check_header();
  check_rewritten();
  std::ranges::stable_sort(found_, {}, &Finding::offset);
  std::vector<Finding> findings = few_of(std::move(found_));
  for (const auto& [kind, count] : counts_) {
    if (count <= kMostOfAKind) continue;
    findings.push_back(
        {kind, std::nullopt, fmt::format("{} more of this log", count - kMostOfAKind), {}, 0, 0});
  }
  return findings;
}

// The chunks by their ids must follow each other in the file, but for one step back to the first of
// them; and no two may have the same ids.
void LogTampering::check_chunk_order() {
  if (sound_.empty()) return;
  const std::uint64_t lowest = std::ranges::min_element(sound_, {}, &ChunkTrace::index)->index;
  for (std::size_t i = 1; i < sound_.size(); ++i) {
    const ChunkTrace& before = sound_[i - 1];
    const ChunkTrace& after = sound_[i];
    Finding finding{FindingKind::kRecordOrder,
                    evtx::chunk_offset(after.index),
                    {},
                    {{first_id(after), last_id(after)}},
                    before.ends->second.time,
                    after.ends->first.time};
    if (first_id(after) <= last_id(before)) {
      finding.detail =
          fmt::format("records {} to {} stand in chunk {}, {} to {} in chunk {}", first_id(after),
                      last_id(after), after.index, first_id(before), last_id(before), before.index);
    } else if (after.index < before.index && after.index != lowest) {
      finding.detail =
          fmt::format("records {} to {} stand in chunk {}, those before them in chunk {} behind it",
                      first_id(after), last_id(after), after.index, before.index);
    } else {
      continue;
    }
    add(std::move(finding));
  }
}

bool LogTampering::lacks_one_between(const ChunkTrace& a, const ChunkTrace& b) const {
  return std::ranges::any_of(unread_, [&](std::uint64_t index) {
    return a.index < b.index ? index > a.index && index < b.index
                             : index > a.index || index < b.index;
  });
}

// Records of a chunk without header are not missing. Other ids than those of a gap are no matter:
// they are left over from earlier times.
void LogTampering::check_gaps() {
  for (std::size_t i = 1; i < sound_.size(); ++i) {
    const ChunkTrace& before = sound_[i - 1];
    const ChunkTrace& after = sound_[i];
    if (lacks_one_between(before, after)) continue;
    std::uint64_t next = last_id(before) + 1;
    for (const ChunkTrace& bridge : headerless_) {
      if (first_id(bridge) < next || last_id(bridge) < first_id(bridge)) continue;
      if (last_id(bridge) >= first_id(after)) continue;
      add_gap(next, first_id(bridge) - 1, before, after);
      next = last_id(bridge) + 1;
    }
    add_gap(next, first_id(after) - 1, before, after);
  }
}

void LogTampering::add_gap(std::uint64_t first, std::uint64_t last, const ChunkTrace& before,
                           const ChunkTrace& after) {
  if (first > last) return;
  add({FindingKind::kRecordGap,
       after.ends->first.offset,
       fmt::format("{} between chunk {}, which ends with {}, and chunk {}, which begins with {}",
                   missing_records(first, last), before.index, last_id(before), after.index,
                   first_id(after)),
       {{first, last}},
       before.ends->second.time,
       after.ends->first.time});
}

void LogTampering::check_times() {
  for (std::size_t i = 1; i < sound_.size(); ++i) {
    const TracedRecord& before = sound_[i - 1].ends->second;
    const TracedRecord& after = sound_[i].ends->first;
    if (after.id <= before.id) continue;
    if (auto finding = time_back(before, after)) add(std::move(*finding));
  }
}

void LogTampering::say_mismatch(std::string detail) {
  add({FindingKind::kHeaderMismatch, 0, std::move(detail), {}, 0, 0});
}

// A header that is itself damaged says nothing; neither does one whose chunks are not all known.
void LogTampering::check_header() {
  if (!header_) return;
  if (!header_->crc_fits()) {
    add({FindingKind::kChecksum,
         0,
         fmt::format("file header CRC32 is {:08x}, computed {:08x}", header_->stored_crc,
                     header_->computed_crc),
         {},
         0,
         0});
    return;
  }
  if (!unread_.empty()) return;
  const auto highest = [](const std::vector<ChunkTrace>& chunks) {
    return chunks.empty() ? nullptr : &*std::ranges::max_element(chunks, {}, last_id);
  };
  const ChunkTrace* newest = highest(sound_);
  const ChunkTrace* const bridge = highest(headerless_);
  if (newest == nullptr || (bridge != nullptr && last_id(*bridge) > last_id(*newest) &&
                            last_id(*bridge) < header_->next_record_id)) {
    newest = bridge;
  }
  const std::uint64_t next = newest == nullptr ? 1 : last_id(*newest) + 1;
  if (header_->next_record_id > next && newest != nullptr) {
    add({FindingKind::kRecordGap,
         0,
         fmt::format("{} at the log's end: the file header says that the next one is {}",
                     missing_records(next, header_->next_record_id - 1), header_->next_record_id),
         {{next, header_->next_record_id - 1}},
         newest->ends->second.time,
         0});
  }
  if (header_->chunk_count > in_use_) {
    say_mismatch(fmt::format("the file header counts {} chunks, {} are in use",
                             header_->chunk_count, in_use_));
  }
  if (!header_->dirty() && newest != nullptr) check_closed_header(*newest);
}

void LogTampering::check_closed_header(const ChunkTrace& newest) {
  const std::uint64_t next = last_id(newest) + 1;
  if (header_->next_record_id < next) {
    say_mismatch(fmt::format(
        "the log was closed, and its file header says that the next record is {}, but it has {}",
        header_->next_record_id, next - 1));
  }
  if (header_->chunk_count < (in_use_ & 0xFFFFU)) {
    say_mismatch(
        fmt::format("the log was closed, and its file header counts {} chunks, {} are in "
                    "use",
                    header_->chunk_count, in_use_));
  }
  if (!headerless_.empty() || sound_.empty()) return;
  if (header_->last_chunk != newest.index) {
    say_mismatch(
        fmt::format("the log was closed, and its file header says that chunk {} is the "
                    "newest; it is {}",
                    header_->last_chunk, newest.index));
  }
  if (header_->first_chunk != sound_.front().index) {
    say_mismatch(
        fmt::format("the log was closed, and its file header says that chunk {} is the "
                    "oldest; it is {}",
                    header_->first_chunk, sound_.front().index));
  }
}

// Windows numbers a record in its header and in its content alike, from 1 on. Only an export, a
// collected record and another program's log have two numbers.
void LogTampering::check_rewritten() {
  for (const ChunkTrace& trace : sound_) {
    for (const TracedRecord& record : {trace.ends->first, trace.ends->second}) {
      const std::uint64_t own = record.event_record_id.value_or(0);
      if (own == 0 || own == record.id) continue;
      add({FindingKind::kRewritten,
           record.offset,
           fmt::format("record {} says of itself that it is {}: the log is an export or a "
                       "collection of events, or was written anew",
                       record.id, own),
           {{record.id, record.id}},
           0,
           record.time});
      return;
    }
  }
}

std::vector<Finding> LogTampering::few_of(std::vector<Finding> findings) {
  std::erase_if(findings,
                [this](const Finding& finding) { return ++counts_[finding.kind] > kMostOfAKind; });
  return findings;
}

}  // namespace evtxhound::scan
