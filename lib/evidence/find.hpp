// What lies in the evidence that the examiner names: which files can be read, and what stands in
// the way of the others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
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
  kFile,             // "file": of no kind that can be read; listed only where that is a problem
};

std::string_view to_string(Kind kind);

// Whether it holds events.
constexpr bool is_readable(Kind kind) { return kind != Kind::kFolder && kind != Kind::kFile; }

constexpr bool is_export(Kind kind) { return is_readable(kind) && kind != Kind::kEvtx; }

// Whether offsets in it count in what it decompresses to.
constexpr bool is_compressed(Kind kind) {
  return kind == Kind::kXmlGzip || kind == Kind::kCrowdstrikeGzip;
}

// One piece of evidence.
struct Piece {
  std::filesystem::path path;  // absolute, without symbolic links
  Kind kind = Kind::kFile;
  std::optional<std::size_t> parent;  // index of the folder argument it was found in
  std::uint64_t size = 0;             // in bytes; 0 for a folder
  std::vector<Problem> problems;      // with finding or opening it
};

struct Findings {
  std::vector<Piece> pieces;        // a folder before what lies in it
  std::uint64_t files_seen = 0;     // regular files looked at
  std::uint64_t files_skipped = 0;  // of these, in folders, of no kind that can be read
};

// What a file is, by its first bytes (kHeadSize are enough): an EVTX log has the file signature,
// or, where its header is damaged, the signature of its first chunk; exports are told by their text
// (export_sign.hpp), also within gzip.
inline constexpr std::size_t kHeadSize = 65'536;
Kind identify(Bytes head);

// Looks through files and folders, folders recursively and in the order of names.
//
// A file in a folder is a piece where its content says that it is an EVTX log or an export, and a
// problem where its name says so (`.evtx`) and its content does not. Files that are named
// themselves are always pieces. Symbolic links named by the examiner are followed; those inside
// folders are not: one that leads elsewhere in the folder leads to what is found there anyway, any
// other is a problem of the folder, so that no file from outside ever passes for evidence. A file
// that is reached twice is one piece.
//
// The file `leave_out` (the case file, which can lie in a folder of evidence) is not looked at.
//
// Throws Failure (kUsage) where an argument does not exist, or is the file to leave out, before
// anything is read.
Findings find(const std::vector<std::filesystem::path>& arguments,
              const std::filesystem::path& leave_out = {});

}  // namespace evtxhound::evidence
