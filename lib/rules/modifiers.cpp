#include "evtxhound/rules/modifiers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "evtxhound/rules/named.hpp"

namespace evtxhound::rules {
namespace {

using Encoding = Modifiers::Encoding;
using Where = Modifiers::Where;

constexpr std::array kWhere = {Named<Where>{"contains", Where::kContains},
                               Named<Where>{"startswith", Where::kStarts},
                               Named<Where>{"endswith", Where::kEnds}};

constexpr std::array kEncodings = {Named<Encoding>{"wide", Encoding::kUtf16le},
                                   Named<Encoding>{"utf16le", Encoding::kUtf16le},
                                   Named<Encoding>{"utf16be", Encoding::kUtf16be},
                                   Named<Encoding>{"utf16", Encoding::kUtf16},
                                   Named<Encoding>{"base64", Encoding::kBase64},
                                   Named<Encoding>{"base64offset", Encoding::kBase64Offset}};

constexpr std::array kTests = {
    Named<Test>{"re", Test::kRegex},      Named<Test>{"cidr", Test::kCidr},
    Named<Test>{"lt", Test::kLess},       Named<Test>{"lte", Test::kLessOrEqual},
    Named<Test>{"gt", Test::kGreater},    Named<Test>{"gte", Test::kGreaterOrEqual},
    Named<Test>{"exists", Test::kExists}, Named<Test>{"fieldref", Test::kSameAsField}};

using Flag = bool Modifiers::*;
constexpr std::array kFlags = {Named<Flag>{"all", &Modifiers::all},
                               Named<Flag>{"neq", &Modifiers::negated},
                               Named<Flag>{"cased", &Modifiers::cased},
                               Named<Flag>{"windash", &Modifiers::windash},
                               Named<Flag>{"expand", &Modifiers::expand},
                               Named<Flag>{"i", &Modifiers::ignore_case},
                               Named<Flag>{"m", &Modifiers::multi_line},
                               Named<Flag>{"s", &Modifiers::dot_all},
                               Named<Flag>{"ignorecase", &Modifiers::ignore_case},
                               Named<Flag>{"multiline", &Modifiers::multi_line},
                               Named<Flag>{"dotall", &Modifiers::dot_all}};

constexpr std::array<std::string_view, 6> kOfTime = {"minute", "hour",  "day",
                                                     "week",   "month", "year"};

class Reader {
 public:
  explicit Reader(const ParsedItem& item) : item_(item) {}

  Modifiers read() {
    std::set<std::string_view> seen;
    for (const std::string& name : item_.modifiers) {
      if (!seen.insert(name).second) fail(fmt::format("the modifier {} is there twice", name));
      take(name);
    }
    check();
    return modifiers_;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw RuleFault(item_.place, why); }

  [[noreturn]] void senseless(std::string_view why) const {
    fail(fmt::format("the modifiers {} make no sense together: {}", fmt::join(item_.modifiers, "|"),
                     why));
  }

  void take(const std::string& name) {
    if (const Where* const where = find_named(kWhere, name)) {
      if (modifiers_.where != Where::kWhole) senseless("only one of them says where");
      modifiers_.where = *where;
    } else if (const Encoding* const encoding = find_named(kEncodings, name)) {
      encode(*encoding);
    } else if (const Test* const test = find_named(kTests, name)) {
      if (modifiers_.test != Test::kText) senseless("each is a test of its own");
      modifiers_.test = *test;
    } else if (const Flag* const flag = find_named(kFlags, name)) {
      set(name, *flag);
    } else if (std::find(kOfTime.begin(), kOfTime.end(), name) != kOfTime.end()) {
      fail(fmt::format("the modifier {} (parts of a time) is not supported", name));
    } else {
      fail(fmt::format("unknown modifier \"{}\"", name));
    }
  }

  void encode(Encoding encoding) {
    if (modifiers_.where != Where::kWhole) {
      senseless("what is to be encoded must come before contains, startswith or endswith");
    }
    const auto& before = modifiers_.encodings;
    const bool binary = encoding == Encoding::kBase64 || encoding == Encoding::kBase64Offset;
    if (!before.empty() && (before.back() == Encoding::kBase64Offset || !binary)) {
      senseless("text is encoded in UTF-16 first, and then in Base64");
    }
    modifiers_.encodings.push_back(encoding);
  }

  void set(const std::string& name, Flag flag) {
    const bool of_regex = flag == &Modifiers::ignore_case || flag == &Modifiers::multi_line ||
                          flag == &Modifiers::dot_all;
    if (of_regex && modifiers_.test != Test::kRegex) senseless(name + " belongs behind re");
    const bool changes_text = flag == &Modifiers::windash || flag == &Modifiers::expand;
    if (changes_text && !modifiers_.encodings.empty()) {
      senseless(name + " must come before the encodings");
    }
    modifiers_.*flag = true;
  }

  void check() const {
    const Modifiers& m = modifiers_;
    if (m.test == Test::kText) return;
    if (m.test == Test::kSameAsField && m.where != Where::kWhole) {
      fail("fieldref together with contains, startswith or endswith is not supported");
    }
    if (m.test == Test::kRegex && m.where != Where::kWhole) {
      fail(
          "re together with contains, startswith or endswith is not supported: an expression "
          "matches anywhere, and `^` and `$` say where");
    }
    if (m.test == Test::kRegex && m.expand) fail("re together with expand is not supported");
    if (m.where != Where::kWhole || !m.encodings.empty() || m.windash || m.expand) {
      senseless("some are for texts only");
    }
    if (m.cased && m.test == Test::kRegex) {
      senseless("case counts in an expression unless re|i is said");
    }
    if (m.cased && m.test != Test::kSameAsField) senseless("cased is for texts only");
    if (m.test == Test::kExists && (m.all || m.negated)) {
      senseless("exists is followed by true or false, and nothing else");
    }
  }

  const ParsedItem& item_;
  Modifiers modifiers_;
};

}  // namespace

Modifiers parse_modifiers(const ParsedItem& item) { return Reader(item).read(); }

}  // namespace evtxhound::rules
