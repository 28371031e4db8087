#include "evtxhound/casefile/text_table.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/terminal_text.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;

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
