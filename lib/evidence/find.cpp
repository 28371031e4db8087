#include "evtxhound/evidence/find.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/gzip_reader.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/evidence/archive/archive_finder.hpp"
#include "evtxhound/evidence/archive/archive_sign.hpp"
#include "evtxhound/evidence/collection/collections.hpp"
#include "evtxhound/evidence/disk/image.hpp"
#include "evtxhound/evidence/disk/image_finder.hpp"
#include "evtxhound/evidence/export_sign.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

Problem problem_of(ProblemKind kind, std::string message) {
  return {kind, std::nullopt, std::move(message)};
}

bool is_log(Bytes head) {
  constexpr std::size_t kFirstChunk = 4096;
  return stands_at(head, 0, std::string_view("ElfFile\0", 8)) ||
         stands_at(head, kFirstChunk, std::string_view("ElfChnk\0", 8));
}

std::string time_of(const fs::path& path) {
  const auto time = last_modified(path);
  return time ? to_iso8601(*time) : std::string();
}

class Finder {
 public:
  Finder(const fs::path& left_out, const FindOptions& options)
      : archives_(findings_, collections_, options),
        images_(findings_, archives_, options.carve),
        left_out_(left_out),
        carve_(options.carve) {
    seen_.insert(left_out);
    archives_.set_image_search([this](std::size_t index, ImageFormat format, unsigned depth) {
      images_.search_within(index, format, depth);
    });
  }

  // REQUIRES: `canonical` exists and has no symbolic links in it
  void argument(const fs::path& canonical) {
    archives_.begin_argument();
    images_.begin_argument();
    if (!fs::is_directory(canonical)) {
      if (first_time(canonical)) file(canonical, std::nullopt);
      return;
    }
    if (!first_time(canonical)) return;
    const std::size_t index = findings_.pieces.size();
    findings_.pieces.push_back(file_piece(canonical, Kind::kFolder, std::nullopt));
    passed_over_ = false;
    folder(canonical, index);
    if (!has_events_from(index) && !passed_over_) {
      findings_.pieces[index].problems.push_back(
          problem_of(ProblemKind::kEmpty, "no EVTX log in this folder, and no export of events"));
    }
  }

  Findings take() {
    // What lies in a container is as old as that: parents stand before what lies in them.
    for (Piece& piece : findings_.pieces) {
      if (piece.opener && piece.parent && piece.modified.empty()) {
        piece.modified = findings_.pieces[*piece.parent].modified;
      }
    }
    collections_.give_hosts(findings_.pieces);
    return std::move(findings_);
  }

 private:
  // Whether the path was not seen before in this search.
  bool first_time(const fs::path& canonical) { return seen_.insert(canonical).second; }

  // Whether a piece behind this one can be read.
  [[nodiscard]] bool has_events_from(std::size_t index) const {
    return std::any_of(findings_.pieces.begin() + static_cast<std::ptrdiff_t>(index),
                       findings_.pieces.end(),
                       [](const Piece& piece) { return is_readable(piece.kind); });
  }

  [[nodiscard]] bool has_problems_from(std::size_t index) const {
    return std::any_of(findings_.pieces.begin() + static_cast<std::ptrdiff_t>(index),
                       findings_.pieces.end(),
                       [](const Piece& piece) { return !piece.problems.empty(); });
  }

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
      if (archives_.is_stopped()) return;
      const fs::file_status status = found.symlink_status(error);
      if (fs::is_symlink(status)) {
        link(found.path(), root);
      } else if (fs::is_directory(status)) {
        if (first_time(found.path())) folder(found.path(), root);
      } else if (fs::is_regular_file(status)) {
        if (first_time(found.path())) {
          file(found.path(), root);
        } else if (found.path() != left_out_) {
          passed_over_ = true;
        }
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
    const auto format = look_into(piece);
    if (format && root && is_part_of_image(path, *format)) return;  // its first file leads to it
    if (format) {
      image(std::move(piece), *format);
      return;
    }
    if (root && piece.kind == Kind::kFile && piece.problems.empty()) {
      ++findings_.files_skipped;
      return;
    }
    const bool is_archive = piece.kind == Kind::kArchive;
    findings_.pieces.push_back(std::move(piece));
    if (is_archive) archive(findings_.pieces.size() - 1);
  }

  // An archive that the examiner named is expected to hold something.
  void archive(std::size_t index) {
    const auto searched = archives_.search(index);
    const bool is_argument = !findings_.pieces[index].parent;
    if (!is_argument || has_events_from(index)) {
      archives_.drop_if_empty(index, searched);
      return;
    }
    Piece& piece = findings_.pieces[index];
    if (searched.single && findings_.pieces.size() == index + 1) {
      piece.kind = carve_ ? Kind::kRaw : Kind::kFile;
      if (!carve_) piece.problems.push_back(not_evidence());
    } else if (!has_problems_from(index)) {
      piece.problems.push_back(
          problem_of(ProblemKind::kEmpty, "no EVTX log in this archive, and no export of events"));
    }
  }

  [[nodiscard]] Problem not_evidence() const {
    return problem_of(
        ProblemKind::kNotEvidence,
        fmt::format("not an EVTX log: it has no EVTX signature; nor an export of events{}",
                    carve_ ? "; carved" : "; `scan --carve` looks for remains in it"));
  }

  // A disk image is always a piece, and its files are not looked at a second time.
  void image(Piece piece, ImageFormat format) {
    const std::size_t index = findings_.pieces.size();
    findings_.pieces.push_back(std::move(piece));
    for (const fs::path& part : images_.search(index, format)) {
      seen_.insert(part);
      std::string& modified = findings_.pieces[index].modified;
      modified = std::max(modified, time_of(part));
    }
    const bool is_empty = !has_events_from(index) && !has_problems_from(index);
    if (is_empty && !findings_.pieces[index].parent) {
      findings_.pieces[index].problems.push_back(
          problem_of(ProblemKind::kEmpty, "no EVTX log in this image, and no export of events"));
    }
  }

  // Fills kind, size and problems. In a folder, a file that is no log is a problem only where its
  // name says otherwise. Tells of which format it is where it is a disk image.
  std::optional<ImageFormat> look_into(Piece& piece) {
    piece.modified = time_of(piece.path);  // before it is read: what is written then shows
    const auto opened = piece.open();
    if (!opened) {
      piece.problems.push_back(opened.problem());
      return std::nullopt;
    }
    piece.size = (*opened)->size();
    Buffer head(kHeadSize);
    const auto got = (*opened)->read_at(0, head);
    if (!got) {
      piece.problems.push_back(got.problem());
      return std::nullopt;
    }
    piece.kind = identify(Bytes(head).first(*got));
    if (piece.kind != Kind::kFile) return std::nullopt;
    if (piece.parent) collections_.note_file(piece.path, Bytes(head).first(*got));
    if (const auto format = image_format(**opened)) {
      piece.kind = Kind::kImage;
      return format;
    }
    const bool expected = !piece.parent || is_named_evtx(piece.path);
    if (piece.size == 0) {
      if (expected) piece.problems.push_back(problem_of(ProblemKind::kEmpty, "the file is empty"));
      return std::nullopt;
    }
    if (carve_) piece.kind = Kind::kRaw;
    if (carve_ ? is_named_evtx(piece.path) : expected) piece.problems.push_back(not_evidence());
    return std::nullopt;
  }

  Findings findings_;
  Collections collections_;
  ArchiveFinder archives_;
  ImageFinder images_;
  std::set<fs::path> seen_;
  fs::path left_out_;
  bool carve_;
  bool passed_over_ = false;  // a file of the folder was found before
};

}  // namespace

bool is_named_evtx(const fs::path& path) {
  return ascii_lower(path.extension().string()) == ".evtx";
}

Kind identify(Bytes head) {
  if (is_log(head)) return Kind::kEvtx;
  const auto archive = archive_format(head);
  const bool compressed = archive == ArchiveFormat::kGzip;
  if (archive && !compressed) return Kind::kArchive;
  Buffer inflated;
  if (compressed) {
    inflated = inflate_head(head, kHeadSize);
    // A tar whose first member is an export has its text in its head.
    if (is_log(inflated) || archive_format(inflated)) return Kind::kArchive;
  }
  const auto format = export_format(compressed ? Bytes(inflated) : head);
  if (!format) return compressed ? Kind::kArchive : Kind::kFile;
  if (*format == ExportFormat::kXml) return compressed ? Kind::kXmlGzip : Kind::kXml;
  return compressed ? Kind::kCrowdstrikeGzip : Kind::kCrowdstrike;
}

Findings find(const std::vector<fs::path>& arguments, const FindOptions& options) {
  std::error_code absent;
  const fs::path left_out = fs::canonical(options.leave_out, absent);
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
  // A file that is named as well as its folder stands for itself, whichever was named first.
  std::ranges::sort(canonical, {},
                    [](const fs::path& path) { return std::pair(fs::is_directory(path), path); });
  Finder finder(left_out, options);
  for (const fs::path& path : canonical) finder.argument(path);
  return finder.take();
}

}  // namespace evtxhound::evidence
