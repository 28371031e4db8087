// The processes of a case as trees: who started whom, and what was found on each. Internal to
// lib/casefile and its tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile::report {

struct Process {
  std::string host;
  std::string started;  // empty where its start is not in the case file
  std::string image;
  std::string command_line;
  std::string user;
  bool has_guid = false;  // whether an event names it by one
  std::optional<std::int64_t> pid;
  std::map<std::string, std::size_t> found;  // what was found on it -> how many events
  std::optional<std::size_t> parent;         // its number; none where nothing names one
  std::vector<std::size_t> children;         // in the order of their starts
};

// Links the starts of processes (v_process) to each other: by their GUIDs, or, where events have
// none, by process ids, which Windows uses again, to the last start of that id before. A parent
// that a start names and that is not in the case file becomes a process of what is known of it.
// Hits and detections go to the process that their event is about or comes from, as the event names
// it.
//
// Names and times come from evidence and can lie. Whatever they say, the trees are trees: a parent
// stands before its child. Not thread-safe.
class ProcessForest {
 public:
  // Reads at most `most_starts` starts. Throws Failure where SQLite fails.
  ProcessForest(Database& database, std::size_t most_starts);

  // By number.
  [[nodiscard]] const std::vector<Process>& processes() const { return processes_; }

  // Whether the case file has more starts than were read.
  [[nodiscard]] bool is_cut() const { return cut_; }

  // For each process: whether it is one on which something was found, an ancestor of one or a
  // descendant of one.
  [[nodiscard]] std::vector<bool> concerned() const;

 private:
  using Key = std::pair<std::string, std::string>;  // host in lower case, name of the process on it

  void read_starts(Database& database, std::size_t most);
  void read_found(Database& database);
  std::size_t add(Process process, const std::string& guid);
  std::optional<std::size_t> known(const std::string& host, const std::string& guid,
                                   std::optional<std::int64_t> pid) const;
  std::optional<std::size_t> same(const Process& process) const;
  std::size_t add_start(Process process, const std::string& guid);
  void link(std::size_t child, std::size_t parent);

  std::vector<Process> processes_;
  std::map<Key, std::size_t> by_guid_;
  std::map<Key, std::size_t> by_pid_;  // the last one so far
  std::map<std::int64_t, std::size_t> by_event_;
  bool cut_ = false;
};

}  // namespace evtxhound::casefile::report
