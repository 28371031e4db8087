// What earlier runs have read to the end, for `scan --resume`.
//
// A piece need not be read again where a run by the same settings (settings.hpp) has read all of
// it, and nothing shows that it is another one now: its path, kind, size and file's modification
// time are the same, and so are those of the archive, image or volume that it lies in. Its rows are
// in the case file then, and reading it again would add none.
//
// Three things need more than one piece. Correlations are evaluated over the events of all logs:
// where there are some, everything is read. What is carved is read by the templates of all that is
// read: where some of it is not known, nothing is. And the records of one archive or image are held
// against each other (copies.hpp): it is known as a whole, or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

struct EarlierWork {
  std::vector<std::optional<casefile::RowId>> rows;  // by piece: its row, where it is known
  std::uint64_t files = 0;                           // of these, those that hold events
  std::uint64_t bytes = 0;                           // of these files
  std::uint64_t problems = 0;                        // that the case file has of known pieces

  [[nodiscard]] bool has(std::size_t piece) const { return rows[piece].has_value(); }
};

// Asks the case file. Without Options::resume nothing is known. Throws as CaseFile does.
EarlierWork find_earlier_work(const Options& options, const std::string& settings,
                              const evidence::Findings& findings, casefile::CaseFile& file);

}  // namespace evtxhound::scan
