#include "evtxhound/scan/earlier_work.hpp"

namespace evtxhound::scan {
namespace {

using Rows = std::vector<std::optional<casefile::RowId>>;

// Pieces stand behind what they lie in.
Rows find_rows(const std::string& settings, const evidence::Findings& findings,
               casefile::CaseFile& file) {
  Rows rows(findings.pieces.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const evidence::Piece& piece = findings.pieces[i];
    if (piece.kind == evidence::Kind::kFolder) continue;
    casefile::EvidenceRow row;
    row.path = piece.path.string();
    row.kind = to_string(piece.kind);
    row.size = piece.size;
    row.modified = piece.modified;
    const bool in_container =
        piece.parent && findings.pieces[*piece.parent].kind != evidence::Kind::kFolder;
    if (in_container) {
      row.parent = rows[*piece.parent];
      if (!row.parent) continue;
    }
    rows[i] = file.find_read(row, settings);
  }
  return rows;
}

// Forgets what was known of containers and of carving that are not known as a whole.
void forget_parts(const evidence::Findings& findings, Rows& rows) {
  std::vector<bool> in_part(rows.size());  // by the outermost piece
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const evidence::Kind kind = findings.pieces[i].kind;
    if (rows[i] || !evidence::is_readable(kind)) continue;
    if (evidence::is_carved(kind)) {
      rows.assign(rows.size(), std::nullopt);
      return;
    }
    in_part[evidence::outermost(findings.pieces, i)] = true;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (in_part[evidence::outermost(findings.pieces, i)]) rows[i].reset();
  }
}

}  // namespace

EarlierWork find_earlier_work(const Options& options, const std::string& settings,
                              const evidence::Findings& findings, casefile::CaseFile& file) {
  EarlierWork work;
  work.rows.resize(findings.pieces.size());
  if (!options.resume || !options.rules->set.correlations.empty()) return work;
  work.rows = find_rows(settings, findings, file);
  forget_parts(findings, work.rows);
  for (std::size_t i = 0; i < work.rows.size(); ++i) {
    if (!work.rows[i]) continue;
    work.problems += file.count_problems(*work.rows[i]);
    if (!evidence::is_readable(findings.pieces[i].kind)) continue;
    ++work.files;
    work.bytes += findings.pieces[i].size;
  }
  return work;
}

}  // namespace evtxhound::scan
