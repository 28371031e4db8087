#include "evtxhound/base/gzip_reader.hpp"

#include <catch2/catch.hpp>

#include "tests/support/exports.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

struct Inflated {
  std::string text;
  std::optional<Problem> problem;
  std::uint64_t taken = 0;
};

Inflated inflate_all(std::string_view content, std::size_t step = 1000) {
  const TemporaryFolder folder;
  write_file(folder / "x.gz", content);
  const auto file = ReadOnlyFile::open(folder / "x.gz");
  REQUIRE(file);
  GzipReader reader(*file);
  Inflated all;
  Buffer buffer(step);
  for (std::size_t got = step; got == step;) {
    got = reader.read(buffer);
    all.text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
  all.problem = reader.problem();
  all.taken = reader.bytes_taken();
  return all;
}

std::string some_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919 % 10'007) + '\n';
  return text;
}

}  // namespace

TEST_CASE("a gzip file is read to its end, whatever the steps") {
  const std::string text = some_text();
  const std::string packed = gzip(text);
  CHECK(is_gzip(as_bytes(packed)));
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, text.size() + 1}) {
    const Inflated all = inflate_all(packed, step);
    CHECK(all.text == text);
    CHECK_FALSE(all.problem);
    CHECK(all.taken == packed.size());
  }
  CHECK(inflate_all(gzip("")).text.empty());
  CHECK(inflate_head(as_bytes(packed), 10) == Buffer(text.begin(), text.begin() + 10));
}

TEST_CASE("members follow each other, and zeros may follow them") {
  const Inflated all = inflate_all(gzip("one ") + gzip("") + gzip("two") + std::string(3, '\0') +
                                   gzip("!") + std::string(600'000, '\0'));
  CHECK(all.text == "one two!");
  CHECK_FALSE(all.problem);
}

TEST_CASE("of a cut or damaged gzip file the beginning is read, and the place is told") {
  const std::string text = some_text();
  const std::string packed = gzip(text);
  SECTION("cut") {
    const Inflated all = inflate_all(std::string_view(packed).substr(0, packed.size() / 2));
    CHECK(all.text.size() > text.size() / 4);
    CHECK(text.starts_with(all.text));
    REQUIRE(all.problem);
    CHECK(all.problem->kind == ProblemKind::kTruncated);
    CHECK(all.problem->offset == all.text.size());
  }
  SECTION("wrong checksum") {
    std::string bad = packed;
    bad[bad.size() - 6] ^= 1;
    const Inflated all = inflate_all(bad);
    CHECK(all.text == text);
    REQUIRE(all.problem);
    CHECK(all.problem->kind == ProblemKind::kRecordDamaged);
  }
  SECTION("something else behind it") {
    const Inflated all = inflate_all(packed + "PK");
    CHECK(all.text == text);
    REQUIRE(all.problem);
    CHECK_THAT(all.problem->message, Catch::Contains("no gzip"));
  }
}
