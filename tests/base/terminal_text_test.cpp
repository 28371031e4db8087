#include "evtxhound/base/terminal_text.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound;

TEST_CASE("what a terminal would obey is made visible") {
  CHECK(visible("plain C:\\x") == "plain C:\\x");
  CHECK(visible("\x1B[2Jgone") == "\\x1B[2Jgone");
  CHECK(visible("a\r\n\tb\x07") == "a\\x0D\\x0A\\x09b\\x07");
  CHECK(visible(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(visible("\x7F\xC2\x9B") == "\\x7F\\x9B");  // DEL, and CSI as C1
  CHECK(visible("gpj.\xE2\x80\xAE"
                "exe") == "gpj.\\u202Eexe");  // right-to-left override
  CHECK(visible("\xE2\x80\xA8") == "\\u2028");
  CHECK(visible("\xFF") == "\xEF\xBF\xBD");
  CHECK(visible("日本 é") == "日本 é");
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\xCC\x81") == 1);
}

TEST_CASE("a text is filled or cut to the width") {
  CHECK(fit("ab", 4) == "ab  ");
  CHECK(fit("abcd", 4) == "abcd");
  CHECK(fit("abcde", 4) == "abc…");
  CHECK(fit("日本語", 4) == "日… ");
  CHECK(cut("abcde", 4) == "abc…");
  CHECK(cut("ab", 4) == "ab");
}
