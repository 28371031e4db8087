// A disk with records in every place where one can be, each known from the spec it was forged from:
// the real program finds every one of them, once, where it was put.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <tuple>

#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/spec.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
using evtxhound::evtx::kChunkHeaderSize;
using evtxhound::evtx::kChunkSize;
using evtxhound::evtx::kFileHeaderSize;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;
constexpr std::size_t kRecordHeader = 24;

// A record as it is planted, and as the case file must have it.
struct Record {
  std::string path;  // from behind the image's, numbers of MFT entries as N
  std::string state;
  std::size_t byte_offset = 0;
  std::size_t record_id = 0;
  std::string marker;
  auto operator<=>(const Record&) const = default;
};

// A forged log, and what is known of it.
struct Log {
  std::string bytes;
  std::vector<Record> records;  // their offsets in the log

  [[nodiscard]] std::size_t size_of(std::size_t i) const {
    std::uint32_t size = 0;
    std::copy_n(bytes.data() + records[i].byte_offset + 4, sizeof size,
                reinterpret_cast<char*>(&size));
    return size;
  }
  [[nodiscard]] std::size_t end_of(std::size_t i) const {
    return records[i].byte_offset + size_of(i);
  }
};

// `count` events with the markers `name-0`, `name-1` …, so many in each chunk. The offsets follow
// from the sizes that the records' headers have.
Log forged(const std::string& name, std::size_t count, std::size_t per_chunk,
           std::size_t first_id) {
  std::string spec = fmt::format(
      R"({{"log": {{"provider": "Planted", "channel": "Planted/{}", "computer": "PLANT-1",)"
      R"( "records_per_chunk": {}, "first_record_id": {}}}}})"
      "\n",
      name, per_chunk, first_id);
  Log log;
  for (std::size_t i = 0; i < count; ++i) {
    spec += fmt::format(
        R"({{"event_id": 7, "time": "2023-03-29T10:{:02}:00Z", "data": {{"Marker": "{}-{}"}}}})"
        "\n",
        i % 60, name, i);
    log.records.push_back({"", "", 0, first_id + i, fmt::format("{}-{}", name, i)});
  }
  const auto bytes = evtxhound::evtx::writer::forge(spec, name);
  log.bytes.assign(bytes.begin(), bytes.end());
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % per_chunk == 0) at = kFileHeaderSize + i / per_chunk * kChunkSize + kChunkHeaderSize;
    log.records[i].byte_offset = at;
    at = log.end_of(i);
  }
  return log;
}

// A disk of 24 MiB, and all that is on it.
class Planted {
 public:
  explicit Planted(fs::path path) : path_(std::move(path)) {}

  // The records from `first` up to `end` stand in a log at `place`.
  void in_log(const Log& log, const std::string& place, std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      Record record = log.records[i];
      record.path = place;
      record.state = "live";
      expected_.push_back(record);
    }
  }

  // They stand where no file is: the log's bytes from `from` are at this place of the disk.
  void carved(const Log& log, std::size_t from, std::size_t place, std::size_t first,
              std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      Record record = log.records[i];
      record.path = " / unallocated";
      record.state = "carved";
      record.byte_offset = place + record.byte_offset - from;
      expected_.push_back(record);
    }
  }

  // Writes over zeros, on the disk.
  void write(std::size_t place, const std::string& bytes) {
    REQUIRE(disk_.substr(place, bytes.size()) == std::string(bytes.size(), '\0'));
    disk_.replace(place, bytes.size(), bytes);
  }

  void load() { disk_ = read_file(path_); }
  void store() const { write_file(path_, disk_); }
  std::string& disk() { return disk_; }

  [[nodiscard]] std::vector<Record> expected() const {
    std::vector<Record> sorted = expected_;
    std::ranges::sort(sorted);
    return sorted;
  }

 private:
  fs::path path_;
  std::string disk_;
  std::vector<Record> expected_;
};

// What the case file has, in the same form.
std::vector<Record> found_in(const fs::path& case_file, const fs::path& image) {
  static const std::regex entry(R"(\(deleted, entry \d+\))");
  std::vector<Record> found;
  for (const auto& row :
       query(case_file,
             "select path, state, byte_offset, record_id, json_extract(data, '$.Marker') from "
             "event join evidence using (evidence_id)")) {
    REQUIRE(row[0].starts_with(image.string()));
    const std::string path = row[0].substr(image.string().size());
    found.push_back({std::regex_replace(path, entry, "(deleted, entry N)"), row[1],
                     std::stoul(row[2]), std::stoul(row[3]), row[4]});
  }
  std::ranges::sort(found);
  return found;
}

std::string text_of(const Record& record) {
  return fmt::format("{} {} at {}: {} {}", record.path, record.state, record.byte_offset,
                     record.record_id, record.marker);
}

// Says which are missing and which are too many.
void check_same(const std::vector<Record>& found, const std::vector<Record>& expected) {
  std::vector<Record> missing;
  std::vector<Record> added;
  std::ranges::set_difference(expected, found, std::back_inserter(missing));
  std::ranges::set_difference(found, expected, std::back_inserter(added));
  for (const Record& record : missing) FAIL_CHECK("missing: " << text_of(record));
  for (const Record& record : added) FAIL_CHECK("not planted there: " << text_of(record));
  CHECK(found.size() == expected.size());
}

// In the NTFS volume, partition 1, at 1 MiB: files in use, deleted, in archives and images; and in
// slack what lies behind the end of a small file.
void plant_in_ntfs(const fs::path& volume, const fs::path& small, Planted& planted) {
  const std::string root = " / partition 1 / ";
  const Log live = forged("live", 30, 10, 100);
  const Log gone = forged("gone", 12, 12, 2'000);
  const Log zipped = forged("zipped", 9, 9, 3'000);
  const Log nested = forged("nested", 7, 7, 4'000);
  const Log in_image = forged("image", 5, 5, 5'000);
  put_in_fat(small, "Usb.evtx", in_image.bytes);
  const std::string inner = pack({{"Nested.evtx", nested.bytes}}, {"pax", "gzip", ""});
  const std::string logs = "C/Windows/System32/winevt/Logs/";
  make_ntfs(volume,
            {{"Live.evtx", live.bytes},
             {"Gone.evtx", gone.bytes},
             {"collection.zip", zip({{logs + "Zipped.evtx", zipped.bytes}, {"in.tgz", inner}})},
             {"usb.dd", read_file(small)},
             {"notes.txt", std::string(5'000, 'n') + "<end of notes>"}});
  delete_in_ntfs(volume, "Gone.evtx");
  planted.in_log(live, root + "Live.evtx", 0, 30);
  planted.in_log(gone, root + "$OrphanFiles/Gone.evtx (deleted, entry N)", 0, 12);
  planted.in_log(zipped, root + "collection.zip / " + logs + "Zipped.evtx", 0, 9);
  planted.in_log(nested, root + "collection.zip / in.tgz / Nested.evtx", 0, 7);
  planted.in_log(in_image, root + "usb.dd / volume / Usb.evtx", 0, 5);
}

// In the FAT volume, partition 2, at 9 MiB: a log whose tail is overwritten, and a deleted one.
void plant_in_fat(const fs::path& volume, Planted& planted) {
  const std::string root = " / partition 2 / ";
  Log cut = forged("cut", 40, 20, 6'000);
  const Log erased = forged("erased", 8, 8, 7'000);
  // Within record 27, of the second chunk.
  const std::size_t tail = cut.records[27].byte_offset + kRecordHeader + 5;
  cut.bytes.replace(tail, std::string::npos, cut.bytes.size() - tail, 'o');
  put_in_fat(volume, "Cut.evtx", cut.bytes);
  put_in_fat(volume, "Erased.evtx", erased.bytes);
  mtools(volume, "mdel", "::Erased.evtx");
  planted.in_log(cut, root + "Cut.evtx", 0, 27);
  planted.in_log(erased, root + "Erased.evtx (deleted, entry N)", 0, 8);
}

// On the disk itself, where no file is.
void plant_remains(Planted& planted) {
  planted.load();
  // Behind the end of notes.txt, in its last cluster: the first records of a chunk.
  const Log slack = forged("slack", 3, 3, 8'000);
  const std::size_t notes = planted.disk().find("<end of notes>");
  REQUIRE(notes != std::string::npos);
  const std::size_t behind = notes + 14 + 9;
  const std::size_t begin = slack.records[0].byte_offset;
  REQUIRE(5'014 + 9 + slack.end_of(2) - begin < 8'192);
  planted.write(behind, slack.bytes.substr(begin, slack.end_of(2) - begin));
  planted.carved(slack, begin, behind, 0, 3);
  // A whole chunk in free clusters of the NTFS volume, one without its header in those of the FAT
  // volume, and a log cut in the middle of a record between the partitions and the disk's end.
  const Log whole = forged("whole", 20, 20, 9'000);
  planted.write(8 * kMiB + 333, whole.bytes.substr(kFileHeaderSize));
  planted.carved(whole, kFileHeaderSize, 8 * kMiB + 333, 0, 20);
  const Log headless = forged("headless", 6, 6, 10'000);
  const std::size_t from = headless.records[0].byte_offset;
  planted.write(15 * kMiB + 77, headless.bytes.substr(from, headless.end_of(5) - from));
  planted.carved(headless, from, 15 * kMiB + 77, 0, 6);
  const Log torn = forged("torn", 15, 15, 11'000);
  const std::size_t end = torn.records[11].byte_offset + kRecordHeader + 1;
  planted.write(22 * kMiB + 1, torn.bytes.substr(0, end));
  planted.carved(torn, 0, 22 * kMiB + 1, 0, 11);
  planted.store();
}

}  // namespace

TEST_CASE("each record that is planted on a disk is found once, in its place and with its state") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "mdel", "sfdisk");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  Planted planted(disk);
  must("truncate -s 1M " + quoted(folder / "usb") + " && mkfs.vfat " + quoted(folder / "usb"));
  plant_in_ntfs(folder / "ntfs", folder / "usb", planted);
  make_fat(folder / "fat");
  plant_in_fat(folder / "fat", planted);
  make_partitioned(
      disk, 24, "label: dos\n1: start=2048,size=16384,type=7\n2: start=18432,size=16384,type=c\n",
      {{folder / "ntfs", 1}, {folder / "fat", 9}});
  plant_remains(planted);

  const std::string arguments = "scan " + quoted(disk) + " --carve --store all --case ";
  const Ran ran = run_evtxhound(arguments + quoted(folder / "case.db"));
  INFO(ran.err);
  CHECK(ran.status == 1);  // what was cut is a problem
  check_same(found_in(folder / "case.db", disk), planted.expected());
  CHECK(query(folder / "case.db", "select count(*) from event")[0][0] ==
        std::to_string(30 + 12 + 9 + 7 + 5 + 27 + 8 + 3 + 20 + 6 + 11));
  // No more of it by the same command once more, nor by another number of threads.
  run_evtxhound(arguments + quoted(folder / "case.db"));
  check_same(found_in(folder / "case.db", disk), planted.expected());
  run_evtxhound(arguments + quoted(folder / "one.db") + " --threads 1");
  check_same(found_in(folder / "one.db", disk), planted.expected());
}
