#include "evtxhound/casefile/report/process_forest.hpp"

#include <fmt/format.h>

#include <charconv>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::casefile::report {
namespace {

std::optional<std::int64_t> integer_or_none(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

// How far apart two logs may write the time of one start.
constexpr Filetime kSameStart = 20'000'000;  // two seconds

bool at_one_time(const std::string& a, const std::string& b) {
  const auto one = parse_iso8601(a);
  const auto other = parse_iso8601(b);
  return one && other && (*one > *other ? *one - *other : *other - *one) <= kSameStart;
}

// A process id as an event writes it: 4321, or 0x10e1.
std::optional<std::int64_t> pid_of(std::string_view written) {
  const bool hex = written.starts_with("0x") || written.starts_with("0X");
  if (hex) written.remove_prefix(2);
  std::int64_t pid = 0;
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), pid, hex ? 16 : 10);
  if (error != std::errc() || end != written.data() + written.size()) return std::nullopt;
  return pid;
}

}  // namespace

ProcessForest::ProcessForest(Database& database, std::size_t most_starts) {
  read_starts(database, most_starts);
  read_found(database);
}

std::size_t ProcessForest::add(Process process, const std::string& guid) {
  const std::size_t number = processes_.size();
  const std::string host = ascii_lower(process.host);
  if (!guid.empty()) by_guid_[{host, guid}] = number;
  if (process.pid) by_pid_[{host, std::to_string(*process.pid)}] = number;
  processes_.push_back(std::move(process));
  return number;
}

// What an event means by a GUID, or, where it has none, by a process id.
std::optional<std::size_t> ProcessForest::known(const std::string& host, const std::string& guid,
                                                std::optional<std::int64_t> pid) const {
  const std::string lower = ascii_lower(host);
  if (!guid.empty()) {
    const auto found = by_guid_.find({lower, guid});
    return found == by_guid_.end() ? std::nullopt : std::optional(found->second);
  }
  if (!pid) return std::nullopt;
  const auto found = by_pid_.find({lower, std::to_string(*pid)});
  return found == by_pid_.end() ? std::nullopt : std::optional(found->second);
}

// The process that another log, which names it otherwise, has told of already.
std::optional<std::size_t> ProcessForest::same(const Process& process) const {
  const auto found = known(process.host, "", process.pid);
  if (!found) return std::nullopt;
  const Process& other = processes_[*found];
  if (ascii_lower(other.image) != ascii_lower(process.image)) return std::nullopt;
  if (other.has_guid && process.has_guid) return std::nullopt;
  if (process.started.empty()) return found;  // a parent that a child names
  const bool one_start = other.has_guid != process.has_guid;
  return one_start && at_one_time(other.started, process.started) ? found : std::nullopt;
}

// Adds a process, or what an event says of one that is known by another log.
std::size_t ProcessForest::add_start(Process process, const std::string& guid) {
  process.has_guid = !guid.empty();
  const auto before = same(process);
  if (!before) return add(std::move(process), guid);
  Process& known = processes_[*before];
  if (!guid.empty()) by_guid_[{ascii_lower(known.host), guid}] = *before;
  known.has_guid = known.has_guid || process.has_guid;
  if (known.command_line.empty()) known.command_line = std::move(process.command_line);
  if (known.user.empty()) known.user = std::move(process.user);
  return *before;
}

void ProcessForest::link(std::size_t child, std::size_t parent) {
  processes_[child].parent = parent;
  processes_[parent].children.push_back(child);
}

void ProcessForest::read_starts(Database& database, std::size_t most) {
  Statement row(
      database,
      fmt::format("SELECT time_created, computer, image, command_line, pid, user, "
                  "coalesce(process_guid, ''), coalesce(parent_process_guid, ''), "
                  "parent_pid, parent_image, parent_command_line, event_id FROM v_process "
                  "LIMIT {}",
                  most + 1));
  for (std::size_t count = 0; row.step(); ++count) {
    if (count == most) {
      cut_ = true;
      return;
    }
    const std::string host = row.text(1);
    const std::string parent_guid = row.text(7);
    const auto parent_pid = integer_or_none(row, 8);
    // The parent first: so a process is never its own, whatever the event says.
    auto parent = known(host, parent_guid, parent_pid);
    if (!parent && !row.text(9).empty()) {
      Process named;
      named.host = host;
      named.image = row.text(9);
      named.command_line = row.text(10);
      named.pid = parent_pid;
      parent = add_start(std::move(named), parent_guid);
    }
    Process started;
    started.host = host;
    started.started = row.text(0);
    started.image = row.text(2);
    started.command_line = row.text(3);
    started.user = row.text(5);
    started.pid = integer_or_none(row, 4);
    const std::size_t process = add_start(std::move(started), row.text(6));
    by_event_[row.integer(11)] = process;
    // One that is known has its parent; and of two, the older can only be the parent.
    if (parent && *parent < process && !processes_[process].parent) link(process, *parent);
  }
}

void ProcessForest::read_found(Database& database) {
  // Whom an event is about, in the words of Sysmon, Security and CrowdStrike.
  Statement row(
      database,
      "SELECT t.event_id, t.computer, t.hits, t.detections, coalesce(json_extract(e.data, "
      "'$.ProcessGuid'), json_extract(e.data, '$.SourceProcessGUID'), json_extract(e.data, "
      "'$.ContextProcessId'), ''), coalesce(json_extract(e.data, '$.ProcessId'), "
      "json_extract(e.data, '$.ProcessID'), json_extract(e.data, '$.SourceProcessId'), ''), "
      "coalesce(json_extract(e.data, '$.Image'), json_extract(e.data, '$.ProcessName'), "
      "json_extract(e.data, '$.SourceImage'), json_extract(e.data, '$.Application'), '') FROM "
      "v_timeline AS t JOIN event AS e USING (event_id)");
  while (row.step()) {
    std::optional<std::size_t> process;
    if (const auto start = by_event_.find(row.integer(0)); start != by_event_.end()) {
      process = start->second;
    } else {
      const auto pid = pid_of(row.text(5));
      process = known(row.text(1), row.text(4), pid);
      if (!process && !row.text(6).empty()) {
        Process named;
        named.host = row.text(1);
        named.image = row.text(6);
        named.pid = pid;
        process = add_start(std::move(named), row.text(4));
      }
    }
    if (!process) continue;  // of no process, such as a log's own events
    for (const int column : {2, 3}) {
      if (!row.text(column).empty()) ++processes_[*process].found[row.text(column)];
    }
  }
}

std::vector<bool> ProcessForest::concerned() const {
  std::vector<bool> out(processes_.size());
  // Children have larger numbers than their parents, but for parents that were first named later.
  std::vector<std::size_t> below;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    if (processes_[i].found.empty()) continue;
    for (auto at = processes_[i].parent; at && !out[*at]; at = processes_[*at].parent) {
      out[*at] = true;
    }
    below.push_back(i);
  }
  std::vector<bool> visited(processes_.size());
  while (!below.empty()) {
    const std::size_t i = below.back();
    below.pop_back();
    if (visited[i]) continue;
    visited[i] = out[i] = true;
    below.insert(below.end(), processes_[i].children.begin(), processes_[i].children.end());
  }
  return out;
}

}  // namespace evtxhound::casefile::report
