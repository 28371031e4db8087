#include "evtxhound/evidence/find.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/gzip_reader.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/export_sign.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

Problem problem_of(ProblemKind kind, std::string message) {
  return {kind, std::nullopt, std::move(message)};
}

bool is_named_evtx(const fs::path& path) {
  return ascii_lower(path.extension().string()) == ".evtx";
}

class Finder {
 public:
  Finder(const fs::path& left_out, bool carve) : carve_(carve) { seen_.insert(left_out); }

  // REQUIRES: `canonical` exists and has no symbolic links in it
  void argument(const fs::path& canonical) {
    if (!fs::is_directory(canonical)) {
      if (first_time(canonical)) file(canonical, std::nullopt);
      return;
    }
    if (!first_time(canonical)) return;
    const std::size_t index = findings_.pieces.size();
    findings_.pieces.push_back(file_piece(canonical, Kind::kFolder, std::nullopt));
    folder(canonical, index);
    const bool has_events = std::ranges::any_of(findings_.pieces, [&](const Piece& piece) {
      return piece.parent == index && is_readable(piece.kind);
    });
    if (!has_events) {
      findings_.pieces[index].problems.push_back(
          problem_of(ProblemKind::kEmpty, "no EVTX log in this folder, and no export of events"));
    }
  }

  Findings take() { return std::move(findings_); }

 private:
  // Whether the path was not seen before in this search.
  bool first_time(const fs::path& canonical) { return seen_.insert(canonical).second; }

  void folder(const fs::path& path, std::size_t root) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    fs::directory_iterator entry(path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      entries.push_back(*entry);
    }
    if (error) {
      findings_.pieces[root].problems.push_back(
          problem_of(ProblemKind::kUnreadable,
                     fmt::format("{}: cannot list: {}", path.string(), error.message())));
    }
    std::ranges::sort(entries);
    for (const fs::directory_entry& found : entries) {
      const fs::file_status status = found.symlink_status(error);
      if (fs::is_symlink(status)) {
        link(found.path(), root);
      } else if (fs::is_directory(status)) {
        if (first_time(found.path())) folder(found.path(), root);
      } else if (fs::is_regular_file(status)) {
        if (first_time(found.path())) file(found.path(), root);
      }
    }
  }

  void link(const fs::path& path, std::size_t root) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    Piece& piece = findings_.pieces[root];
    if (error) {
      piece.problems.push_back(problem_of(
          ProblemKind::kLink,
          fmt::format("{}: symbolic link not followed: {}", path.string(), error.message())));
      return;
    }
    const auto [end, unused] =
        std::mismatch(piece.path.begin(), piece.path.end(), target.begin(), target.end());
    if (end != piece.path.end()) {
      piece.problems.push_back(problem_of(
          ProblemKind::kLink,
          fmt::format("{}: symbolic link not followed: it leads out of the evidence, to {}",
                      path.string(), target.string())));
    }
  }

  void file(const fs::path& path, std::optional<std::size_t> root) {
    ++findings_.files_seen;
    Piece piece = file_piece(path, Kind::kFile, root);
    look_into(piece);
    if (root && piece.kind == Kind::kFile && piece.problems.empty()) {
      ++findings_.files_skipped;
      return;
    }
    findings_.pieces.push_back(std::move(piece));
  }

  // Fills kind, size and problems. In a folder, a file that is no log is a problem only where its
  // name says otherwise.
  void look_into(Piece& piece) const {
    const auto opened = piece.open();
    if (!opened) {
      piece.problems.push_back(opened.problem());
      return;
    }
    piece.size = (*opened)->size();
    Buffer head(kHeadSize);
    const auto got = (*opened)->read_at(0, head);
    if (!got) {
      piece.problems.push_back(got.problem());
      return;
    }
    piece.kind = identify(Bytes(head).first(*got));
    if (piece.kind != Kind::kFile) return;
    const bool expected = !piece.parent || is_named_evtx(piece.path);
    if (piece.size == 0) {
      if (expected) piece.problems.push_back(problem_of(ProblemKind::kEmpty, "the file is empty"));
      return;
    }
    if (carve_) piece.kind = Kind::kRaw;
    if (carve_ ? is_named_evtx(piece.path) : expected) piece.problems.push_back(not_evidence());
  }

  [[nodiscard]] Problem not_evidence() const {
    return problem_of(
        ProblemKind::kNotEvidence,
        fmt::format("not an EVTX log: it has no EVTX signature; nor an export of "
                    "events{}",
                    carve_ ? "; carved" : "; `scan --carve` looks for remains in it"));
  }

  Findings findings_;
  std::set<fs::path> seen_;
  bool carve_;
};

}  // namespace

Kind identify(Bytes head) {
  constexpr std::size_t kFirstChunk = 4096;
  const bool is_log = stands_at(head, 0, std::string_view("ElfFile\0", 8)) ||
                      stands_at(head, kFirstChunk, std::string_view("ElfChnk\0", 8));
  if (is_log) return Kind::kEvtx;
  const bool compressed = is_gzip(head);
  const auto format = export_format(compressed ? Bytes(inflate_head(head, kHeadSize)) : head);
  if (!format) return Kind::kFile;
  if (*format == ExportFormat::kXml) return compressed ? Kind::kXmlGzip : Kind::kXml;
  return compressed ? Kind::kCrowdstrikeGzip : Kind::kCrowdstrike;
}

Findings find(const std::vector<fs::path>& arguments, const fs::path& leave_out, bool carve) {
  std::error_code absent;
  const fs::path left_out = fs::canonical(leave_out, absent);
  std::vector<fs::path> canonical;
  for (const fs::path& path : arguments) {
    std::error_code error;
    canonical.push_back(fs::canonical(path, error));
    if (error) {
      throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", path.string(), error.message()));
    }
    if (!absent && canonical.back() == left_out) {
      throw Failure(ExitStatus::kUsage,
                    fmt::format("{}: is the case file, not evidence", path.string()));
    }
  }
  Finder finder(left_out, carve);
  for (const fs::path& path : canonical) finder.argument(path);
  return finder.take();
}

}  // namespace evtxhound::evidence
