#include "evtxhound/evidence/archive/archive_finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "evtxhound/base/digests.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/archive/archive_members.hpp"
#include "evtxhound/evidence/archive/archive_sign.hpp"
#include "evtxhound/evidence/archive/image_member.hpp"
#include "evtxhound/evidence/memory_source.hpp"

namespace evtxhound::evidence {
namespace {

// Members up to this size stay in memory from here on, as long as all of them take no more than
// that: most logs are of 1 or 20 MiB, and of those of a host few are full.
constexpr std::uint64_t kMostKept = std::uint64_t{16} << 20U;
constexpr std::uint64_t kMostKeptInAll = std::uint64_t{256} << 20U;

// The header of a log.
constexpr std::size_t kKeptHead = 4096;

constexpr std::size_t kBlockSize = std::size_t{1} << 20U;

// So many members that cannot be read are told one by one.
constexpr std::size_t kMostProblems = 200;

// What a compressed file is called when it is not compressed.
std::string name_within(const std::filesystem::path& compressed) {
  const std::string whole = compressed.string();
  const std::string path(without_deleted_mark(whole));
  std::string name = path.substr(path.find_last_of('/') + 1);
  if (path.ends_with(" /" + name) && name.starts_with(' ')) name.erase(0, 1);  // of nested_path()
  constexpr std::array<std::string_view, 6> kSuffixes = {".gz",  ".xz",   ".zst",
                                                         ".bz2", ".gzip", ".zstd"};
  for (const std::string_view suffix : kSuffixes) {
    if (name.size() > suffix.size() && ascii_lower(name).ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

// Whether a compressed file should hold evidence: it is named so, or by the examiner.
bool is_expected(const Piece& compressed) {
  return !compressed.parent || is_named_evtx(name_within(compressed.path));
}

bool is_compressed(const ByteSource& source) {
  std::array<std::uint8_t, kTarHeader> head{};
  const auto got = source.read_at(0, head);
  const auto format = archive_format(Bytes(head).first(got ? *got : 0));
  return format && is_compression(*format);
}

}  // namespace

// A member that was read.
struct ArchiveFinder::Content {
  Buffer head;
  std::uint64_t size = 0;
  Digests digests;
  std::shared_ptr<Buffer> kept;  // all of it, or null
};

// An archive that is being looked through.
struct ArchiveFinder::Opened {
  std::size_t archive = 0;
  std::unique_ptr<ArchiveStream> stream;
  std::shared_ptr<ArchiveIndex> index = std::make_shared<ArchiveIndex>();
  std::shared_ptr<ArchiveMembers> members = std::make_shared<ArchiveMembers>(index);
  std::set<std::string> names;
  struct Nested {
    Piece piece;
    std::optional<ImageFormat> format;  // of a disk image that can be looked into
  };
  std::vector<Nested> nested;
  std::uint64_t encrypted = 0;
  std::string first_encrypted;

  // The path of a member; of the second of a name one that the first does not have.
  std::filesystem::path path_of(const std::filesystem::path& container, const std::string& name) {
    std::string distinct = valid_utf8(name);
    for (int i = 2; !names.insert(distinct).second; ++i) {
      distinct = fmt::format("{} ({})", valid_utf8(name), i);
    }
    return nested_path(container, distinct);
  }
};

ArchiveFinder::ArchiveFinder(Findings& findings, Collections& collections,
                             const FindOptions& options)
    : findings_(&findings),
      collections_(&collections),
      options_(&options),
      budget_(options.limits),
      memory_left_(kMostKeptInAll) {}

void ArchiveFinder::begin_argument() { budget_ = ArchiveBudget(options_->limits); }

bool ArchiveFinder::is_stopped() const { return options_->stop != nullptr && *options_->stop; }

ArchiveFinder::Searched ArchiveFinder::search(std::size_t archive, unsigned depth) {
  Searched searched{false, findings_->files_seen, findings_->files_skipped};
  if (open_ == 0) budget_.begin(findings_->pieces[archive].size);
  if (may_look_into(archive, depth)) searched.single = look_into(archive, depth + 1);
  return searched;
}

void ArchiveFinder::drop_if_empty(std::size_t archive, const Searched& searched) {
  if (findings_->pieces.size() != archive + 1 || !findings_->pieces[archive].problems.empty()) {
    return;
  }
  drop(archive, searched);
}

void ArchiveFinder::drop(std::size_t archive, const Searched& searched) {
  findings_->pieces.resize(archive);
  findings_->files_seen = searched.files_seen;
  findings_->files_skipped = searched.files_skipped + 1;
}

bool ArchiveFinder::may_look_into(std::size_t index, unsigned depth) {
  if (open_ > 0 && budget_.exhausted()) {
    report(index, ProblemKind::kLimit, "not looked into: the archive it lies in is too large");
    return false;
  }
  if (depth >= budget_.depth()) {
    report(index, ProblemKind::kLimit,
           fmt::format("not looked into: {} archives or disk images within each other", depth + 1));
    return false;
  }
  return true;
}

void ArchiveFinder::report(std::size_t archive, ProblemKind kind, std::string message) {
  std::vector<Problem>& problems = findings_->pieces[archive].problems;
  if (problems.size() < kMostProblems) {
    problems.push_back({kind, std::nullopt, std::move(message)});
  } else if (problems.size() == kMostProblems) {
    problems.push_back({kind, std::nullopt, "and more members that cannot be read"});
  }
}

bool ArchiveFinder::look_into(std::size_t archive, unsigned depth) {
  const Piece& piece = findings_->pieces[archive];
  Opened opened;
  opened.archive = archive;
  opened.index->container = piece.opener ? piece.opener : [path = piece.path] {
    return file_piece(path, Kind::kArchive).open();
  };
  auto source = piece.open();
  auto stream = source ? ArchiveStream::open(*source, options_->stop)
                       : Result<std::unique_ptr<ArchiveStream>>(source.problem());
  if (!stream) {
    const bool compressed = source && is_compressed(**source);
    if (!compressed || is_expected(findings_->pieces[archive])) {
      findings_->pieces[archive].problems.push_back(stream.problem());
    }
    return compressed;
  }
  opened.stream = std::move(*stream);
  ++open_;
  for (std::uint64_t number = 0; !is_stopped(); ++number) {
    const auto entry = opened.stream->next();
    if (!entry) break;
    if (!budget_.take_member()) {
      report(archive, ProblemKind::kLimit,
             fmt::format("more than {} members: those from {} on are not read",
                         grouped(options_->limits.members), valid_utf8(entry->name)));
      break;
    }
    if (entry->is_file && !take(opened, *entry, number)) break;
  }
  finish(opened);
  const bool single = opened.stream->is_single();
  opened.stream.reset();
  look_into_nested(opened, depth);
  --open_;
  return single;
}

// Says what is wrong with the archive as a whole. A compressed file in which there is no evidence
// is nobody's concern, damaged or not.
void ArchiveFinder::finish(Opened& opened) {
  Piece& piece = findings_->pieces[opened.archive];
  if (opened.encrypted > 0) {
    report(opened.archive, ProblemKind::kEncrypted,
           fmt::format("{} encrypted and not read: {}{}",
                       counted(opened.encrypted, "member is", "members are"),
                       opened.first_encrypted, opened.encrypted > 1 ? " and others" : ""));
  }
  const auto& problem = opened.stream->problem();
  if (!problem || is_stopped() || budget_.exhausted()) return;
  const bool is_last = findings_->pieces.size() == opened.archive + 1 && opened.nested.empty();
  if (!opened.stream->is_single() || !is_last || is_expected(piece))
    piece.problems.push_back(*problem);
}

void ArchiveFinder::look_into_nested(Opened& opened, unsigned depth) {
  for (Opened::Nested& nested : opened.nested) {
    if (is_stopped()) return;
    const std::size_t index = findings_->pieces.size();
    const Searched searched{false, findings_->files_seen, findings_->files_skipped};
    findings_->pieces.push_back(std::move(nested.piece));
    if (findings_->pieces[index].kind == Kind::kImage) {
      const bool searched_too = nested.format && image_search_ && may_look_into(index, depth);
      if (searched_too) image_search_(index, *nested.format, depth + 1);
      continue;
    }
    if (may_look_into(index, depth)) look_into(index, depth + 1);
    drop_if_empty(index, searched);
  }
}

// Looks at a member, and reads it where it is worth it. False where no more can be read.
bool ArchiveFinder::take(Opened& opened, const ArchiveStream::Entry& entry, std::uint64_t number) {
  ArchiveStream& stream = *opened.stream;
  const std::filesystem::path container = findings_->pieces[opened.archive].path;
  const std::string name = stream.is_single() ? name_within(container) : valid_utf8(entry.name);
  ++findings_->files_seen;
  if (entry.encrypted) {
    if (opened.encrypted++ == 0) opened.first_encrypted = name;
    return true;
  }
  Content content;
  content.head.resize(kHeadSize);
  content.head.resize(stream.read(content.head));
  bool within_limits = count_bytes(content.head.size());
  const Kind kind = identify(content.head);
  if (kind == Kind::kFile) collections_->note_member(container, name, content.head);
  const auto format = kind == Kind::kFile ? image_member_format(entry, content.head) : std::nullopt;
  const bool wanted = kind != Kind::kFile || is_named_evtx(name);
  if (format) {
    within_limits =
        within_limits && take_image(opened, entry, name, *format, std::move(content.head));
  } else if (!wanted) {
    ++findings_->files_skipped;
    const auto problem = stream.take_member_problem();
    if (problem && !stream.is_single() && !is_stopped()) {
      report(opened.archive, problem->kind, fmt::format("{}: {}", name, problem->message));
    }
    if (within_limits && !stream.skips_cheaply() && !stream.is_single()) {
      within_limits = drain(stream);
    }
  } else {
    within_limits = within_limits && read_to_end(stream, content);
  }
  if (!within_limits) {
    if (is_stopped()) return false;
    report(opened.archive, ProblemKind::kLimit,
           fmt::format("expands to too much: not read from {} on", name));
    return false;
  }
  if (!wanted || format) return true;
  Piece piece = piece_of(opened, opened.path_of(container, name), kind, number, content);
  if (kind == Kind::kArchive) {
    opened.nested.push_back({std::move(piece), std::nullopt});
  } else {
    findings_->pieces.push_back(std::move(piece));
  }
  return true;
}

// A member that is a disk image, as a piece. False where no more can be read.
bool ArchiveFinder::take_image(Opened& opened, const ArchiveStream::Entry& entry,
                               const std::string& name, ImageFormat format, Buffer head) {
  ArchiveStream& stream = *opened.stream;
  auto read = read_image_member(stream, entry, format, std::move(head),
                                std::min(memory_left_, options_->limits.image_bytes),
                                [this](std::uint64_t bytes) { return count_bytes(bytes); });
  if (!read.within_limits) return false;
  const bool to_be_drained = !stream.skips_cheaply() && !stream.is_single();
  if (!read.opener) {
    ++findings_->files_skipped;
    return !to_be_drained || drain(stream);
  }
  Piece piece = file_piece(opened.path_of(findings_->pieces[opened.archive].path, name),
                           Kind::kImage, opened.archive);
  piece.size = read.size;
  piece.opener = std::move(read.opener);
  piece.problems = std::move(read.problems);
  memory_left_ -= read.kept;
  opened.nested.push_back({std::move(piece), read.readable ? std::optional(format) : std::nullopt});
  return !to_be_drained || drain(stream);
}

// What was read of a member, as a piece.
Piece ArchiveFinder::piece_of(Opened& opened, std::filesystem::path path, Kind kind,
                              std::uint64_t number, Content& content) {
  Piece piece;
  piece.path = std::move(path);
  piece.kind = kind;
  piece.parent = opened.archive;
  piece.size = content.size;
  piece.sha256 = std::move(content.digests.sha256);
  piece.sha1 = std::move(content.digests.sha1);
  piece.md5 = std::move(content.digests.md5);
  if (auto problem = opened.stream->take_member_problem())
    piece.problems.push_back(std::move(*problem));
  if (kind == Kind::kFile) {
    piece.problems.push_back({content.size == 0 ? ProblemKind::kEmpty : ProblemKind::kNotEvidence,
                              std::nullopt,
                              content.size == 0 ? "the file is empty"
                                                : "not an EVTX log: it has no EVTX signature; nor "
                                                  "an export of events"});
  }
  if (content.kept) {
    piece.opener = [kept = std::move(content.kept)]() -> Result<std::shared_ptr<const ByteSource>> {
      return std::shared_ptr<const ByteSource>(std::make_shared<MemorySource>(kept));
    };
  } else {
    content.head.resize(std::min(content.head.size(), kKeptHead));
    piece.opener = [members = opened.members, member = opened.index->add(number, content.size),
                    head = std::make_shared<const Buffer>(content.head)]()
        -> Result<std::shared_ptr<const ByteSource>> { return members->open(member, head); };
  }
  return piece;
}

// Reads what is behind the head. False where that is too much, or the search was stopped.
bool ArchiveFinder::read_to_end(ArchiveStream& stream, Content& content) {
  Digester digester(options_->hash);
  Buffer block = content.head;
  bool ended = block.size() < kHeadSize;
  content.kept = std::make_shared<Buffer>();
  while (true) {
    content.size += block.size();
    digester.update(block);
    if (content.kept && content.size > std::min(kMostKept, memory_left_)) content.kept.reset();
    if (content.kept) content.kept->insert(content.kept->end(), block.begin(), block.end());
    if (ended) break;
    block.resize(kBlockSize);
    block.resize(stream.read(block));
    ended = block.size() < kBlockSize;
    if (!count_bytes(block.size())) return false;
  }
  content.digests = digester.finish();
  if (content.kept) {
    content.kept->shrink_to_fit();
    memory_left_ -= content.size;
  }
  return true;
}

bool ArchiveFinder::drain(ArchiveStream& stream) {
  Buffer block(kBlockSize);
  while (true) {
    const std::size_t got = stream.read(block);
    if (!count_bytes(got)) return false;
    if (got < block.size()) return true;
  }
}

bool ArchiveFinder::count_bytes(std::uint64_t bytes) {
  bytes_read_ += bytes;
  if (options_->on_read) options_->on_read(bytes_read_);
  return budget_.take_bytes(bytes) && !is_stopped();
}

}  // namespace evtxhound::evidence
