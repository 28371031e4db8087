#include "evtxhound/scan/copies.hpp"

#include <string_view>

namespace evtxhound::scan {
namespace {

using casefile::EventRow;
using casefile::RowId;
using casefile::SourceType;
using casefile::State;

// So many events with one fingerprint are compared: more than there ever are, unless somebody makes
// them. What stands behind them is then an event of its own.
constexpr int kMostCandidates = 16;

constexpr std::size_t kFirstTable = 1024;

// Whether the data fields, as JSON, have one called `id` that is not empty. Within a value a quote
// has a backslash before it, so that this is no part of one.
bool has_id(std::string_view data) {
  for (const std::string_view begin : {"{\"id\":\"", ",\"id\":\""}) {
    const std::size_t at = data.find(begin);
    if (at != std::string_view::npos) return data[at + begin.size()] != '"';
  }
  return false;
}

// Whether two events that say the same are one. An event of an export without an id can be another
// one that happened at the same time.
bool has_identity(const EventRow& event) {
  if (event.source == SourceType::kEvtx || event.record_id != 0) return true;
  return has_id(event.text(EventRow::kData));  // of CrowdStrike
}

}  // namespace

Copies::Copies(const evidence::Findings& findings, casefile::CaseFile& file, std::size_t most_known)
    : findings_(findings), case_(file), most_known_(most_known) {}

void Copies::enter(std::size_t piece) {
  if (piece == piece_) return;
  piece_ = piece;
  const std::size_t scope = evidence::outermost(findings_.pieces, piece);
  if (scope == scope_) return;
  scope_ = scope;
  added_ = {};
  table_ = {};
  taken_in_ = 0;
  overflowed_ = false;
  const evidence::Kind kind = findings_.pieces[scope].kind;
  if (evidence::is_export(kind)) {
    compared_ = Compared::kNothing;
  } else {
    compared_ = kind == evidence::Kind::kEvtx ? Compared::kRecovered : Compared::kEverything;
  }
}

std::optional<RowId> Copies::find(RowId evidence, const EventRow& record) {
  if (compared_ == Compared::kNothing || known() == 0) return std::nullopt;
  if (compared_ == Compared::kRecovered && record.state != State::kRecovered) return std::nullopt;
  if (!has_identity(record)) return std::nullopt;
  take_in();
  const std::uint64_t fingerprint = record.fingerprint;
  const std::size_t mask = table_.size() - 1;
  int candidates = 0;
  for (std::size_t at = fingerprint & mask; table_[at].row != 0; at = (at + 1) & mask) {
    if (table_[at].fingerprint != fingerprint) continue;
    if (case_.is_copy(table_[at].row, evidence, record)) return table_[at].row;
    if (++candidates == kMostCandidates) break;
  }
  return std::nullopt;
}

bool Copies::add(RowId row, const EventRow& event) {
  if (compared_ == Compared::kNothing || !has_identity(event)) return true;
  if (known() >= most_known_) return std::exchange(overflowed_, true);
  added_.push_back({event.fingerprint, row});
  return true;
}

void Copies::take_in() {
  for (const Known& known : added_) {
    // At most two thirds of the table are taken.
    if (3 * (taken_in_ + 1) > 2 * table_.size()) grow();
    put(known);
    ++taken_in_;
  }
  added_.clear();
}

void Copies::grow() {
  std::vector<Known> old(table_.empty() ? kFirstTable : 2 * table_.size());
  old.swap(table_);
  for (const Known& known : old) {
    if (known.row != 0) put(known);
  }
}

void Copies::put(Known known) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = known.fingerprint & mask;
  while (table_[at].row != 0) at = (at + 1) & mask;
  table_[at] = known;
}

}  // namespace evtxhound::scan
