#include "evtxhound/casefile/terminal_text.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/casefile/text_table.hpp"

using namespace evtxhound::casefile;

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

TEST_CASE("a table lines up and stays within its width") {
  TextTable table({{"Name"}, {"N", TextTable::Align::kRight}, {"Text"}});
  table.add({"日本", "1", std::string(300, 'x')});
  table.add({"a\nb", "200", "y"});
  const std::string lines = table.lines();
  CHECK(lines.find("  日本      1  xxx") != std::string::npos);
  CHECK(lines.find("  a\\x0Ab  200  y\n") != std::string::npos);
  const std::size_t second = lines.find('\n') + 1;
  CHECK(display_width(lines.substr(second, lines.find('\n', second) - second)) == kTableWidth);
}
