#include "evtxhound/match/fold.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "evtxhound/match/database.hpp"

using namespace evtxhound::match;

namespace {

std::string utf8(char32_t c) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  return {bytes.begin(), bytes.begin() + size};
}

}  // namespace

TEST_CASE("ASCII letters fold to ASCII letters only") {
  CHECK(fold(U'K') == U'k');
  CHECK(fold(U'[') == U'[');
  CHECK(fold(0x212A) == 0x212A);
  CHECK(same_folded(U'k') == std::vector<char32_t>{U'K', U'k'});
}

TEST_CASE("characters that fold to one are one another's other forms") {
  CHECK(same_folded(U'σ') == std::vector<char32_t>{U'Σ', U'ς', U'σ'});
  CHECK(same_folded(U'語') == std::vector<char32_t>{U'語'});
  for (char32_t c = 0; c < 0x20000; ++c) {
    const auto forms = same_folded(c);
    if (std::find(forms.begin(), forms.end(), c) == forms.end()) FAIL(std::uint32_t{c});
  }
}

// What a confirmation by fold() accepts, Hyperscan must have found.
TEST_CASE("a caseless literal finds every form of every letter") {
  for (char32_t c = 0x80; c < 0x20000; ++c) {
    const auto forms = same_folded(c);
    if (forms.size() < 2 || forms.front() != c) continue;
    const std::vector<Pattern> patterns{{0, utf8(c)}};
    const auto database = Database::compile(patterns);
    Scanner scanner(database);
    for (const char32_t form : forms) {
      bool found = false;
      scanner.scan(utf8(form), [&](PatternNumber, std::size_t) { found = true; });
      if (!found) FAIL(std::uint32_t{c} << " misses " << std::uint32_t{form});
    }
  }
}
