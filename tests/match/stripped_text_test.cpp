#include "evtxhound/match/stripped_text.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "evtxhound/base/text.hpp"

using namespace evtxhound;
using match::StrippedText;

namespace {

// What StrippedText promises, byte by byte.
void check(StrippedText& stripped, Bytes block) {
  std::string text;
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (block[i] == 0) continue;
    offsets.push_back(i);
    text += ascii_lower(std::string(1, static_cast<char>(block[i])));
  }
  stripped.assign(block);
  REQUIRE(stripped.text() == text);
  for (std::size_t at = 0; at < offsets.size(); ++at) {
    if (stripped.offset_in(block, at) != offsets[at]) FAIL("wrong offset of " << at);
  }
}

}  // namespace

TEST_CASE("a block without its zeros, in lower case, and where its bytes stood") {
  StrippedText stripped;
  check(stripped, {});
  check(stripped, as_bytes(std::string_view("\0\0\0", 3)));
  check(stripped, as_bytes("Abc[\\]^_`{Z}@"));
  check(stripped, utf8_to_utf16le("3CXDesktopApp.exe"));
}

TEST_CASE("blocks of all sizes and densities keep their promise") {
  std::mt19937 random(7);
  StrippedText stripped;  // one for all, so that what stood there before must not matter
  for (int round = 0; round < 1500; ++round) {
    const std::size_t size = random() % (round % 10 == 0 ? 70'000 : 300);
    const std::size_t zeros = random() % 101;
    Buffer block(size);
    for (std::uint8_t& byte : block) {
      byte = random() % 100 < zeros ? 0 : static_cast<std::uint8_t>(random());
    }
    check(stripped, block);
  }
}

TEST_CASE("text is contiguous whatever its alignment and encoding") {
  for (const std::size_t before : {0U, 1U, 62U, 63U, 64U, 65U}) {
    Buffer block(before, 0xFF);
    const Buffer wide = utf8_to_utf16le("Akamaicontainer.COM");
    block.insert(block.end(), wide.begin(), wide.end());
    StrippedText stripped;
    stripped.assign(block);
    CHECK(stripped.text().ends_with("akamaicontainer.com"));
  }
}
