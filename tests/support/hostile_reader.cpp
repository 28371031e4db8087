#include "tests/support/hostile_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/binxml/resolver.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/render/tree_json.hpp"
#include "evtxhound/evtx/render/tree_xml.hpp"
#include "evtxhound/evtx/template_table.hpp"

namespace evtxhound::test {
namespace {

using namespace evtx;

void promise(bool kept, std::string_view what, std::string_view text = {}) {
  if (kept) return;
  constexpr std::size_t kShown = 2000;
  throw BrokenPromise(fmt::format("{}: {}", what, text.substr(0, kShown)));
}

bool is_utf8(std::string_view text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::ranges::all_of(text, ascii) || valid_utf8(text) == text;
}

void check_text(std::string_view text) {
  promise(is_utf8(text), "not valid UTF-8", text);
  promise(text.find_first_of("\r\n") == std::string_view::npos, "more than one line", text);
}

void check_xml(std::string_view text) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_full | pugi::parse_fragment, pugi::encoding_utf8);
  promise(parsed, fmt::format("not XML ({})", parsed.description()), text);
}

void check_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;
  bool unique = true;
  const auto watch = [&](int /*depth*/, nlohmann::json::parse_event_t event,
                         nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key) {
      unique = keys.back().insert(parsed.get<std::string>()).second && unique;
    }
    return true;
  };
  try {
    const nlohmann::json parsed = nlohmann::json::parse(text, watch);
    promise(!parsed.is_discarded(), "no JSON", text);
  } catch (const nlohmann::json::exception& error) {
    promise(false, fmt::format("not JSON ({})", error.what()), text);
  }
  promise(unique, "a JSON key stands twice in an object", text);
}

void check_frames(Bytes chunk, const ChunkFrames& frames) {
  std::size_t end = 0;
  for (const RecordFrame& frame : frames.records) {
    promise(frame.offset >= end, "records overlap");
    promise(holds(chunk, frame.offset, frame.size), "a record leaves its chunk");
    promise(frame.size >= kMinRecordSize, "a record is smaller than records are");
    end = std::size_t{frame.offset} + frame.size;
  }
  for (const Problem& problem : frames.problems) {
    promise(problem.offset && *problem.offset <= chunk.size(), "a problem outside of its chunk");
  }
}

void check_problem(const RecordFrame& frame, const Problem& problem) {
  promise(problem.kind == ProblemKind::kRecordUnread, "a problem of another kind", problem.message);
  promise(problem.offset == frame.offset, "a problem at another place than its record",
          problem.message);
}

// Runs a record as a program and as a tree, each for itself.
class PathComparison {
 public:
  PathComparison(TemplateCache& cache, Bytes chunk)
      : chunk_(chunk), templates_(cache), slots_(new std::array<Slots, kMaxProgramDepth>()) {
    templates_.start_chunk(chunk);
  }

  void compare(const RecordFrame& frame, Format format) {
    const std::size_t begin = frame.offset + kRecordHeaderSize;
    const std::size_t end = std::size_t{frame.offset} + frame.size - 4;
    by_program_.clear();
    RunContext context{chunk_, &templates_, &writer_, &by_program_, 0, slots_.get()};
    if (!run_program(format, context, begin, end)) return;
    by_tree_.clear();
    const Outcome defect = tree(format, begin, end);
    if (defect) {
      promise(is_limit(defect->message), "a program read what is damaged", defect->message);
    } else {
      promise(by_program_.view() == by_tree_.view(), "program and tree differ",
              fmt::format("{}\n{}", by_program_.view().substr(from(), 900),
                          by_tree_.view().substr(from(), 900)));
    }
  }

 private:
  // A little before the first difference.
  [[nodiscard]] std::size_t from() const {
    const std::string_view a = by_program_.view();
    const std::string_view b = by_tree_.view();
    const auto same = std::ranges::mismatch(a, b).in1 - a.begin();
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, same - 200));
  }

  static bool is_limit(std::string_view message) {
    return message.find("more nodes") != std::string_view::npos ||
           message.find("too deeply") != std::string_view::npos ||
           message.find("would be longer") != std::string_view::npos;
  }

  Outcome tree(Format format, std::size_t begin, std::size_t end) {
    NodeBudget budget;
    budget.start_record(0);
    Tree tree;
    Resolver resolver(chunk_, templates_, budget, tree);
    if (auto defect = resolver.resolve(begin, end)) return defect;
    return format == Format::kXml ? append_xml(tree, writer_, 0, by_tree_)
                                  : append_json(tree, writer_, 0, by_tree_);
  }

  Bytes chunk_;
  TemplateTable templates_;
  ValueWriter writer_;
  TextBuffer by_program_;
  TextBuffer by_tree_;
  std::unique_ptr<std::array<Slots, kMaxProgramDepth>> slots_;
};

class HostileReading {
 public:
  HostileReading(TemplateCache& cache, Bytes chunk, ReadingOptions options)
      : options_(options), chunk_(chunk), reader_(cache), comparison_(cache, chunk) {
    reader_.open(chunk);
    check_frames(chunk, reader_.frames());
  }

  std::vector<ReadRecord> read() {
    std::vector<ReadRecord> records;
    for (const RecordFrame& frame : reader_.frames().records) {
      ReadRecord record = read(frame);
      if (options_.keep) records.push_back(std::move(record));
    }
    ChunkFrames all = reader_.frames();
    all.records = find_stale_records(chunk_, reader_.frames());
    check_frames(chunk_, all);
    for (const RecordFrame& frame : all.records) read(frame);
    return records;
  }

 private:
  ReadRecord read(const RecordFrame& frame) {
    ReadRecord record{frame, {}, {}, {}};
    record.xml = append(frame, Format::kXml, record.problems);
    record.json = append(frame, Format::kJson, record.problems);
    event(frame, record.problems);
    fields(frame);
    if (options_.compare_paths) comparison_.compare(frame, Format::kXml);
    if (options_.compare_paths) comparison_.compare(frame, Format::kJson);
    return record;
  }

  std::string append(const RecordFrame& frame, Format format, std::vector<Problem>& problems) {
    constexpr std::string_view kBefore = "what was there before";
    text_.clear();
    text_.append(kBefore);
    auto problem = reader_.append(frame, format, text_);
    promise(text_.view().starts_with(kBefore), "what was there before is gone");
    const std::string_view text = text_.view().substr(kBefore.size());
    if (problem) {
      promise(text.empty(), "text and a problem", text);
      check_problem(frame, *problem);
      problems.push_back(std::move(*problem));
      return {};
    }
    promise(!text.empty(), "neither text nor a problem");
    promise(text.size() <= kMaxRecordText, "a record's text is longer than records may have");
    if (options_.check_texts) {
      check_text(text);
      format == Format::kXml ? check_xml(text) : check_json(text);
    }
    return options_.keep ? std::string(text) : std::string();
  }

  void event(const RecordFrame& frame, std::vector<Problem>& problems) {
    auto event = reader_.event(frame);
    if (!event) {
      check_problem(frame, event.problem());
      problems.push_back(event.problem());
      return;
    }
    promise(event->byte_offset == frame.offset && event->record_id == frame.record_id,
            "an event of another record");
    if (!options_.check_texts) return;
    for (const Field& field : event->data) {
      promise(is_utf8(field.name), "a field's name is not UTF-8", field.name);
      promise(is_utf8(field.value), "a field is not UTF-8", field.value);
    }
  }

  void fields(const RecordFrame& frame) {
    const Record record = reader_.record(frame);
    const std::array values = {record.system("EventID"), record.system("Provider.Name"),
                               record.field("CommandLine"), record.field("Data"),
                               record.field("no such field")};
    for (const auto& value : values) {
      if (value) promise(is_utf8(value->text()), "a field is not UTF-8");
    }
  }

  ReadingOptions options_;
  Bytes chunk_;
  ChunkReader reader_;
  PathComparison comparison_;
  TextBuffer text_;
};

}  // namespace

std::vector<ReadRecord> read_hostile(TemplateCache& templates, Bytes chunk,
                                     ReadingOptions options) {
  return HostileReading(templates, chunk, options).read();
}

std::vector<ReadRecord> read_hostile_log(TemplateCache& templates, Bytes log,
                                         ReadingOptions options) {
  std::vector<ReadRecord> all;
  for (std::size_t at = kFileHeaderSize; at < log.size(); at += kChunkSize) {
    const Bytes chunk = log.subspan(at, std::min(kChunkSize, log.size() - at));
    if (is_unused(chunk)) continue;
    for (ReadRecord& record : read_hostile(templates, chunk, options)) {
      all.push_back(std::move(record));
    }
  }
  return all;
}

}  // namespace evtxhound::test
