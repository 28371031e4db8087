#include "evtxhound/base/digests.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/file.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;

namespace {

// Of "abc": RFC 1321 (A.5), FIPS 180-2 (A.1 and B.1).
const Digests kAbc = {"900150983cd24fb0d6963f7d28e17f72",
                      "a9993e364706816aba3e25717850c26c9cd0d89d",
                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};

}  // namespace

TEST_CASE("all digests of one read are those of the standards, in one piece or three") {
  Digester whole(Hashes::kAll);
  whole.update(as_bytes("abc"));
  CHECK(whole.finish() == kAbc);
  Digester pieces(Hashes::kAll);
  for (const char* piece : {"a", "", "bc"}) pieces.update(as_bytes(piece));
  CHECK(pieces.finish() == kAbc);
}

TEST_CASE("only the digests are computed that are wanted") {
  Digester sha256(Hashes::kSha256);
  sha256.update(as_bytes("abc"));
  CHECK(sha256.finish() == Digests{"", "", kAbc.sha256});
  Digester none(Hashes::kNone);
  none.update(as_bytes("abc"));
  CHECK(none.finish() == Digests{});
}

TEST_CASE("a file is hashed whole, or not at all where that is stopped") {
  const test::TemporaryFolder folder;
  // FIPS 180-2 (A.3 and B.3), and the same of md5sum: a million times "a", several blocks long.
  test::write_file(folder / "a", std::string(1'000'000, 'a'));
  const auto file = ReadOnlyFile::open(folder / "a");
  REQUIRE(file);
  std::size_t told = 0;
  const auto digests = digests_of(*file, Hashes::kAll, [&](std::size_t bytes) {
    told += bytes;
    return true;
  });
  REQUIRE(digests);
  CHECK(digests->md5 == "7707d6ae4e027c70eea2a935c2296f21");
  CHECK(digests->sha1 == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  CHECK(digests->sha256 == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(told == 1'000'000);
  const auto stopped = digests_of(*file, Hashes::kAll, [](std::size_t) { return false; });
  REQUIRE(stopped);
  CHECK(*stopped == Digests{});
}
