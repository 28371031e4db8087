// Archives made by tests, with libarchive's writer.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace evtxhound::test {

struct ArchivedFile {
  std::string name;
  std::string content;
};

// How an archive is packed.
struct Packing {
  std::string format;   // "zip", "7zip", "pax", "gnutar", "ustar" or "raw" (one file, no name)
  std::string filter;   // "none", "gzip", "xz", "zstd", "bzip2"
  std::string options;  // of libarchive's modules, such as "zip:compression=store"
  std::string password = {};
};

// The bytes of an archive of these files. Throws where libarchive cannot make it.
std::string pack(const std::vector<ArchivedFile>& files, const Packing& packing);

inline std::string zip(const std::vector<ArchivedFile>& files) {
  return pack(files, {"zip", "none", ""});
}

// All files in a folder and its subfolders, named from there, in order.
std::vector<ArchivedFile> files_in(const std::filesystem::path& folder);

}  // namespace evtxhound::test
