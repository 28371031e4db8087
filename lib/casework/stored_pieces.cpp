#include "evtxhound/casework/stored_pieces.hpp"

#include <algorithm>
#include <utility>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::casework {
namespace {

using casefile::RowId;
using casefile::StoredEvidence;

// The path without a slash at its end.
std::string trimmed(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

bool EvidenceFile::is_carved() const {
  return std::ranges::any_of(rows, [](const StoredEvidence& row) {
    const auto kind = evidence::kind_from(row.kind);
    return kind && evidence::is_carved(*kind);
  });
}

std::vector<EvidenceFile> evidence_files(const std::vector<StoredEvidence>& rows) {
  std::vector<EvidenceFile> files;
  std::map<std::string, std::size_t> by_path;
  std::map<RowId, std::size_t> file_of;  // of a row: index into files
  for (const StoredEvidence& row : rows) {
    if (row.kind == to_string(evidence::Kind::kFolder)) continue;
    std::size_t file = files.size();
    const auto parent = row.parent ? file_of.find(*row.parent) : file_of.end();
    if (parent != file_of.end()) {
      file = parent->second;
    } else {
      // One file has several rows where its content changed between two scans.
      file = by_path.try_emplace(row.path, files.size()).first->second;
      if (file == files.size()) files.push_back({row.path, {}});
    }
    file_of.emplace(row.id, file);
    files[file].rows.push_back(row);
  }
  return files;
}

std::filesystem::path relocated(const std::string& path, const std::vector<Relocation>& moved) {
  for (const Relocation& relocation : moved) {
    const std::string from = trimmed(relocation.from);
    if (!path.starts_with(from)) continue;
    const std::string rest = path.substr(from.size());
    if (rest.empty() || rest.front() == '/' || from == "/") {
      return trimmed(relocation.to) + (from == "/" ? "/" : "") + rest;
    }
  }
  return path;
}

Result<StoredPieces> StoredPieces::find(const EvidenceFile& file, const std::filesystem::path& now,
                                        const evidence::FindOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(now, error)) {
    return Problem{ProblemKind::kUnreadable, std::nullopt,
                   "is not there" + (error ? ": " + error.message() : std::string())};
  }
  StoredPieces found;
  found.path_ = file.path;
  try {
    found.findings_ = evidence::find({now}, options);
  } catch (const Failure& failure) {  // it went away meanwhile, or is the case file now
    return Problem{ProblemKind::kUnreadable, std::nullopt, failure.what()};
  }
  if (found.findings_.pieces.empty()) return Result<StoredPieces>(std::move(found));
  const std::size_t root = found.findings_.pieces.front().path.string().size();
  for (const evidence::Piece& piece : found.findings_.pieces) {
    found.by_place_.try_emplace(piece.path.string().substr(root), &piece);
  }
  return Result<StoredPieces>(std::move(found));
}

const evidence::Piece* StoredPieces::of(const StoredEvidence& row) const {
  if (!row.path.starts_with(path_)) return nullptr;
  const auto piece = by_place_.find(row.path.substr(path_.size()));
  return piece == by_place_.end() ? nullptr : piece->second;
}

}  // namespace evtxhound::casework
