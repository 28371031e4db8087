#include "evtxhound/casework/verify_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/casework/compare_event.hpp"
#include "evtxhound/casework/record_source.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/scan/plan.hpp"
#include "evtxhound/scan/raw_scanner.hpp"
#include "evtxhound/scan/template_loader.hpp"

namespace evtxhound::casework {
namespace {

using casefile::CaseReader;
using casefile::PlacedHit;
using casefile::StoredEvidence;
using casefile::StoredPlace;
using evidence::Kind;
using evidence::Piece;

// What an evidence was when it was scanned, which says how its records are read. Empty where it has
// none.
std::optional<Kind> kind_of(const StoredEvidence& row) {
  const auto kind = evidence::kind_from(row.kind);
  return kind && evidence::is_readable(*kind) ? kind : std::nullopt;
}

// Larger offsets are negative in SQLite; no scan writes any.
constexpr auto kLastOffset = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

std::string name_of(const StoredPlace& place) {
  if (is_text(place)) {
    return fmt::format("event {}, text outside of records", place.event_id);
  }
  return fmt::format("{} {}, record {}", place.is_copy ? "copy of event" : "event", place.event_id,
                     place.event.record_id);
}

class Verification {
 public:
  Verification(const VerifyOptions& options, VerifyMonitor& monitor, const std::atomic<bool>& stop)
      : options_(options),
        monitor_(monitor),
        stop_(stop),
        case_(options.case_file, options.all),
        files_(evidence_files(case_.evidence())) {}

  Verified run() {
    if (case_.has_rebuilt()) load_carved_templates();
    for (std::size_t i = 0; i < files_.size() && !stop_; ++i) {
      files_done_ = i;
      verify(files_[i]);
      show_progress();
    }
    if (!stop_) count_unreached();
    const bool sound =
        result_.evidence.is_sound() && result_.records.is_sound() && result_.hits.is_sound();
    result_.status = sound ? ExitStatus::kDone : ExitStatus::kDamaged;
    if (stop_) result_.status = ExitStatus::kInterrupted;
    return result_;
  }

 private:
  void show_progress() {
    monitor_.on_progress(files_done_, files_.size(), result_.records.total());
  }

  void report(const StoredEvidence& row, std::optional<std::uint64_t> offset, std::string what,
              std::string message) {
    monitor_.on_discrepancy({row.path, offset, std::move(what), std::move(message)});
  }

  Result<StoredPieces> find(const EvidenceFile& file, bool hash) {
    evidence::FindOptions options;
    options.leave_out = options_.case_file;
    options.carve = file.is_carved();
    options.hash = hash ? Hashes::kSha256 : Hashes::kNone;
    options.stop = &stop_;
    return StoredPieces::find(file, relocated(file.path, options_.moved), options);
  }

  // A record whose template is gone was read by any like it, of what was carved and of logs.
  void load_carved_templates() {
    for (const EvidenceFile& file : files_) {
      const auto pieces = find(file, false);
      if (!pieces) continue;  // told later
      for (const StoredEvidence& row : file.rows) {
        if (const Piece* piece = pieces->of(row)) load_templates(row, *piece);
      }
    }
  }

  void load_templates(const StoredEvidence& row, const Piece& piece) {
    const auto kind = kind_of(row);
    if (kind == Kind::kEvtx) {
      scan::TemplateLoader(carved_).load(piece, 0, evtx::chunk_count(piece.size));
    } else if (kind && evidence::is_carved(*kind)) {
      scan::RawSearcher searcher(carved_);
      for (std::uint64_t at = 0; at < piece.size && !stop_; at += scan::kRawPart) {
        searcher.search(piece, at, std::min(at + scan::kRawPart, piece.size));
      }
    }
  }

  void verify(const EvidenceFile& file) {
    const bool hashed = std::ranges::any_of(
        file.rows, [](const StoredEvidence& row) { return !row.sha256.empty(); });
    const auto pieces = find(file, hashed);
    hashes_.clear();
    for (const StoredEvidence& row : file.rows) {
      if (stop_) return;
      const Piece* piece = pieces ? pieces->of(row) : nullptr;
      if (piece == nullptr) {
        ++result_.evidence.missing;
        report(row, std::nullopt, "",
               "missing: " + (pieces ? std::string("is not found in its container any more")
                                     : pieces.problem().message));
        count_all(row, &Tally::missing);
        continue;
      }
      verify(row, *piece);
    }
  }

  // What no search for places led to stands in no evidence that has records: nothing that a scan
  // writes.
  void count_unreached() {
    const std::uint64_t records = case_.place_count() - result_.records.total();
    const std::uint64_t hits = case_.hit_count() - result_.hits.total();
    if (records == 0 && hits == 0) return;
    result_.records.differ += records;
    result_.hits.differ += hits;
    monitor_.on_discrepancy(
        {options_.case_file.string(), std::nullopt, "",
         fmt::format("{} records and {} hits stand on no place of any evidence", records, hits)});
  }

  // Counts the records of an evidence that cannot be looked at, with their hits.
  void count_all(const StoredEvidence& row, std::uint64_t Tally::*outcome) {
    std::uint64_t from = 0;
    while (const auto next = case_.next_place(row.id, from)) {
      constexpr std::uint64_t kStep = std::uint64_t{1} << 20U;
      for (const StoredPlace& place : case_.places(row.id, *next, *next + kStep)) {
        ++(result_.records.*outcome);
        result_.copies += place.is_copy ? 1 : 0;
        result_.hits.*outcome += place.hits.size();
      }
      if (*next > kLastOffset - kStep) return;
      from = *next + kStep;
    }
  }

  void verify(const StoredEvidence& row, const Piece& piece) {
    const auto bytes = piece.open();
    if (!bytes) {
      ++result_.evidence.unread;
      report(row, std::nullopt, "", "cannot be read: " + bytes.problem().message);
      count_all(row, &Tally::unread);
      return;
    }
    verify_content(row, piece, **bytes);
    const auto kind = kind_of(row);
    if (kind && !stop_) verify_records(row, *make_source(*kind, *bytes));
  }

  std::unique_ptr<RecordSource> make_source(Kind kind, std::shared_ptr<const ByteSource> bytes) {
    if (kind == Kind::kEvtx) return make_log_source(std::move(bytes), templates_);
    if (evidence::is_carved(kind)) return make_raw_source(std::move(bytes), carved_);
    return make_export_source(std::move(bytes), kind);
  }

  void verify_content(const StoredEvidence& row, const Piece& piece, const ByteSource& bytes) {
    if (row.size && *row.size != piece.size) {
      ++result_.evidence.differ;
      report(row, std::nullopt, "",
             fmt::format("changed: its size was {}, is {}", *row.size, piece.size));
      return;
    }
    if (row.sha256.empty()) {
      ++result_.evidence.verified;
      ++result_.without_hash;
      return;
    }
    const auto hash = hash_of(piece, bytes);
    if (!hash) {
      ++result_.evidence.unread;
      report(row, hash.problem().offset, "", "cannot be hashed: " + hash.problem().message);
    } else if (*hash == row.sha256) {
      ++result_.evidence.verified;
    } else if (!stop_) {
      ++result_.evidence.differ;
      report(row, std::nullopt, "",
             fmt::format("hash differs: SHA-256 was {}, is {}", row.sha256, *hash));
    }
  }

  Result<std::string> hash_of(const Piece& piece, const ByteSource& bytes) {
    if (!piece.sha256.empty()) return piece.sha256;
    const auto known = hashes_.find(&piece);
    if (known != hashes_.end()) return known->second;
    auto hash = sha256_of(bytes, [this](std::size_t) {
      show_progress();
      return !stop_;
    });
    if (hash) hashes_.emplace(&piece, *hash);
    return hash;
  }

  void verify_records(const StoredEvidence& row, RecordSource& source) {
    std::uint64_t from = 0;
    while (const auto next = case_.next_place(row.id, from)) {
      if (stop_) return;
      const Range range = source.range(*next);
      source.read(case_.places(row.id, range.begin, range.end),
                  [&](const StoredPlace& place, const Reading& reading) {
                    verify_record(row, place, reading);
                    for (const PlacedHit& hit : place.hits) {
                      verify_hit(row, hit, reading, source);
                    }
                  });
      show_progress();
      if (range.end >= kLastOffset) return;
      from = range.end;
    }
  }

  void verify_record(const StoredEvidence& row, const StoredPlace& place, const Reading& reading) {
    result_.copies += place.is_copy ? 1 : 0;
    std::vector<Change> changes;
    if (reading.event != nullptr) changes = all_changes(place, *reading.event, reading.state);
    if ((reading.event == nullptr || !changes.empty()) && reading.other_way) {
      const auto other = reading.other_way();
      if (other && all_changes(place, *other, reading.state).empty()) {
        ++result_.records.verified;
        return;
      }
    }
    if (reading.event == nullptr) {
      const bool unread = reading.problem.kind == ProblemKind::kUnreadable;
      ++(unread ? result_.records.unread : result_.records.differ);
      report(row, place.event.byte_offset, name_of(place), reading.problem.message);
      return;
    }
    ++(changes.empty() ? result_.records.verified : result_.records.differ);
    for (const Change& change : changes) {
      report(row, place.event.byte_offset, name_of(place),
             fmt::format("{}: was '{}', is '{}'", change.field, change.was, change.is));
    }
  }

  static std::vector<Change> all_changes(const StoredPlace& place, const evtx::Event& now,
                                         std::string_view state) {
    std::vector<Change> changes = changes_of(place, now);
    if (place.event.byte_size != now.byte_size) {
      changes.push_back({"byte_size", fmt::format("{}", place.event.byte_size),
                         fmt::format("{}", now.byte_size)});
    }
    if (!state.empty() && place.state != state) {
      changes.push_back({"state", place.state, std::string(state)});
    }
    return changes;
  }

  void verify_hit(const StoredEvidence& row, const PlacedHit& hit, const Reading& reading,
                  RecordSource& source) {
    const std::string name = fmt::format("hit {}, {}", hit.id, hit.field);
    if (!hit.byte_offset) {
      if (reading.event != nullptr && is_in_field(hit, reading, false)) {
        ++result_.hits.verified;
        return;
      }
      ++result_.hits.differ;
      report(row, std::nullopt, name,
             fmt::format("'{}' is not in the record's field any more", hit.matched));
      return;
    }
    const auto other = source.other_text(*hit.byte_offset, hit.matched);
    // Escapes, and characters that the bytes cannot hold, stand there otherwise.
    if (!other || (reading.event != nullptr && is_in_field(hit, reading, true))) {
      ++result_.hits.verified;
      return;
    }
    ++result_.hits.differ;
    report(row, hit.byte_offset, name, fmt::format("was '{}', is '{}'", hit.matched, *other));
  }

  // Whether the hit's text is in its field, and with `placed` at its offset too.
  static bool is_in_field(const PlacedHit& hit, const Reading& reading, bool placed) {
    const evtx::Event& event = *reading.event;
    const auto is_in = [&](const std::string& value, std::optional<std::size_t> field) {
      for (std::size_t at = value.find(hit.matched); at != std::string::npos;
           at = value.find(hit.matched, at + 1)) {
        if (!placed) return true;
        if (reading.locate &&
            reading.locate(field, at, at + hit.matched.size()) == hit.byte_offset) {
          return true;
        }
      }
      return false;
    };
    for (std::size_t i = 0; i < event.data.size(); ++i) {
      if (event.data[i].name == hit.field && is_in(event.data[i].value, i)) return true;
    }
    return hit.field == "Computer" && is_in(event.computer, std::nullopt);
  }

  const VerifyOptions& options_;
  VerifyMonitor& monitor_;
  const std::atomic<bool>& stop_;
  CaseReader case_;
  std::vector<EvidenceFile> files_;
  std::size_t files_done_ = 0;
  evtx::TemplateCache templates_;
  evtx::TemplateCache carved_{true};
  std::map<const Piece*, std::string> hashes_;  // of the file at hand
  Verified result_;
};

}  // namespace

Verified verify_case(const VerifyOptions& options, VerifyMonitor& monitor,
                     const std::atomic<bool>& stop) {
  return Verification(options, monitor, stop).run();
}

}  // namespace evtxhound::casework
