// NTFS volumes with files that lie as ntfscp leaves none: with holes, compressed, in many pieces.
// The volume is mkntfs', the clusters are those that ntfscp took; the file's MFT record is
// rewritten.
#pragma once

#include <filesystem>
#include <string>

namespace evtxhound::test {

enum class Lying {
  kSparse,      // clusters of zeros are holes
  kCompressed,  // units of 16 clusters, by LZNT1
  kScattered,   // each cluster elsewhere, the last one first
};

// A volume with the one file `name` of this content in its root folder. REQUIRES: the runs fit into
// an MFT record, which some 100 do
void make_ntfs(const std::filesystem::path& path, const std::string& name,
               const std::string& content, Lying lying);

// A unit of 64 KiB, or less, compressed as NTFS does it.
std::string lznt1(const std::string& unit);

}  // namespace evtxhound::test
