#include "evtxhound/evidence/disk/image_finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evtxhound/evidence/disk/shadow_copies.hpp"
#include "evtxhound/evidence/disk/volumes.hpp"

namespace evtxhound::evidence {
namespace {

bool is_named_log(const FoundFile& file) { return !file.deleted && is_named_evtx(file.path); }

// The format of a file that is a disk image, and not a later segment of one.
std::optional<ImageFormat> image_in(const FoundFile& file, Bytes head) {
  const auto format = image_format(head, file.size);
  return format && is_later_segment(head, *format) ? std::nullopt : format;
}

bool is_wanted(const FoundFile& file, Bytes head) {
  return identify(head) != Kind::kFile || is_named_log(file) || image_in(file, head);
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

// As much of the beginning as can be read, up to what tells what it is.
Buffer head_of(const FoundFile& file) {
  for (const std::size_t most : {kHeadSize, kImageHead}) {
    Buffer head(static_cast<std::size_t>(std::min<std::uint64_t>(most, file.size)));
    const auto got = file.bytes->read_at(0, head);
    if (!got) continue;
    head.resize(*got);
    return head;
  }
  return {};
}

Piece piece_of(const FoundFile& file, std::size_t parent, const std::filesystem::path& volume) {
  const std::string state = file.deleted ? deleted_mark(file.number) : std::string();
  Piece piece = file_piece(nested_path(volume, file.path + state), Kind::kFile, parent);
  piece.size = file.size;
  piece.opener = opener_of(file.bytes);
  piece.problems = file.problems;
  return piece;
}

void say_not_a_log(Piece& piece) {
  if (!piece.problems.empty()) return;
  piece.problems.push_back(piece.size == 0
                               ? Problem{ProblemKind::kEmpty, std::nullopt, "the file is empty"}
                               : Problem{ProblemKind::kNotEvidence, std::nullopt,
                                         "not an EVTX log: it has no EVTX signature"});
}

}  // namespace

std::vector<std::filesystem::path> ImageFinder::search(std::size_t index, ImageFormat format) {
  const auto image = open_image(findings_.pieces[index].path, format);
  if (!image) {
    findings_.pieces[index].problems.push_back(image.problem());
    return {};
  }
  disk(index, *image, 0);
  return image->files;
}

void ImageFinder::search_within(std::size_t index, ImageFormat format, unsigned depth) {
  if (nested_left_ == 0) {
    findings_.pieces[index].problems.push_back(
        {ProblemKind::kLimit, std::nullopt,
         fmt::format("not looked into: more than {} disk images within others", kMostNested)});
    return;
  }
  --nested_left_;
  auto bytes = findings_.pieces[index].open();
  const auto image =
      bytes ? open_image(*std::move(bytes), format) : Result<DiskImage>(bytes.problem());
  if (image) {
    disk(index, *image, depth);
  } else {
    findings_.pieces[index].problems.push_back(image.problem());
  }
}

void ImageFinder::disk(std::size_t index, const DiskImage& image, unsigned depth) {
  const std::filesystem::path path = findings_.pieces[index].path;
  const VolumeTable table = list_volumes(image.disk);
  Piece& piece = findings_.pieces[index];
  piece.size = image.disk->size();
  piece.opener = opener_of(image.disk);
  for (const auto* problems : {&image.problems, &table.problems}) {
    piece.problems.insert(piece.problems.end(), problems->begin(), problems->end());
  }
  std::vector<ByteRun> free = table.gaps;
  for (const Volume& found : table.volumes) {
    const std::string name =
        found.number == 0 ? "volume" : fmt::format("partition {}", found.number);
    const auto bytes = slice(image.disk, found.place);
    Piece part = file_piece(nested_path(path, name), Kind::kVolume, index);
    part.size = bytes->size();
    part.opener = opener_of(bytes);
    findings_.pieces.push_back(std::move(part));
    const std::size_t volume_index = findings_.pieces.size() - 1;
    for (const ByteRun& run : volume(volume_index, bytes, depth)) {
      free.push_back({found.place.offset + run.offset, run.size});
    }
    shadow_copies(volume_index, bytes, depth);
  }
  if (table.volumes.empty()) free = {{0, image.disk->size()}};
  if (!carve_) return;
  const auto bytes = masked(image.disk, std::move(free));
  Piece rest = file_piece(nested_path(path, "unallocated"), Kind::kUnallocated, index);
  rest.size = bytes->size();
  rest.opener = opener_of(bytes);
  findings_.pieces.push_back(std::move(rest));
}

// Returns what no file in use covers, and no deleted one that became a piece; nothing unless that
// is asked for.
std::vector<ByteRun> ImageFinder::volume(std::size_t index,
                                         const std::shared_ptr<const ByteSource>& bytes,
                                         unsigned depth) {
  const auto system = FileSystem::open(bytes);
  if (!system) {
    const Problem& problem = system.problem();
    if (problem.kind != ProblemKind::kNotEvidence || !begins_with_zeros(*bytes)) {
      findings_.pieces[index].problems.push_back(problem);
    }
    return {{0, bytes->size()}};
  }
  Places places = files(index, *system, is_wanted, depth);
  if (!carve_) return {};
  std::vector<ByteRun> free = system->free_runs();
  free.insert(free.end(), places.slack.begin(), places.slack.end());
  return without(std::move(free), std::move(places.read));
}

ImageFinder::Places ImageFinder::files(std::size_t index, const FileSystem& system,
                                       const WantsFile& wants, unsigned depth) {
  FileList list = system.list_files(wants);
  findings_.files_seen += list.files_seen;
  findings_.files_skipped += list.files_seen - list.files.size();
  auto& problems = findings_.pieces[index].problems;
  problems.insert(problems.end(), list.problems.begin(), list.problems.end());
  Places places;
  for (const FoundFile& found : list.files) {
    if (archives_.is_stopped()) break;
    if (file(found, index, depth)) {
      places.read.insert(places.read.end(), found.runs.begin(), found.runs.end());
    }
  }
  places.slack = std::move(list.slack);
  return places;
}

// Adds a file and what lies in it. Returns whether its bytes are read there, and so not to be
// carved if it is a deleted one.
bool ImageFinder::file(const FoundFile& file, std::size_t volume, unsigned depth) {
  const std::size_t index = findings_.pieces.size();
  Piece piece = piece_of(file, volume, findings_.pieces[volume].path);
  const Buffer head = head_of(file);
  piece.kind = identify(head);
  const auto format = piece.kind == Kind::kFile ? image_in(file, head) : std::nullopt;
  if (format) piece.kind = Kind::kImage;
  if (piece.kind == Kind::kFile) say_not_a_log(piece);
  const Kind kind = piece.kind;
  findings_.pieces.push_back(std::move(piece));
  if (format) image(index, *format, file.deleted, depth);
  if (kind == Kind::kArchive) return archive(index, file.deleted, depth);
  return is_readable(kind);
}

// What is left of a deleted archive is no reason for problems unless there is evidence in it.
// Of a damaged one with evidence, what could not be read is carved.
bool ImageFinder::archive(std::size_t index, bool deleted, unsigned depth) {
  const auto searched = archives_.search(index, depth);
  const auto begin = findings_.pieces.begin() + static_cast<std::ptrdiff_t>(index);
  const auto is_evidence = [](const Piece& piece) { return is_readable(piece.kind); };
  if (deleted && std::none_of(begin, findings_.pieces.end(), is_evidence)) {
    archives_.drop(index, searched);
    return false;
  }
  archives_.drop_if_empty(index, searched);
  return std::all_of(findings_.pieces.begin() + static_cast<std::ptrdiff_t>(index),
                     findings_.pieces.end(),
                     [](const Piece& piece) { return piece.problems.empty(); });
}

void ImageFinder::image(std::size_t index, ImageFormat format, bool deleted, unsigned depth) {
  if (deleted) {
    findings_.pieces[index].problems.push_back(
        {ProblemKind::kLimit, std::nullopt,
         fmt::format("not looked into: a deleted disk image ({}); take it out first",
                     to_string(format))});
  } else if (archives_.may_look_into(index, depth)) {
    search_within(index, format, depth + 1);
  }
}

void ImageFinder::shadow_copies(std::size_t index, const std::shared_ptr<const ByteSource>& bytes,
                                unsigned depth) {
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
    piece.created = to_iso8601(copy.created);
    findings_.pieces.push_back(std::move(piece));
    if (!system) continue;
    // An image that lies in a copy is carved where the volume itself has it, and not once for each.
    const bool carve = std::exchange(carve_, false);
    files(findings_.pieces.size() - 1, *system, is_wanted_of_copy, depth);
    carve_ = carve;
  }
}

}  // namespace evtxhound::evidence
