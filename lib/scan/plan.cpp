#include "evtxhound/scan/plan.hpp"

#include <algorithm>

#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::scan {
namespace {

// So much of a log is one piece of work: long enough for handing it out to cost nothing, short
// enough for all threads to have some, and for the rows of a few to fit into memory.
constexpr std::uint64_t kChunksInPart = 64;
constexpr std::uint64_t kChunksInStoredPart = 8;  // where every event is a row

// Cuts the newest log, which is `total` long, into parts of at most `most`.
void add_parts(Plan& plan, std::uint64_t total, std::uint64_t most) {
  for (std::uint64_t first = 0; first < total; first += most) {
    const std::uint64_t count = std::min(most, total - first);
    plan.parts.push_back({plan.logs.size() - 1, first, count, first + count == total});
  }
}

void add_log(Plan& plan, Log& log, Store store) {
  if (const auto file = log.piece->open()) {
    const auto header = evtx::read_file_header(**file, log.problems);
    if (header) log.tampering.set_header(*header);
  } else {
    log.problems.push_back(file.problem());
  }
  add_parts(plan, evtx::chunk_count(log.piece->size),
            store == Store::kAll ? kChunksInStoredPart : kChunksInPart);
}

void add_export(Plan& plan, Log& log) {
  log.exported = std::make_shared<SharedExport>(*log.piece);
  add_parts(plan, log.exported->expected_blocks(), 1);
}

void add_raw(Plan& plan, const Log& log) {
  plan.bytes_to_read += log.piece->size;
  add_parts(plan, log.piece->size, kRawPart);
}

}  // namespace

Plan make_plan(const evidence::Findings& findings, Store store, const EarlierWork& earlier) {
  Plan plan;
  for (std::size_t i = 0; i < findings.pieces.size(); ++i) {
    const evidence::Piece& piece = findings.pieces[i];
    if (!evidence::is_readable(piece.kind) || earlier.has(i)) continue;
    plan.bytes_to_read += piece.size;
    Log& log = plan.logs.emplace_back(i, &piece);
    if (evidence::is_export(piece.kind)) {
      add_export(plan, log);
    } else if (log.is_raw()) {
      add_raw(plan, log);
    } else {
      add_log(plan, log, store);
    }
  }
  return plan;
}

}  // namespace evtxhound::scan
