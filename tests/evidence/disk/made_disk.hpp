// Disks for tests, made with the tools of Debian: nothing is mounted, no rights are needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/hash.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/run.hpp"

namespace evtxhound::test {

inline const std::filesystem::path kTestdata = EVTXHOUND_SOURCE_DIR "/testdata";

// Runs a command that must go well; tools in /usr/sbin are found as well.
void must(const std::string& command);

// The first of these programs that is not installed, or nothing.
std::string lacking(const std::vector<std::string>& programs);

// The content of a log of testdata/, of about 70 KiB and more.
std::string log_text(const std::string& name = "intrusion/FIN-WS-014/Security.evtx");

// An NTFS volume of 8 MiB with `files` in its root folder; a name that repeats is overwritten.
struct NamedFile {
  std::string name;
  std::string content;
};
void make_ntfs(const std::filesystem::path& path, const std::vector<NamedFile>& files);

// A FAT volume of 8 MiB, empty; `mtools(path, "mcopy", "…")` fills it: in arguments `::` is its
// root.
void make_fat(const std::filesystem::path& path);
void mtools(const std::filesystem::path& path, const std::string& command,
            const std::string& arguments);

// Puts a file into a FAT volume.
void put_in_fat(const std::filesystem::path& path, const std::string& name,
                const std::string& content);

// Marks the MFT record of a file of an NTFS volume as no longer in use, as deleting does.
void delete_in_ntfs(const std::filesystem::path& path, const std::string& name);

// A disk with a partition table: `script` is for sfdisk, and names where the partitions begin;
// `parts` are volumes and the MiB where they are put.
struct Part {
  std::filesystem::path volume;
  unsigned at_mib;
};
void make_partitioned(const std::filesystem::path& path, unsigned size_mib,
                      const std::string& script, const std::vector<Part>& parts);

// The bytes as a source, and those of a source, by one read after the other of odd sizes.
std::shared_ptr<const ByteSource> source_of(const std::string& bytes);
std::string all_of(const ByteSource& source);

inline std::string sha256(const std::string& text) { return sha256_hex(as_bytes(text)); }

}  // namespace evtxhound::test

// Ends a test case, as skipped, where one of these programs is not installed.
#define EVTXHOUND_NEEDS_TOOLS(...)                                     \
  do {                                                                 \
    const std::string lacks = evtxhound::test::lacking({__VA_ARGS__}); \
    if (!lacks.empty()) {                                              \
      std::cout << "SKIPPED: " << lacks << " is not installed\n";      \
      return;                                                          \
    }                                                                  \
  } while (false)
