// What lies in the evidence that the examiner names: which files can be read, and what stands in
// the way of the others.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::evidence {

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
// With `carve`, files of no other kind are raw pieces (kRaw), in folders too, unless they are
// empty. One that is called `.evtx` and is none is a problem all the same.
//
// Throws Failure (kUsage) where an argument does not exist, or is the file to leave out, before
// anything is read.
Findings find(const std::vector<std::filesystem::path>& arguments,
              const std::filesystem::path& leave_out = {}, bool carve = false);

}  // namespace evtxhound::evidence
