#include "evtxhound/base/hash.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound;

TEST_CASE("SHA-256 gives the vectors of FIPS 180-2") {
  CHECK(sha256_hex(as_bytes("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 pieces;
  pieces.update(as_bytes("a"));
  pieces.update(as_bytes("bc"));
  CHECK(pieces.hex() == sha256_hex(as_bytes("abc")));
}

TEST_CASE("CRC32 gives the check value of its catalogue entry, in one piece or two") {
  CHECK(crc32(as_bytes("123456789")) == 0xCBF43926);
  CHECK(crc32(as_bytes("6789"), crc32(as_bytes("12345"))) == 0xCBF43926);
}
