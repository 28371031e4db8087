// Reads a chunk in every way there is, and holds what comes out against what is promised, whatever
// the bytes are: no more than that can be said of hostile input. For the fuzzers, the mutation run
// and the tests of bombs.
//
// Promised, of each record: it is text or a Problem, never both. Text is valid UTF-8 on one line,
// no longer than limits.hpp allows, and parses as XML or JSON whose objects have each key once. A
// Problem names the record's place. The programs and the tree say the same.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "evtxhound/evtx/chunk_reader.hpp"

namespace evtxhound::test {

// What was promised and is not so.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

struct ReadRecord {
  evtx::RecordFrame frame;
  std::string xml;  // either may be empty, where it cannot be read
  std::string json;
  std::vector<Problem> problems;
};

struct ReadingOptions {
  bool check_texts = true;    // parse them, by parsers of others
  bool compare_paths = true;  // run each record as a program and as a tree
  bool keep = false;          // return the records' texts
};

// Reads a chunk as XML, JSON, event and fields, record by record. Throws BrokenPromise. Returns the
// records if asked to keep them.
std::vector<ReadRecord> read_hostile(evtx::TemplateCache& templates, Bytes chunk,
                                     ReadingOptions options = {});

// Reads all chunks of a log that is in memory.
std::vector<ReadRecord> read_hostile_log(evtx::TemplateCache& templates, Bytes log,
                                         ReadingOptions options = {});

}  // namespace evtxhound::test
