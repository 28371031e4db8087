#include "evtxhound/casework/compare_event.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "evtxhound/base/time.hpp"

namespace evtxhound::casework {
namespace {

constexpr const char* kNone = "(none)";

class Comparison {
 public:
  void text(const char* field, const std::string& was, const std::string& is) {
    if (was != is) changes.push_back({field, was, is});
  }

  void number(const char* field, std::optional<std::uint32_t> was,
              std::optional<std::uint32_t> is) {
    if (was != is) changes.push_back({field, shown(was), shown(is)});
  }

  std::vector<Change> changes;

 private:
  static std::string shown(std::optional<std::uint32_t> number) {
    return number ? fmt::format("{}", *number) : kNone;
  }
};

// A data field's text; an array of texts where its name repeats.
std::string shown(const nlohmann::ordered_json& object, const std::string& name) {
  const auto value = object.find(name);
  if (value == object.end()) return kNone;
  return value->is_string() ? value->get<std::string>() : value->dump();
}

void compare_data(const std::string& was, const std::string& is, std::vector<Change>& changes) {
  if (was == is) return;
  const auto before = nlohmann::ordered_json::parse(was, nullptr, false);
  const auto now = nlohmann::ordered_json::parse(is, nullptr, false);
  const std::size_t known = changes.size();
  if (before.is_object() && now.is_object()) {
    for (const auto& [name, value] : before.items()) {
      if (shown(before, name) != shown(now, name)) {
        changes.push_back({name, shown(before, name), shown(now, name)});
      }
    }
    for (const auto& [name, value] : now.items()) {
      if (!before.contains(name)) changes.push_back({name, kNone, shown(now, name)});
    }
  }
  // Another order of the fields, or a column that somebody has made other than JSON.
  if (changes.size() == known) changes.push_back({"data", was, is});
}

}  // namespace

std::vector<Change> changes_of(const casefile::StoredPlace& stored, const evtx::Event& now) {
  Comparison compare;
  const evtx::Event& was = stored.event;
  compare.text("record_id", fmt::format("{}", was.record_id), fmt::format("{}", now.record_id));
  // Exports do not have the record's header.
  const bool has_header = stored.source_type == "evtx";
  compare.text("time_written", stored.time_written,
               has_header ? to_iso8601(now.time_written) : std::string());
  compare.text("time_created", was.time_created, now.time_created);
  compare.text("provider", was.provider, now.provider);
  compare.text("channel", was.channel, now.channel);
  compare.text("computer", was.computer, now.computer);
  compare.number("event_code", was.event_code, now.event_code);
  compare.number("version", was.version, now.version);
  compare.number("level", was.level, now.level);
  compare.number("task", was.task, now.task);
  compare.number("opcode", was.opcode, now.opcode);
  compare.text("keywords", was.keywords, now.keywords);
  compare.text("user_sid", was.user_sid, now.user_sid);
  compare.number("process_id", was.process_id, now.process_id);
  compare.number("thread_id", was.thread_id, now.thread_id);
  compare.text("activity_id", was.activity_id, now.activity_id);
  compare_data(stored.data, evtx::data_json(now), compare.changes);
  return std::move(compare.changes);
}

}  // namespace evtxhound::casework
