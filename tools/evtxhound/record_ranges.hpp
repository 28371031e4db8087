// Which records to show: the argument of --records.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::tool {

// Record ids, as `7`, `10-20`, `-5`, `300-`, or several of those with commas between.
class RecordRanges {
 public:
  // All records.
  RecordRanges() = default;
  // Throws Failure (kUsage) where the text is of another form.
  explicit RecordRanges(std::string_view text);

  [[nodiscard]] bool contain(std::uint64_t record_id) const;

 private:
  std::vector<evtx::IdRange> ranges_;  // none: all
};

}  // namespace evtxhound::tool
