// What the reader gives of one record agrees: its event, its XML, and its fields one by one.

#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "evtxhound/base/in_turns.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/xml_event.hpp"
#include "tests/evtx/log_chunks.hpp"
#include "tests/support/same_event.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using test::as_xml_holds;
using test::describe;
using test::same_event;
namespace fs = std::filesystem;

namespace {

// The text of a field's value as an event has it: of an array, that of its first item, as its
// element is repeated.
std::string field_text(const Value& value) {
  if (!value.is_array()) return value.text();
  const auto first = ArrayItems(value).next();
  return first ? first->text() : std::string();
}

std::string number_text(const std::optional<std::uint32_t>& number) {
  return number ? std::to_string(*number) : std::string();
}

struct Counts {
  std::size_t records = 0;
  std::size_t names = 0;   // that events have
  std::size_t fields = 0;  // of those, found one by one
  std::vector<std::string> differences;
};

class RecordCheck {
 public:
  RecordCheck(ChunkReader& reader, const RecordFrame& frame, Counts& counts)
      : reader_(&reader), frame_(frame), counts_(&counts) {}

  // The fields come first, so that they are found by templates and not in a tree that is there.
  void check() {
    const Record record = reader_->record(frame_);
    const auto result = reader_->event(frame_);
    if (!result) return;
    ++counts_->records;
    event_ = &*result;
    check_system(record);
    check_data(record);
    check_xml();
  }

 private:
  void differ(const std::string& what) {
    if (counts_->differences.size() < 5) {
      counts_->differences.push_back("record " + std::to_string(frame_.record_id) + ": " + what);
    }
  }

  void check_system(const Record& record) {
    const std::array<std::pair<const char*, std::string>, 12> wanted = {{
        {"Provider.Name", event_->provider},
        {"EventID", number_text(event_->event_code)},
        {"Version", number_text(event_->version)},
        {"Level", number_text(event_->level)},
        {"Task", number_text(event_->task)},
        {"Opcode", number_text(event_->opcode)},
        {"Keywords", event_->keywords},
        {"Correlation.ActivityID", event_->activity_id},
        {"Execution.ProcessID", number_text(event_->process_id)},
        {"Channel", event_->channel},
        {"Computer", event_->computer},
        {"Security.UserID", event_->user_sid},
    }};
    for (const auto& [name, text] : wanted) {
      const auto value = record.system(name);
      const std::string found = value ? value->text() : "";
      if (found != text) differ(std::string(name) + " is " + found + ", the event has " + text);
    }
    const auto created = record.system("TimeCreated.SystemTime");
    if (created && !created->is_null() && created->text() != event_->time_created) {
      differ("TimeCreated is " + created->text() + ", the event has " + event_->time_created);
    }
  }

  void check_data(const Record& record) {
    std::set<std::string> seen;
    for (const Field& field : event_->data) {
      if (!seen.insert(field.name).second) continue;
      ++counts_->names;
      const auto value = record.field(field.name);
      if (!value || value->is_binxml()) continue;
      ++counts_->fields;
      if (field_text(*value) == field.value) continue;
      differ(field.name + " is " + field_text(*value) + ", the event has " + field.value);
    }
  }

  void check_xml() {
    TextBuffer xml;
    if (const auto problem = reader_->append(frame_, Format::kXml, xml)) {
      return differ("an event, but as XML: " + problem->message);
    }
    auto read = event_from_xml(std::string(xml.view()));
    if (!read) return differ(read.problem().message);
    if (read->time_created.empty()) read->time_created = to_iso8601(frame_.time_written);
    const Event expected = as_xml_holds(*event_);
    if (same_event(as_xml_holds(*read), expected)) return;
    differ("the event is " + describe(expected) + "\nbut its XML says " + describe(*read));
  }

  ChunkReader* reader_;
  RecordFrame frame_;
  Counts* counts_;
  const Event* event_ = nullptr;
};

class Worker {
 public:
  Worker(const std::vector<fs::path>& logs, TemplateCache& cache, Counts& all)
      : logs_(&logs), reader_(cache), all_(&all) {}

  void work(std::size_t index) {
    counts_ = {};
    for (const Buffer& chunk : test::chunks_of((*logs_)[index])) {
      reader_.open(chunk);
      for (const RecordFrame& frame : reader_.frames().records) {
        RecordCheck(reader_, frame, counts_).check();
      }
    }
    for (std::string& text : counts_.differences) text += "\nin " + (*logs_)[index].string();
  }
  void hand_on() {
    all_->records += counts_.records;
    all_->names += counts_.names;
    all_->fields += counts_.fields;
    for (const std::string& text : counts_.differences) all_->differences.push_back(text);
  }

 private:
  const std::vector<fs::path>* logs_;
  ChunkReader reader_;
  Counts* all_;
  Counts counts_;
};

Counts check_logs(const std::vector<fs::path>& logs) {
  TemplateCache cache;
  Counts counts;
  in_turns(logs.size(), 2, [&] { return Worker(logs, cache, counts); });
  for (const std::string& difference : counts.differences) FAIL_CHECK(difference);
  return counts;
}

}  // namespace

TEST_CASE("in forged logs, a record's fields and its XML say what its event says") {
  const Counts counts = check_logs(test::forged_logs());
  CHECK(counts.records > 400);
  CHECK(counts.fields > counts.names * 9 / 10);
}

TEST_CASE("in real logs, a record's fields and its XML say what its event says") {
  const auto folder = test::corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  const Counts counts = check_logs(test::logs_below(*folder));
  CHECK(counts.records > 20'000);
  CHECK(counts.fields > counts.names * 9 / 10);
}
