// Several case files into one: shards of a scan, hosts of a network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::casefile {

struct MergeOptions {
  std::string tool_version;
};

// What became of one of the case files.
struct Merged {
  struct Table {
    std::string name;
    std::uint64_t rows = 0;   // in the case file that was merged
    std::uint64_t added = 0;  // of these, new to the result
  };
  std::filesystem::path input;
  std::vector<Table> tables;  // in the order of merged_tables(); without `meta`
};

// Adds the rows of case files to `output`, which is made where it is not there. A row that the
// output has already, by its natural key (docs/case-schema.md), stays as it is, with its id; so
// merging again adds nothing. The inputs are taken in the order of their first run, then of their
// content, whatever the order of `inputs` is; `same_as` of what is added is what a scan would have
// found. Of a run that one case file knows to have ended and the other does not, the end is taken
// over; a census, from the first case file that counted the evidence to its end. A row of `meta`
// says of each input what it was, by its SHA-256, and when it was merged.
//
// The inputs are only read. Each is added in one transaction: whatever stops the merge, the output
// holds some of them wholly and nothing of the rest, and merging again completes it. Throws
// Failure: kUsage where a file is no case file of this program's schema, an input is the output or
// not one plain file (a scan is writing it); kCannotGoOn where the output is locked, the disk is
// full or SQLite fails. All inputs are looked at before the output is touched.
std::vector<Merged> merge(std::span<const std::filesystem::path> inputs,
                          const std::filesystem::path& output, const MergeOptions& options);

// The tables that merge() takes rows of, for the test that holds them equal to those of the schema.
std::vector<std::string_view> merged_tables();

// Those that are the same in every case file: fixed with the schema.
std::vector<std::string_view> fixed_tables();

}  // namespace evtxhound::casefile
