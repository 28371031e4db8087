// What lies in the evidence that the examiner names: which files can be read, and what stands in
// the way of the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/digests.hpp"
#include "evtxhound/evidence/archive/archive_limits.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::evidence {

struct Findings {
  std::vector<Piece> pieces;     // a folder before what lies in it
  std::uint64_t files_seen = 0;  // regular files looked at, in archives too
  std::uint64_t files_skipped =
      0;  // of these, in folders and archives, of no kind that can be read
};

// What a file is, by its first bytes (kHeadSize are enough): an EVTX log has the file signature,
// or, where its header is damaged, the signature of its first chunk; archives and compressed files
// are told by their signatures (archive/archive_sign.hpp), whatever is in them; exports by their
// text (export_sign.hpp), also within gzip.
inline constexpr std::size_t kHeadSize = 65'536;
Kind identify(Bytes head);

struct FindOptions {
  std::filesystem::path leave_out;  // not looked at: the case file can lie in a folder of evidence
  bool carve = false;               // files of no other kind are raw pieces, to be carved
  Hashes hash = Hashes::kSha256;    // of what has to be read to its end anyway
  ArchiveLimits limits;
  const std::atomic<bool>* stop = nullptr;  // ends the search; what was found is incomplete then
  // Called now and then while archives are read, with the bytes that they gave so far.
  std::function<void(std::uint64_t bytes)> on_read;
};

// Whether a file's name says that it is a log.
bool is_named_evtx(const std::filesystem::path& path);

// Looks through files and folders, folders recursively and in the order of names, and through
// archives, also within archives, in the order of their members. The order of arguments means
// nothing: files that are named come first, then folders, each in the order of their paths.
//
// A file in a folder is a piece where its content says that it is an EVTX log or an export, and a
// problem where its name says so (`.evtx`) and its content does not. Files that are named
// themselves are always pieces. Symbolic links named by the examiner are followed; those inside
// folders are not: one that leads elsewhere in the folder leads to what is found there anyway, any
// other is a problem of the folder, so that no file from outside ever passes for evidence. A file
// that is reached twice is one piece.
//
// A disk image is searched as well (disk/image_finder.hpp), with its further segments and extents,
// which are no pieces of their own; and archives and images within it, and images within archives.
// Of those that cannot be read there, a problem says that they were not looked into.
//
// In archives it is the same, where symbolic links and second names of a file are passed over. An
// archive in which there is neither evidence nor a problem is a file like any other. What is in
// archives is read once here, to the end of each member that is evidence; small members stay in
// memory, as long as the pieces live.
//
// With `carve`, files on disk of no other kind are raw pieces (kRaw), in folders too, unless they
// are empty. One that is called `.evtx` and is none is a problem all the same. Of a disk image,
// what no file covers is a piece (kUnallocated).
//
// Throws Failure (kUsage) where an argument does not exist, or is the file to leave out, before
// anything is read.
Findings find(const std::vector<std::filesystem::path>& arguments, const FindOptions& options = {});

}  // namespace evtxhound::evidence
