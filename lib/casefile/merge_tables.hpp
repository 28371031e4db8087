// The table of tables that a merge goes by. Internal to lib/casefile.
//
// A new table of the schema needs a line here, behind the tables that its foreign keys name. What
// its columns, its id and its foreign keys are the merge reads from the schema. What makes two of
// its rows the same row stands here only where other tables refer to them or where the table has no
// UNIQUE index; else that index says it.
#pragma once

#include <array>
#include <string_view>

namespace evtxhound::casefile {

struct MergedTable {
  std::string_view name;
  // The expressions of its key, with & before each column, as the table's UNIQUE index has them;
  // separated by ';'.
  std::string_view key = {};
  // Which of the rows that are merged are taken: a condition on their columns; empty: all.
  std::string_view taken = {};
};

inline constexpr std::array kMergedTables = std::to_array<MergedTable>({
    {"meta"},
    {"run",
     "&started; &host; &user; &command_line; &tool_version; &packs; &rules; &library_versions"},
    {"evidence", "&path; coalesce(&sha256, ''); coalesce(&size, -1)"},
    {"event", "&evidence_id; &byte_offset; &record_id; &time_written"},
    {"also_at"},
    {"read_to_end"},
    {"indicator", "&kind; &value; &product; &pack"},
    {"hit"},
    {"rule", "&uuid"},
    {"detection"},
    {"problem"},
    {"difference"},
    {"finding"},
    // A census is of a whole evidence: the lines of two of them make a wrong one.
    {"census", {}, "evidence_id IN (SELECT evidence_id FROM temp.to_count)"},
});

// Written with the schema and never again.
inline constexpr std::array<std::string_view, 2> kFixedTables = {"story_detection", "story_source"};

}  // namespace evtxhound::casefile
