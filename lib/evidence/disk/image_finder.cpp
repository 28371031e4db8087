#include "evtxhound/evidence/disk/image_finder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evidence/disk/image.hpp"
#include "evtxhound/evidence/disk/shadow_copies.hpp"
#include "evtxhound/evidence/disk/volumes.hpp"

namespace evtxhound::evidence {
namespace {

bool is_named_log(const FoundFile& file) { return !file.deleted && is_named_evtx(file.path); }

bool is_wanted(const FoundFile& file, Bytes head) {
  return is_readable(identify(head)) || is_named_log(file);
}

// Of a shadow copy: what is deleted there is deleted in the volume itself, or in an older copy a
// file.
bool is_wanted_of_copy(const FoundFile& file, Bytes head) {
  return !file.deleted && is_wanted(file, head);
}

Opener opener_of(std::shared_ptr<const ByteSource> bytes) {
  return
      [bytes = std::move(bytes)]() -> Result<std::shared_ptr<const ByteSource>> { return bytes; };
}

// Of a shadow copy of which nothing can be read.
Opener no_opener() {
  return []() -> Result<std::shared_ptr<const ByteSource>> {
    return Problem{ProblemKind::kUnreadable, std::nullopt, "the shadow copy cannot be read"};
  };
}

// Whether there is nothing to be missed: partitions that Windows reserves have never been written.
bool begins_with_zeros(const ByteSource& volume) {
  Buffer head(kHeadSize);
  const auto got = volume.read_at(0, head);
  return got && std::ranges::all_of(head, [](std::uint8_t byte) { return byte == 0; });
}

Piece piece_of(const FoundFile& file, std::size_t parent, const std::filesystem::path& volume) {
  const std::string state =
      file.deleted ? fmt::format(" (deleted, entry {})", file.number) : std::string();
  Piece piece = file_piece(nested_path(volume, file.path + state), Kind::kFile, parent);
  piece.size = file.size;
  piece.opener = opener_of(file.bytes);
  piece.problems = file.problems;
  Buffer head(static_cast<std::size_t>(std::min<std::uint64_t>(kHeadSize, file.size)));
  const auto got = file.bytes->read_at(0, head);
  if (got) {
    piece.kind = identify(Bytes(head).first(*got));
  } else {
    // As much of it as could be read told what it is, or its name did.
    Buffer begin(std::min<std::size_t>(head.size(), 4104));
    const auto first = file.bytes->read_at(0, begin);
    if (first) piece.kind = identify(Bytes(begin).first(*first));
  }
  if (!is_readable(piece.kind)) piece.kind = Kind::kFile;
  if (piece.kind == Kind::kFile && piece.problems.empty()) {
    piece.problems.push_back(file.size == 0
                                 ? Problem{ProblemKind::kEmpty, std::nullopt, "the file is empty"}
                                 : Problem{ProblemKind::kNotEvidence, std::nullopt,
                                           "not an EVTX log: it has no EVTX signature"});
  }
  return piece;
}

}  // namespace

std::vector<std::filesystem::path> ImageFinder::search(std::size_t index, ImageFormat format) {
  const std::filesystem::path path = findings_.pieces[index].path;
  const auto image = open_image(path, format);
  if (!image) {
    findings_.pieces[index].problems.push_back(image.problem());
    return {};
  }
  const VolumeTable table = list_volumes(image->disk);
  Piece& piece = findings_.pieces[index];
  piece.size = image->disk->size();
  piece.opener = opener_of(image->disk);
  for (const auto* problems : {&image->problems, &table.problems}) {
    piece.problems.insert(piece.problems.end(), problems->begin(), problems->end());
  }
  std::vector<ByteRun> free = table.gaps;
  for (const Volume& found : table.volumes) {
    const std::string name =
        found.number == 0 ? "volume" : fmt::format("partition {}", found.number);
    const auto bytes = slice(image->disk, found.place);
    Piece part = file_piece(nested_path(path, name), Kind::kVolume, index);
    part.size = bytes->size();
    part.opener = opener_of(bytes);
    findings_.pieces.push_back(std::move(part));
    const std::size_t volume_index = findings_.pieces.size() - 1;
    for (const ByteRun& run : volume(volume_index, bytes)) {
      free.push_back({found.place.offset + run.offset, run.size});
    }
    shadow_copies(volume_index, bytes);
  }
  if (table.volumes.empty()) free = {{0, image->disk->size()}};
  if (carve_) {
    const auto bytes = masked(image->disk, std::move(free));
    Piece rest = file_piece(nested_path(path, "unallocated"), Kind::kUnallocated, index);
    rest.size = bytes->size();
    rest.opener = opener_of(bytes);
    findings_.pieces.push_back(std::move(rest));
  }
  return image->files;
}

// Returns what no file in use covers, and no deleted one that became a piece; nothing unless that
// is asked for.
std::vector<ByteRun> ImageFinder::volume(std::size_t index,
                                         const std::shared_ptr<const ByteSource>& bytes) {
  const auto system = FileSystem::open(bytes);
  if (!system) {
    const Problem& problem = system.problem();
    if (problem.kind != ProblemKind::kNotEvidence || !begins_with_zeros(*bytes)) {
      findings_.pieces[index].problems.push_back(problem);
    }
    return {{0, bytes->size()}};
  }
  std::vector<ByteRun> read = files(index, *system, is_wanted);
  if (!carve_) return {};
  return without(system->free_runs(), std::move(read));
}

// Returns where those lie that can be read.
std::vector<ByteRun> ImageFinder::files(std::size_t index, const FileSystem& system,
                                        const WantsFile& wants) {
  const FileList list = system.list_files(wants);
  findings_.files_seen += list.files_seen;
  findings_.files_skipped += list.files_seen - list.files.size();
  auto& problems = findings_.pieces[index].problems;
  problems.insert(problems.end(), list.problems.begin(), list.problems.end());
  const std::filesystem::path path = findings_.pieces[index].path;
  std::vector<ByteRun> read;
  for (const FoundFile& file : list.files) {
    findings_.pieces.push_back(piece_of(file, index, path));
    if (!is_readable(findings_.pieces.back().kind)) continue;
    read.insert(read.end(), file.runs.begin(), file.runs.end());
  }
  return read;
}

void ImageFinder::shadow_copies(std::size_t index, const std::shared_ptr<const ByteSource>& bytes) {
  ShadowCopies found = open_shadow_copies(bytes);
  const std::filesystem::path path = findings_.pieces[index].path;
  auto& problems = findings_.pieces[index].problems;
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  for (std::size_t i = 0; i < found.copies.size(); ++i) {
    ShadowCopy& copy = found.copies[i];
    Piece piece =
        file_piece(nested_path(path, fmt::format("shadow {}", i + 1)), Kind::kVolume, index);
    piece.size = bytes->size();
    piece.problems = std::move(copy.problems);
    piece.opener = copy.bytes ? opener_of(copy.bytes) : no_opener();
    std::optional<FileSystem> system;
    if (copy.bytes) {
      auto opened = FileSystem::open(copy.bytes);
      if (opened) {
        system = *std::move(opened);
      } else {
        piece.problems.push_back(opened.problem());
      }
    }
    findings_.pieces.push_back(std::move(piece));
    if (system) files(findings_.pieces.size() - 1, *system, is_wanted_of_copy);
  }
}

}  // namespace evtxhound::evidence
