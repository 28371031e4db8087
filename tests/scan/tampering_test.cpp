// Each sign of tampering in a log that was forged to have it, and logs that only look alike.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_content.hpp"
#include "evtxhound/evtx/writer/log_writer.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "evtxhound/scan/log_tampering.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/forged_chunk.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::scan;
using test::TemporaryFolder;

namespace {

constexpr Filetime kSecond = 10'000'000;

// "kind first-last", or "kind", for each finding, in order.
std::string brief(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += to_string(finding.kind);
    if (finding.records) {
      text += fmt::format(" {}-{}", finding.records->first, finding.records->second);
    }
    text += '\n';
  }
  return text;
}

std::vector<Finding> scan_log(const std::filesystem::path& path, ChunkScannerOptions options) {
  static const std::vector<indicators::Pack> packs = {indicators::builtin_3cx_pack()};
  static const indicators::IndicatorSet set(packs);
  evtx::TemplateCache templates;
  ChunkScanner scanner(set, templates, options);
  const auto piece = evidence::file_piece(path, evidence::Kind::kEvtx);
  LogTampering tampering;
  std::vector<Problem> problems;
  tampering.set_header(*evtx::read_file_header(**piece.open(), problems));
  std::vector<Finding> findings;
  const auto append = [&](const std::vector<Finding>& more) {
    findings.insert(findings.end(), more.begin(), more.end());
  };
  ChunkRows rows = scanner.scan(piece, 0, evtx::chunk_count(std::filesystem::file_size(path)));
  for (ChunkTrace& trace : rows.traces) append(tampering.take(std::move(trace)));
  append(tampering.finish());
  return findings;
}

// What a scan finds in these bytes, by a look and in every other way.
std::vector<Finding> find(const Buffer& log) {
  const TemporaryFolder folder;
  const auto path = folder / "log.evtx";
  test::write_file(path, {reinterpret_cast<const char*>(log.data()), log.size()});
  const auto found = scan_log(path, {});
  ChunkScannerOptions other;
  other.exhaustive = true;
  CHECK(brief(scan_log(path, other)) == brief(found));
  other = {};
  other.store = Store::kAll;
  CHECK(brief(scan_log(path, other)) == brief(found));
  other = {};
  other.engine = evtx::Engine::kLibevtx;
  CHECK(brief(scan_log(path, other)) == brief(found));
  return found;
}

evtx::writer::EventRecord event(std::uint64_t id) {
  auto made = test::forged_event(id);
  made.written = made.created = 133'245'678'900'000'000 + id * kSecond;
  return made;
}

Buffer log_of(const std::vector<evtx::writer::EventRecord>& events, std::uint64_t in_chunk = 10) {
  evtx::writer::LogWriter writer(in_chunk);
  for (const auto& one : events) REQUIRE(writer.append(evtx::writer::make_record(one)));
  return writer.finish();
}

std::vector<evtx::writer::EventRecord> events(std::uint64_t first, std::uint64_t last) {
  std::vector<evtx::writer::EventRecord> made;
  for (std::uint64_t id = first; id <= last; ++id) made.push_back(event(id));
  return made;
}

// Records 101 to 140 in four chunks, without these.
Buffer log_without(const std::vector<std::uint64_t>& left_out = {}) {
  auto all = events(101, 140);
  std::erase_if(all, [&](const auto& one) {
    return std::ranges::find(left_out, one.record_id) != left_out.end();
  });
  return log_of(all);
}

MutableBytes chunk_of(Buffer& log, std::uint64_t index) {
  return MutableBytes(log).subspan(evtx::chunk_offset(index), evtx::kChunkSize);
}

evtx::ChunkFrames frames_of(Buffer& log, std::uint64_t index) {
  return evtx::find_records(chunk_of(log, index));
}

// Both checksums of a chunk whose bytes were changed.
void seal(MutableBytes chunk) {
  const auto free = load<std::uint32_t>(chunk, evtx::kChunkFreeSpaceOffset);
  store(chunk, evtx::kChunkDataChecksumOffset,
        crc32(Bytes(chunk).subspan(evtx::kChunkHeaderSize, free - evtx::kChunkHeaderSize)));
  evtx::seal_chunk_header(chunk);
}

void change_header(Buffer& log, const std::function<void(evtx::FileHeader&)>& change) {
  evtx::FileHeader header = evtx::parse_file_header(log);
  change(header);
  evtx::store_file_header(log, header);
}

// The log's chunks in another order.
Buffer reordered(const Buffer& log, const std::vector<std::uint64_t>& order) {
  Buffer out(log.begin(), log.begin() + evtx::kFileHeaderSize);
  for (const std::uint64_t index : order) {
    const auto begin = log.begin() + static_cast<std::ptrdiff_t>(evtx::chunk_offset(index));
    out.insert(out.end(), begin, begin + evtx::kChunkSize);
  }
  return out;
}

// A full log: chunk 1 holds the newest records, chunk 2 the oldest.
Buffer wrapped(const Buffer& log) {
  Buffer out = reordered(log, {2, 3, 0, 1});
  change_header(out, [](evtx::FileHeader& header) {
    header.first_chunk = 2;
    header.last_chunk = 1;
    header.flags |= evtx::kFileFull;
  });
  return out;
}

Buffer dirty(Buffer log) {
  change_header(log, [](evtx::FileHeader& header) {
    header.flags |= evtx::kFileDirty;
    header.chunk_count = 1;
    header.first_chunk = header.last_chunk = 0;
    header.next_record_id = 111;
  });
  return log;
}

// The record becomes what the one before it is padded with, as the known tools do it.
void hide_record(Buffer& log, std::uint64_t index, std::size_t number) {
  const auto frames = frames_of(log, index);
  const evtx::RecordFrame& outer = frames.records.at(number - 1);
  const evtx::RecordFrame& hidden = frames.records.at(number);
  const MutableBytes chunk = chunk_of(log, index);
  const std::uint32_t size = outer.size + hidden.size;
  store(chunk, outer.offset + 4, size);
  store(chunk, outer.offset + size - 4, size);
  seal(chunk);
}

}  // namespace

TEST_CASE("a sound log shows nothing, closed or not, wrapped or not") {
  const Buffer log = log_without();
  CHECK(brief(find(log)).empty());
  CHECK(brief(find(dirty(log))).empty());
  CHECK(brief(find(wrapped(log))).empty());
  CHECK(brief(find(dirty(wrapped(log)))).empty());
}

TEST_CASE("space that was never used, and a log without records, show nothing") {
  Buffer log = log_without();
  log.resize(log.size() + 3 * evtx::kChunkSize);
  CHECK(brief(find(log)).empty());
  CHECK(brief(find(log_of({}))).empty());
}

TEST_CASE("missing ids are found within a chunk, between chunks and at the log's end") {
  CHECK(brief(find(log_without({105}))) == "record-gap 105-105\n");
  CHECK(brief(find(log_without({112, 113, 118}))) == "record-gap 112-113\nrecord-gap 118-118\n");
  Buffer log = reordered(log_without(), {0, 2, 3});
  change_header(log,
                [](evtx::FileHeader& header) { header.chunk_count = 3, header.last_chunk = 2; });
  CHECK(brief(find(log)) == "record-gap 111-120\n");
  Buffer ended = reordered(log_without(), {0, 1, 2});
  change_header(ended,
                [](evtx::FileHeader& header) { header.chunk_count = 3, header.last_chunk = 2; });
  CHECK(brief(find(ended)) == "record-gap 131-140\n");
}

TEST_CASE("a gap names the place, the ids and the times on both sides") {
  const auto findings = find(log_without({105, 106}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].before == event(104).written);
  CHECK(findings[0].after == event(107).written);
  Buffer log = log_without({105, 106});
  CHECK(findings[0].offset == evtx::chunk_offset(0) + frames_of(log, 0).records[4].offset);
  CHECK(
      findings[0].detail ==
      "records 105 to 106 are missing: 107 follows 104 within a chunk, with no byte between them");
}

TEST_CASE("a wrapped log with a gap shows the gap alone, also where the file ends") {
  CHECK(brief(find(wrapped(log_without({105})))) == "record-gap 105-105\n");
  Buffer log = reordered(log_without(), {3, 0, 1});  // 111 to 120 end the file, 131 begin it
  change_header(log, [](evtx::FileHeader& header) {
    header.chunk_count = 3, header.first_chunk = 1, header.last_chunk = 0;
  });
  CHECK(brief(find(log)) == "record-gap 121-130\n");
}

TEST_CASE("a chunk of zeros amid a log is a gap") {
  Buffer log = log_without();
  std::ranges::fill(chunk_of(log, 1), std::uint8_t{0});
  CHECK(brief(find(log)) == "header-mismatch\nrecord-gap 111-120\n");
}

TEST_CASE("records of a chunk without header are not missing") {
  Buffer log = log_without();
  std::ranges::fill(chunk_of(log, 1).first(evtx::kChunkHeaderSize), std::uint8_t{0});
  CHECK(brief(find(log)) == "chunk-mismatch 111-120\n");
}

TEST_CASE("what is left over behind the live records shows nothing") {
  // The last chunk held 131 to 140 before it was begun anew.
  Buffer log = log_of(events(101, 124));
  const Buffer old = log_of(events(31, 40));
  const auto free = load<std::uint32_t>(chunk_of(log, 2), evtx::kChunkFreeSpaceOffset);
  const auto rest = old.begin() + static_cast<std::ptrdiff_t>(evtx::chunk_offset(0)) + free;
  std::copy(rest, rest + (evtx::kChunkSize - free), chunk_of(log, 2).begin() + free);
  REQUIRE_FALSE(evtx::find_stale_records(chunk_of(log, 2), frames_of(log, 2)).empty());
  CHECK(brief(find(log)).empty());
}

TEST_CASE("ids that do not rise are found within a chunk") {
  Buffer log = log_without();
  const auto frames = frames_of(log, 1);
  store(chunk_of(log, 1), frames.records[4].offset + 8, std::uint64_t{103});
  seal(chunk_of(log, 1));
  CHECK(brief(find(log)) == "record-order 114-103\nrecord-gap 104-115\n");
}

TEST_CASE("chunks that are not in their order, or twice there, are found") {
  Buffer log = reordered(log_without(), {0, 2, 1, 3});
  CHECK(brief(find(log)) == "record-order 121-130\n");
  log = reordered(log_without(), {0, 1, 1, 2, 3});
  change_header(log,
                [](evtx::FileHeader& header) { header.chunk_count = 5, header.last_chunk = 4; });
  CHECK(brief(find(log)) == "record-order 111-120\n");
}

TEST_CASE("a time that goes back counts from five seconds on") {
  const auto with_step = [](std::uint64_t id, Filetime step) {
    auto all = events(101, 140);
    all[id - 101].written = all[id - 102].written - step;
    // So that no other step is one.
    for (std::size_t i = id - 100; i < all.size(); ++i) {
      all[i].written = all[id - 102].written + i * kSecond;
    }
    return log_of(all);
  };
  CHECK(brief(find(with_step(105, kTimeBackSeconds * kSecond - 1))).empty());
  CHECK(brief(find(with_step(105, kTimeBackSeconds * kSecond))) == "time-back 104-105\n");
  CHECK(brief(find(with_step(111, kTimeBackSeconds * kSecond - 1))).empty());
  const auto across = find(with_step(111, 90 * kSecond));
  CHECK(brief(across) == "time-back 110-111\n");
  CHECK(across[0].detail == "record 111 was written 90.000 seconds before record 110 before it");
  CHECK(brief(find(wrapped(with_step(121, 90 * kSecond)))) == "time-back 120-121\n");
}

TEST_CASE("a record without a time, as exports end with, is not compared") {
  auto all = events(101, 140);
  all.back().written = 0;
  CHECK(brief(find(log_of(all))).empty());
  all[9].written = 0;  // a chunk's last one
  CHECK(brief(find(log_of(all))).empty());
}

TEST_CASE("checksums that fail are findings, and nothing else is for their sake") {
  Buffer log = log_without();
  MutableBytes chunk = chunk_of(log, 1);
  store(chunk, evtx::kChunkDataChecksumOffset, std::uint32_t{1});
  evtx::seal_chunk_header(chunk);
  store(chunk_of(log, 2), evtx::kChunkHeaderChecksumOffset, std::uint32_t{1});
  store(MutableBytes(log), evtx::kFileChecksumOffset, std::uint32_t{1});
  CHECK(brief(find(log)) == "checksum\nchecksum\nchecksum\n");
}

TEST_CASE("a record that another one reaches over is found, whatever was done about its id") {
  Buffer log = log_without();
  hide_record(log, 1, 5);
  const auto findings = find(log);
  CHECK(brief(findings) == "hidden-record 116-116\nrecord-gap 116-116\n");
  Buffer whole = log_without();
  CHECK(findings[0].offset == evtx::chunk_offset(1) + frames_of(whole, 1).records[5].offset);

  // Those behind it get new ids, the file header too.
  for (std::uint64_t index = 1; index < 4; ++index) {
    for (const evtx::RecordFrame& frame : frames_of(log, index).records) {
      if (frame.record_id > 116) {
        store(chunk_of(log, index), frame.offset + 8, frame.record_id - 1);
      }
    }
    const auto frames = frames_of(log, index);
    store(chunk_of(log, index), evtx::kChunkFirstRecordIdOffset, frames.records.front().record_id);
    store(chunk_of(log, index), evtx::kChunkFirstRecordIdOffset + 8,
          frames.records.back().record_id);
    seal(chunk_of(log, index));
  }
  change_header(log, [](evtx::FileHeader& header) { --header.next_record_id; });
  // Record 119 still says that it is 120.
  CHECK(brief(find(log)) == "hidden-record 116-116\nrewritten 119-119\n");
}

TEST_CASE("several hidden records are found, and a signature alone is none") {
  Buffer log = log_without();
  hide_record(log, 1, 6);
  hide_record(log, 1, 5);
  CHECK(brief(find(log)) == "hidden-record 116-116\nhidden-record 117-117\nrecord-gap 116-117\n");

  hide_record(log, 2, 5);
  const auto hidden = frames_of(log, 2).records[4];
  const auto end = evtx::find_content_end(chunk_of(log, 2), hidden);
  REQUIRE(end);
  const auto inner = evtx::find_hidden_record(
      chunk_of(log, 2).first(std::size_t{hidden.offset} + hidden.size), *end);
  REQUIRE(inner);
  store(chunk_of(log, 2), inner->offset + evtx::kRecordHeaderSize, std::uint32_t{0});
  seal(chunk_of(log, 2));
  CHECK(brief(find(log)) ==
        "hidden-record 116-116\nhidden-record 117-117\nrecord-gap 116-117\nrecord-gap 126-126\n");
}

TEST_CASE("a hidden record is read as a recovered event, with its hits") {
  auto all = events(101, 140);
  evtx::writer::NamedData data;
  data.fields.emplace_back("QueryName", evtx::writer::string_value("www.akamaicontainer.com"));
  all[15].payload = std::move(data);
  // Its template must not be hidden with it alone: another record of it stands before.
  all[12].payload = all[15].payload;
  Buffer log = log_of(all);
  hide_record(log, 1, 5);
  const TemporaryFolder folder;
  const auto path = folder / "log.evtx";
  test::write_file(path, {reinterpret_cast<const char*>(log.data()), log.size()});
  const std::vector<indicators::Pack> packs = {indicators::builtin_3cx_pack()};
  const indicators::IndicatorSet set(packs);
  evtx::TemplateCache templates;
  for (const bool exhaustive : {false, true}) {
    ChunkScannerOptions options;
    options.exhaustive = exhaustive;
    ChunkScanner scanner(set, templates, options);
    const ChunkRows rows = scanner.scan(evidence::file_piece(path, evidence::Kind::kEvtx), 0,
                                        evtx::chunk_count(log.size()));
    std::vector<std::string> hits;
    for (const StoredEvent& stored : rows.events) {
      hits.push_back(
          fmt::format("{} {}", stored.row.record_id,
                      stored.row.state == casefile::State::kLive ? "live" : "recovered"));
    }
    CHECK(hits == std::vector<std::string>{"113 live", "116 recovered"});
  }
}

TEST_CASE("a template that is not the record's own is found") {
  Buffer log = log_without();
  const auto frames = frames_of(log, 2);
  const auto instance = evtx::find_instance(chunk_of(log, 2), frames.records[0]);
  REQUIRE(instance);
  // Behind the link to the next definition stands the GUID, whose first part is the id.
  store(chunk_of(log, 2), instance->definition + 4, instance->template_id + 1);
  seal(chunk_of(log, 2));
  std::string expected;
  for (int id = 121; id <= 130; ++id) expected += fmt::format("template-replaced {0}-{0}\n", id);
  CHECK(brief(find(log)) == expected);
}

TEST_CASE("a chunk's header that knows other records than there are is found") {
  Buffer log = log_without();
  store(chunk_of(log, 1), evtx::kChunkFirstRecordIdOffset + 8, std::uint64_t{121});
  seal(chunk_of(log, 1));
  CHECK(brief(find(log)) == "chunk-mismatch 111-121\n");
}

TEST_CASE(
    "a closed log's header that disagrees with the chunks is found, a dirty one's may be old") {
  const Buffer sound = log_without();
  for (const auto& change : std::vector<std::function<void(evtx::FileHeader&)>>{
           [](evtx::FileHeader& header) { header.next_record_id = 130; },
           [](evtx::FileHeader& header) { header.chunk_count = 3; },
           [](evtx::FileHeader& header) { header.first_chunk = 1; },
           [](evtx::FileHeader& header) { header.last_chunk = 2; }}) {
    Buffer log = sound;
    change_header(log, change);
    CHECK(brief(find(log)) == "header-mismatch\n");
    change_header(log, [](evtx::FileHeader& header) { header.flags |= evtx::kFileDirty; });
    CHECK(brief(find(log)).empty());
  }
  Buffer log = dirty(sound);
  change_header(log, [](evtx::FileHeader& header) { header.next_record_id = 151; });
  CHECK(brief(find(log)) == "record-gap 141-150\n");
  change_header(log, [](evtx::FileHeader& header) {
    header.next_record_id = 111;
    header.chunk_count = 9;
  });
  CHECK(brief(find(log)) == "header-mismatch\n");
}

TEST_CASE("a log whose records have other ids than their headers is found once") {
  Buffer log = log_without();
  for (std::uint64_t index = 0; index < 4; ++index) {
    const auto frames = frames_of(log, index);
    for (const evtx::RecordFrame& frame : frames.records) {
      store(chunk_of(log, index), frame.offset + 8, frame.record_id - 100);
    }
    store(chunk_of(log, index), evtx::kChunkFirstRecordIdOffset,
          frames.records.front().record_id - 100);
    store(chunk_of(log, index), evtx::kChunkFirstRecordIdOffset + 8,
          frames.records.back().record_id - 100);
    seal(chunk_of(log, index));
  }
  change_header(log, [](evtx::FileHeader& header) { header.next_record_id -= 100; });
  const auto findings = find(log);
  CHECK(brief(findings) == "rewritten 1-1\n");
  CHECK(findings[0].detail.starts_with("record 1 says of itself that it is 101"));
}

TEST_CASE("events that tell of cleared logs, changed audit policies and a stopped log are found") {
  auto all = events(101, 140);
  const auto becomes = [&all](std::uint64_t id, std::uint16_t code, const char* provider,
                              std::vector<std::pair<std::string, std::string>> fields) {
    auto& made = all[id - 101];
    made.event_id = code;
    made.provider = provider;
    evtx::writer::NamedData data;
    for (const auto& [name, value] : fields) {
      data.fields.emplace_back(name, evtx::writer::string_value(value));
    }
    made.payload = std::move(data);
  };
  becomes(104, 1102, "Microsoft-Windows-Eventlog",
          {{"SubjectUserName", "alice"}, {"SubjectDomainName", "CORP"}});
  becomes(105, 104, "Microsoft-Windows-Eventlog",
          {{"SubjectUserName", "bob"}, {"Channel", "Microsoft-Windows-Sysmon/Operational"}});
  becomes(106, 4719, "Microsoft-Windows-Security-Auditing",
          {{"SubjectUserName", "alice"}, {"AuditPolicyChanges", "%%8448, %%8450"}});
  becomes(107, 1100, "Microsoft-Windows-Eventlog", {});
  becomes(108, 6006, "EventLog", {});
  // The same numbers of others say other things.
  becomes(109, 1102, "Microsoft-Windows-Something", {});
  becomes(110, 104, "Microsoft-Windows-Security-Auditing", {});
  const auto findings = find(log_of(all));
  CHECK(brief(findings) ==
        "log-cleared 104-104\nlog-cleared 105-105\naudit-changed 106-106\nlog-stopped 107-107\n"
        "log-stopped 108-108\n");
  CHECK(findings[0].detail.find("log Channel-Of-Tests cleared by CORP\\alice, 2023-") !=
        std::string::npos);
  CHECK(findings[1].detail.find("log Microsoft-Windows-Sysmon/Operational cleared by bob") !=
        std::string::npos);
  CHECK(findings[2].detail.find("by alice: success removed, failure removed") != std::string::npos);
  CHECK(findings[0].after == event(104).written);
}

TEST_CASE("what a chunk without header, or one's rest, tells of a cleared log is of other times") {
  auto all = events(101, 120);
  all[3].event_id = 1102;
  all[3].provider = "Microsoft-Windows-Eventlog";
  Buffer log = log_of(all);
  CHECK(brief(find(log)) == "log-cleared 104-104\n");
  std::ranges::fill(chunk_of(log, 0).first(evtx::kChunkHeaderSize), std::uint8_t{0});
  CHECK(brief(find(log)).find("log-cleared") == std::string::npos);
}

TEST_CASE(
    "of a kind that a log has thousands of, the first thousand are given and the rest counted") {
  LogTampering tampering;
  ChunkTrace trace;
  trace.ends = {{1, 1, 0, {}}, {2000, 1, 0, {}}};
  for (int i = 0; i < 1500; ++i) {
    trace.findings.push_back({FindingKind::kTimeBack, i, fmt::format("step {}", i), {}, 0, 0});
  }
  CHECK(tampering.take(std::move(trace)).size() == LogTampering::kMostOfAKind);
  const auto rest = tampering.finish();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].detail == "500 more of this log");
}

TEST_CASE("of what cannot be read nothing is said") {
  const auto trace = [](std::uint64_t index, std::uint64_t first, std::uint64_t last) {
    ChunkTrace made;
    made.index = index;
    made.ends = {{first, first, 0, {}}, {last, last, 0, {}}};
    return made;
  };
  const auto found = [&](bool unread) {
    LogTampering tampering;
    evtx::FileHeader header;
    header.chunk_count = 9;
    header.last_chunk = 2;
    header.next_record_id = 99;
    header.stored_crc = header.computed_crc = 0;
    tampering.set_header(header);
    tampering.take(trace(0, 1, 10));
    if (unread) tampering.take(unread_chunk(1));
    tampering.take(trace(2, 21, 30));
    return brief(tampering.finish());
  };
  CHECK(found(false) == "record-gap 11-20\nrecord-gap 31-98\nheader-mismatch\n");
  CHECK(found(true).empty());
}

TEST_CASE(
    "real logs that were exported show that, clocks that were set, and what their events say") {
  const auto real = test::corpus();
  EVTXHOUND_NEEDS(real, "no corpus of real logs");
  std::size_t rewritten = 0;
  for (const auto& path : test::logs_below(*real / "attack-samples")) {
    INFO(path);
    for (const Finding& finding : scan_log(path, {})) {
      INFO(finding.detail);
      const auto kind = finding.kind;
      CHECK((kind == FindingKind::kRewritten || kind == FindingKind::kTimeBack ||
             kind == FindingKind::kLogCleared || kind == FindingKind::kAuditChanged ||
             kind == FindingKind::kLogStopped));
      if (kind == FindingKind::kRewritten) ++rewritten;
    }
  }
  CHECK(rewritten > 200);
}

TEST_CASE("a record that a known tool unlinked from a real log is found") {
  const auto real = test::corpus();
  EVTXHOUND_NEEDS(real, "no corpus of real logs");
  const auto findings = scan_log(*real / "format-samples/post-Security.evtx", {});
  CHECK(std::ranges::count(findings, FindingKind::kHiddenRecord, &Finding::kind) == 1);
}

TEST_CASE("every kind of finding is named") {
  int kinds = 0;
  while (to_string(static_cast<FindingKind>(kinds)) != "unknown") ++kinds;
  CHECK(kinds == 12);
}
