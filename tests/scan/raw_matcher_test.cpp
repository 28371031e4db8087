// Indicators in raw bytes outside of records, held against a search by the book.
#include "evtxhound/scan/raw_matcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/scan/raw_tally.hpp"
#include "tests/indicators/finding.hpp"
#include "tests/support/carving.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::scan;
using evtxhound::indicators::Kind;
using evtxhound::indicators::testing::indicator;
using evtxhound::indicators::testing::pack_of;
using evtxhound::test::MemorySource;
using evtxhound::test::Random;

namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;

indicators::IndicatorSet set_of(std::vector<indicators::Indicator> wanted) {
  const std::vector packs{pack_of(std::move(wanted))};
  return indicators::IndicatorSet(packs);
}

Buffer narrow(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

void put(Buffer& bytes, std::size_t at, const Buffer& what) {
  std::ranges::copy(what, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

TakenBytes taken_of(const std::vector<evtx::ByteRun>& runs) {
  TakenBytes taken;
  for (const evtx::ByteRun& run : runs) taken.add(run);
  taken.seal();
  return taken;
}

// All of the bytes, in parts of this size.
ChunkRows find_in(const indicators::IndicatorSet& set, const Buffer& bytes,
                  const std::vector<evtx::ByteRun>& taken = {}, std::uint64_t part = ~0ULL) {
  const MemorySource source(bytes);
  RawMatcher matcher(set);
  ChunkRows rows;
  for (std::uint64_t at = 0; at < bytes.size();) {
    const std::uint64_t next = at + std::min<std::uint64_t>(part, bytes.size() - at);
    matcher.find(source, at, next, taken_of(taken), {}, rows);
    at = next;
  }
  return rows;
}

std::vector<std::string> lines_of(const ChunkRows& rows) {
  std::vector<std::string> lines;
  for (const StoredEvent& stored : rows.events) {
    std::string line = fmt::format("{}+{} {}", stored.row.byte_offset, stored.row.byte_size,
                                   stored.row.text(casefile::EventRow::kData));
    for (const casefile::HitRow& hit : stored.hits) {
      line += fmt::format(" [{} {} {} @ {}]", hit.indicator, hit.field, hit.matched,
                          hit.byte_offset.value());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

using Places = std::set<std::pair<std::int64_t, std::uint64_t>>;  // indicator and offset

Places places_of(const ChunkRows& rows) {
  Places places;
  for (const StoredEvent& stored : rows.events) {
    for (const casefile::HitRow& hit : stored.hits) {
      CHECK(places.emplace(hit.indicator, hit.byte_offset.value()).second);
    }
  }
  return places;
}

// Every place at which a text stands in single bytes or in UTF-16LE, in any case, and none of its
// bytes is taken: byte by byte.
Places by_the_book(const std::vector<std::string>& texts, const Buffer& bytes,
                   const std::vector<evtx::ByteRun>& taken) {
  std::vector<bool> is_taken(bytes.size());
  for (const evtx::ByteRun& run : taken) {
    for (std::uint64_t i = run.begin; i < std::min<std::uint64_t>(run.end, bytes.size()); ++i) {
      is_taken[i] = true;
    }
  }
  Places places;
  const auto stands = [&](std::size_t at, std::string_view text, std::size_t unit) {
    if (at + unit * text.size() > bytes.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint8_t byte = bytes[at + unit * i];
      const auto lower = byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
      if (lower != text[i] || is_taken[at + unit * i]) return false;
      if (unit == 2 && (bytes[at + 2 * i + 1] != 0 || is_taken[at + 2 * i + 1])) return false;
    }
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (std::size_t number = 0; number < texts.size(); ++number) {
      if (stands(at, texts[number], 1) || stands(at, texts[number], 2)) {
        places.emplace(static_cast<std::int64_t>(number), at);
      }
    }
  }
  return places;
}

// Three blocks and a bit of some kind of noise, with texts at random places and at all borders.
Buffer planted(Random& random, unsigned noise, const std::vector<std::string>& texts,
               const std::vector<evtx::ByteRun>& taken) {
  Buffer bytes(3 * kBlock + 1000 + random.below(3));
  for (std::uint8_t& byte : bytes) {
    if (noise == 1) byte = random.byte();
    if (noise == 2) byte = static_cast<std::uint8_t>(" evil."[random.below(6)]);
  }
  std::vector<std::size_t> places;
  for (int i = 0; i < 300; ++i) places.push_back(random.below(bytes.size() - 100));
  for (std::size_t border = kBlock; border < bytes.size(); border += kBlock) {
    places.push_back(border - random.below(40));
  }
  for (const evtx::ByteRun& run : taken) {
    places.push_back(run.begin - 32 + random.below(33));  // before it, or over its border
    places.push_back(run.end - random.below(20));
  }
  places.push_back(0);
  places.push_back(bytes.size() - texts[0].size());
  for (const std::size_t at : places) {
    if (at >= bytes.size()) continue;
    std::string text = texts[random.below(texts.size())];
    if (random.below(2) == 0) text[0] = static_cast<char>(text[0] - 32);
    Buffer what = random.below(2) == 0 ? narrow(text) : utf8_to_utf16le(text);
    what.resize(std::min(what.size(), bytes.size() - at));
    put(bytes, at, what);
  }
  return bytes;
}

}  // namespace

TEST_CASE("raw bytes: every text outside of records is found once, and nothing else") {
  const std::vector<std::string> texts{"evil text", "il te", "name.of.a-file"};
  std::vector<indicators::Indicator> wanted;
  for (const std::string& text : texts) wanted.push_back(indicator(Kind::kText, text));
  const auto set = set_of(wanted);
  Random random(20230329);
  for (unsigned round = 0; round < 9; ++round) {
    INFO("round " << round);
    std::vector<evtx::ByteRun> taken;
    for (std::uint64_t at = 40 + random.below(90'000); at < 3 * kBlock;) {
      const std::uint64_t size = 24 + random.below(60'000);
      taken.push_back({at, at + size});
      // Now and then one directly behind the other.
      at += size + (random.below(3) == 0 ? 0 : 40 + random.below(100'000));
    }
    const Buffer bytes = planted(random, round % 3, texts, taken);
    const ChunkRows rows = find_in(set, bytes, taken);
    const Places found = places_of(rows);
    const Places expected = by_the_book(texts, bytes, taken);
    CHECK(expected.size() > 100);
    CHECK((found == expected));
    CHECK(rows.left_out.empty());
    // The same wherever parts end.
    for (const std::uint64_t part : {kBlock, 70'001 + random.below(9000), bytes.size() / 2}) {
      INFO("part " << part);
      CHECK((lines_of(find_in(set, bytes, taken, part)) == lines_of(rows)));
    }
  }
}

TEST_CASE("raw bytes: a place says whether something could be there, as all of them do") {
  const auto set = set_of({indicator(Kind::kText, "evil text")});
  RawMatcher matcher(set);
  Buffer bytes(2 * kBlock);
  CHECK_FALSE(matcher.may_find(bytes, bytes.size()));
  put(bytes, kBlock - 7, utf8_to_utf16le("evil text"));
  CHECK(matcher.may_find(bytes, bytes.size()));
  // Over the border of what is looked at, and all behind it.
  CHECK(matcher.may_find(bytes, kBlock - 3));
  CHECK_FALSE(matcher.may_find(Bytes(bytes).subspan(kBlock), kBlock));
}

TEST_CASE("raw bytes: a domain has the borders that it has in a field") {
  const auto set = set_of({indicator(Kind::kDomain, "evil.example")});
  struct Row {
    Buffer bytes;
    std::string matched;  // empty: no hit
    std::size_t at = 0;
  };
  const auto wide = [](std::string_view text) { return utf8_to_utf16le(text); };
  const auto joined = [](Buffer a, const Buffer& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const std::vector<Row> rows{
      {narrow("evil.example"), "evil.example", 0},
      {narrow("http://www.EVIL.example/x"), "www.EVIL.example", 7},
      {wide("http://www.evil.example/x"), "www.evil.example", 14},
      {joined({0x41}, wide("www.evil.example")), "www.evil.example", 1},
      {narrow("notevil.example"), "", 0},
      {wide("notevil.example"), "", 0},
      {narrow("evil.example.net"), "", 0},
      {wide("evil.example.net"), "", 0},
      {narrow("C:\\dir\\evil.example"), "", 0},
      {narrow("evil.exam\nple"), "", 0},
      {joined(narrow("evil.ex"), wide("ample")), "", 0},
      {joined(wide("evil.ex"), narrow("ample")), "", 0},
      {{'e', 0,   0, 0,   'v', 0,   'i', 0,   'l', 0,   '.', 0,   'e',
        0,   'x', 0, 'a', 0,   'm', 0,   'p', 0,   'l', 0,   'e', 0},
       "",
       0},
      // What a number leaves before a text is no letter of it: the end of a FILETIME is U+01D9.
      {joined({0x5a, 0x63, 0xd9, 0x01}, wide("evil.example")), "evil.example", 4},
      {joined({0xe9}, narrow("evil.example")), "evil.example", 1},
      {joined(narrow("evil.example"), {0xe9}), "evil.example", 0},
  };
  for (const Row& row : rows) {
    Buffer bytes(500, 0);
    put(bytes, 101, row.bytes);
    CAPTURE(row.matched, row.at, row.bytes.size(), std::string(row.bytes.begin(), row.bytes.end()));
    const ChunkRows found = find_in(set, bytes);
    REQUIRE(found.events.size() == (row.matched.empty() ? 0 : 1));
    if (row.matched.empty()) continue;
    CHECK(found.events[0].hits.at(0).matched == row.matched);
    CHECK(found.events[0].hits[0].byte_offset == 101 + row.at);
    CHECK(found.events[0].row.byte_offset == 101 + row.at);
  }
}

TEST_CASE("raw bytes: kinds that need more than a text find what stands in one") {
  const std::string hash(32, 'a');
  const std::string product = "3CX Desktop App, version: 18.12.416";
  const auto set =
      set_of({indicator(Kind::kMd5, hash), indicator(Kind::kImphash, hash),
              indicator(Kind::kVersion, "18.12.416", "3CX Desktop App"),
              indicator(Kind::kIp, "198.51.100.0/24"), indicator(Kind::kRegex, "(?i)ev[il]+\\d{3}"),
              indicator(Kind::kText, "пример")});
  const auto found = [&](const Buffer& what) {
    Buffer bytes(100, 0);
    bytes.insert(bytes.end(), what.begin(), what.end());
    bytes.resize(bytes.size() + 100);
    std::vector<std::pair<int, std::string>> all;
    for (const StoredEvent& stored : find_in(set, bytes).events) {
      for (const auto& hit : stored.hits) all.emplace_back(hit.indicator, hit.matched);
    }
    return all;
  };
  using All = std::vector<std::pair<int, std::string>>;
  CHECK(found(narrow("=" + hash)) == All{{0, hash}});
  CHECK(found(narrow("IMPHASH=" + hash)) == All{{0, hash}, {1, hash}});
  CHECK(found(narrow(hash + "a")) == All{});
  CHECK(found(utf8_to_utf16le(product)) == All{{2, "18.12.416"}});
  CHECK(found(utf8_to_utf16le("version: 18.12.416")) == All{});
  CHECK(found(utf8_to_utf16le("to 198.51.100.7:443")) == All{{3, "198.51.100.7"}});
  CHECK(found(utf8_to_utf16le("an EVIL123 here")) == All{{4, "EVIL123"}});
  CHECK(found(utf8_to_utf16le("это Пример тут")) == All{{5, "Пример"}});
  // An expression without a fixed text makes all text be looked at.
  CHECK(set.has_unseen_text());
  RawMatcher matcher(set);
  CHECK(matcher.may_find(Buffer(10, 0), 10));
  CHECK(found(narrow("an Evil123 here, evil456 there")) == All{{4, "Evil123"}});
}

// Each of its digits is the end of a match.
TEST_CASE("raw bytes: a regex has one hit in a text, and one in the next, whatever it is full of") {
  const auto set = set_of({indicator(Kind::kRegex, "[0-9a-f]{32}")});
  Buffer bytes(100'000, '7');
  bytes[60'000] = 0;
  const Places places = places_of(find_in(set, bytes));
  CHECK(places.contains({0, 0}));
  CHECK(places.contains({0, 60'001}));
  CHECK(places.size() < 200);
  CHECK((places_of(find_in(set, bytes, {{100, 200}})).contains({0, 200})));
  // What only looks like its fixed text, without the zeros, hides none that is one.
  const auto fixed = set_of({indicator(Kind::kRegex, "evil-\\d+")});
  Buffer text = narrow("e vil ev");
  text.push_back(0);
  for (const char c : std::string_view("il- evil-123"))
    text.push_back(static_cast<std::uint8_t>(c));
  CHECK(places_of(find_in(fixed, text)) == Places{{0, 13}});
  for (const std::size_t size : {30U, 32U, 1000U}) {
    const Buffer wide = utf8_to_utf16le(std::string(size, 'c'));
    CHECK(places_of(find_in(set, wide)) == (size < 32 ? Places{} : Places{{0, 0}}));
  }
}

TEST_CASE("raw bytes: the context is what stands around, up to a record, and no text is one sign") {
  const auto set = set_of(
      {indicator(Kind::kDomain, "evil.example"), indicator(Kind::kText, "evil.example/path")});
  Buffer bytes(1000, 0);
  put(bytes, 200, utf8_to_utf16le("QueryName=evil.example/path"));
  put(bytes, 262, utf8_to_utf16le("Bär"));
  put(bytes, 500, narrow("\x01\xff GET http://evil.example/ \xC3\xA4"));
  const auto rows = find_in(set, bytes);
  REQUIRE(rows.events.size() == 2);
  const StoredEvent& wide = rows.events[0];
  CHECK(wide.row.byte_offset == 220);
  CHECK(wide.row.byte_size == 2 * (17 + kContextUnits));
  CHECK(wide.row.text(casefile::EventRow::kData) ==
        R"({"Context":"�QueryName=evil.example/path�Bär�","Encoding":"utf-16le"})");
  CHECK(wide.hits.size() == 2);
  CHECK(wide.row.record_id == 0);
  CHECK(wide.row.text(casefile::EventRow::kTimeWritten).empty());
  CHECK(wide.row.text(casefile::EventRow::kTimeCreated).empty());
  const StoredEvent& single = rows.events[1];
  CHECK(single.row.byte_offset == 514);
  CHECK(single.row.byte_size == 12 + kContextUnits);
  CHECK(single.row.text(casefile::EventRow::kData) ==
        R"({"Context":"� GET http://evil.example/ ä�","Encoding":"utf-8"})");

  // Records on both sides end it, and so does the end of the bytes.
  const auto between = find_in(set, bytes, {{0, 510}, {530, 700}});
  REQUIRE(between.events.size() == 1);
  CHECK(between.events[0].row.byte_size == 16);
  CHECK(between.events[0].row.text(casefile::EventRow::kData) ==
        R"({"Context":"p://evil.example/ ä","Encoding":"utf-8"})");
  bytes.resize(526);
  CHECK(find_in(set, bytes, {{0, 510}}).events.at(0).row.byte_size == 12);
}

TEST_CASE("raw bytes: hits that are known of a record are not told again") {
  const auto set = set_of({indicator(Kind::kText, "evil text"), indicator(Kind::kText, "evil")});
  Buffer bytes(100, 0);
  put(bytes, 10, narrow("evil text"));
  put(bytes, 50, narrow("evil text"));
  const MemorySource source(bytes);
  RawMatcher matcher(set);
  ChunkRows rows;
  const std::vector<RawMatcher::Place> known{{0, 10}, {1, 10}, {1, 50}};
  matcher.find(source, 0, bytes.size(), taken_of({}), known, rows);
  CHECK(places_of(rows) == Places{{0, 50}});
}

TEST_CASE("raw bytes: what cannot be read hides nothing of the rest") {
  const auto set = set_of({indicator(Kind::kText, "evil text")});
  Buffer bytes(3 * kBlock, 0);
  put(bytes, 4090, narrow("evil text"));  // over the border of what cannot be read
  put(bytes, 9000, narrow("evil text"));
  put(bytes, 2 * kBlock, narrow("evil text"));
  MemorySource source(bytes);
  source.bad = {4096};
  RawMatcher matcher(set);
  ChunkRows rows;
  matcher.find(source, 0, bytes.size(), taken_of({}), {}, rows);
  CHECK(places_of(rows) == Places{{0, 9000}, {0, 2 * kBlock}});
}

TEST_CASE("raw bytes: of one indicator the first places are listed, the rest is counted") {
  const auto set = set_of({indicator(Kind::kText, "evil"), indicator(Kind::kText, "rare")});
  Buffer bytes;
  constexpr std::size_t kPlaces = kMostListed + 1234;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    for (const char c : std::string_view("evil ")) bytes.push_back(static_cast<std::uint8_t>(c));
  }
  const std::size_t rare = bytes.size();
  for (const char c : std::string_view("rare")) bytes.push_back(static_cast<std::uint8_t>(c));
  ChunkRows rows = find_in(set, bytes);
  CHECK(rows.events.size() == kMostListed + 1);
  CHECK(rows.events.back().row.byte_offset == rare);
  CHECK(rows.left_out == std::map<std::size_t, std::uint64_t>{{0, 1234}});

  // In parts, each lists as many; the tally of the evidence keeps the first.
  RawTally tally;
  ChunkRows parts = find_in(set, bytes, {}, kPlaces);
  CHECK(parts.left_out.empty());
  std::vector<std::uint64_t> kept;
  for (StoredEvent& stored : parts.events) {
    if (tally.admit(stored)) kept.push_back(stored.row.byte_offset);
  }
  REQUIRE(kept.size() == kMostListed + 1);
  for (std::size_t i = 0; i < kMostListed; ++i) CHECK(kept[i] == 5 * i);
  CHECK(kept.back() == rare);
  const auto problems = tally.problems(set);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ProblemKind::kLimit);
  CHECK(
      problems[0].message ==
      "text \"evil\" stands outside of records 11,234 times: the first 10,000 are hits, the other "
      "1,234 are only counted");
}

TEST_CASE("taken bytes: the stretch around a place") {
  const TakenBytes taken = taken_of({{10, 20}, {20, 25}, {15, 18}, {40, 50}});
  const auto around = [&](std::uint64_t at) {
    const auto run = taken.free_around(at, {2, 60});
    return run ? fmt::format("{}-{}", run->begin, run->end) : "taken";
  };
  CHECK(around(2) == "2-10");
  CHECK(around(9) == "2-10");
  CHECK(around(10) == "taken");
  CHECK(around(24) == "taken");
  CHECK(around(25) == "25-40");
  CHECK(around(39) == "25-40");
  CHECK(around(49) == "taken");
  CHECK(around(50) == "50-60");
}
