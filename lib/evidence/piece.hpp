// A piece of evidence: what was handed over, or what lies in that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound::evidence {

// What a piece of evidence is, told by its content. Stored by these names.
enum class Kind {
  kFolder,           // "folder"
  kEvtx,             // "evtx"
  kXml,              // "xml": an export of events as XML
  kXmlGzip,          // "xml-gzip": the same in gzip
  kCrowdstrike,      // "crowdstrike": an export of CrowdStrike's events as JSON
  kCrowdstrikeGzip,  // "crowdstrike-gzip"
  kArchive,          // "archive": zip, 7z, tar, or a compressed file that holds evidence
  kImage,            // "image": of a disk; its bytes are the disk's, whatever the format
  kVolume,           // "volume": a partition of a disk, or a shadow copy
  kUnallocated,      // "unallocated": what no file of a disk covers, to be carved
  kRaw,              // "raw": of no kind that can be read, to be carved
  kFile,  // "file": of no kind that can be read; listed only where that is a problem. The last one
};

std::string_view to_string(Kind kind);
// Empty where no kind is stored by this name.
std::optional<Kind> kind_from(std::string_view name);

// Whether other pieces lie in it.
constexpr bool is_container(Kind kind) {
  return kind == Kind::kFolder || kind == Kind::kArchive || kind == Kind::kImage ||
         kind == Kind::kVolume;
}

// Whether it has a hash. A disk has not: reading all of it takes hours where finding and reading
// its logs takes a minute, and images come with hashes of their own.
constexpr bool is_hashed(Kind kind) {
  return kind != Kind::kFolder && kind != Kind::kImage && kind != Kind::kVolume &&
         kind != Kind::kUnallocated;
}

// Whether its events are found in bytes that are no log.
constexpr bool is_carved(Kind kind) { return kind == Kind::kRaw || kind == Kind::kUnallocated; }

// Whether it holds events.
constexpr bool is_readable(Kind kind) { return !is_container(kind) && kind != Kind::kFile; }

constexpr bool is_export(Kind kind) {
  return is_readable(kind) && kind != Kind::kEvtx && !is_carved(kind);
}

// Whether offsets in it count in what it decompresses to.
constexpr bool is_compressed(Kind kind) {
  return kind == Kind::kXmlGzip || kind == Kind::kCrowdstrikeGzip;
}

// Opens what does not lie on disk as a file of its own. Thread-safe, and good for any number of
// calls; what it needs for that, it holds.
using Opener = std::function<Result<std::shared_ptr<const ByteSource>>()>;

// One piece of evidence. Pieces nest by `parent` to any depth.
struct Piece {
  // Of a file or folder: absolute, without symbolic links. Of what lies in another kind of
  // container: nested_path(), container by container. Valid UTF-8 where it is no file's.
  std::filesystem::path path;
  Kind kind = Kind::kFile;
  std::optional<std::size_t> parent;  // index of what it was found in; of a folder: the argument
  std::uint64_t size = 0;             // in bytes; 0 for a folder
  std::vector<Problem> problems;      // with finding or opening it
  Opener opener;                      // null: the file at `path`
  // Where finding it has read it all: in lower-case hex. Else it is for others to compute.
  std::string sha256;
  std::string md5;
  std::string sha1;
  // When its file was written to last, as ISO 8601 UTC, taken before it is read; of what lies in an
  // archive or image, the outermost file. Empty where it is not known, and for folders.
  std::string modified;
  std::string created;  // of a volume shadow copy: when it was made, as ISO 8601 UTC; else empty
  // The host that it was taken from, where the collection that it lies in says so, and what says it
  // (collection/collections.hpp). Else both are empty. From evidence, but always is_host_name().
  std::string host;
  std::string host_from;

  // Its bytes, open for reading. Thread-safe; what one call returns is independent of other calls
  // and of the piece. Fails (kUnreadable) where it is no longer there.
  [[nodiscard]] Result<std::shared_ptr<const ByteSource>> open() const;
};

// What Piece::host_from can be.
inline constexpr std::string_view kHostFromVelociraptor = "client_info.json";  // Velociraptor's
inline constexpr std::string_view kHostFromKape = "ConsoleLog.txt";            // KAPE's

// A file or a folder on disk, of which nothing is known yet but this.
Piece file_piece(std::filesystem::path path, Kind kind,
                 std::optional<std::size_t> parent = std::nullopt);

// The index of the outermost piece that is no folder and that the piece at `index` lies in, or is.
std::size_t outermost(const std::vector<Piece>& pieces, std::size_t index);

// What follows the path of a file that the file system only remembers, by the number of its
// metadata; and a path without it.
std::string deleted_mark(std::uint64_t number);
std::string_view without_deleted_mark(std::string_view path);

// The path of what lies in a container that is no folder: `disk.E01 / partition 2 / a/b.evtx`. The
// name within comes from evidence: what is not UTF-8 becomes U+FFFD, and the rest stays as it is.
std::filesystem::path nested_path(const std::filesystem::path& container, std::string_view name);

}  // namespace evtxhound::evidence
