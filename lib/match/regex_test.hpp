// Whether an expression matches somewhere in a text, in all of PCRE's syntax.
//
// PCRE2 compiles an expression in no time and knows all of the syntax, but it tries one way after
// the other: a text made for it could cost years. So it has a limit, and where that ends it,
// Hyperscan takes over, which reads a text once, whatever it is. It takes up to a second to compile
// an expression, which is done only then. What it does not know (lookaround, back references)
// stays undecided.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace evtxhound::match {

// Immutable: any number of threads may share one. Each thread keeps scratch memory of its own
// behind the scenes. Characters are those of UTF-8; `\w`, `\d`, `\s` and `\b` know ASCII only.
class RegexTest {
 public:
  struct Options {
    bool ignore_case = false;
    bool multi_line = false;  // `^` and `$` also stand for the ends of lines
    bool dot_all = false;     // `.` is also a line break
  };
  enum class Outcome : std::uint8_t { kNo, kYes, kGaveUp };

  // Why the expression cannot be compiled; empty where it can.
  static std::string fault(const std::string& expression, const Options& options);

  // Throws Failure (kUsage) where the expression cannot be compiled.
  RegexTest(const std::string& expression, const Options& options);
  ~RegexTest();
  RegexTest(RegexTest&& other) noexcept;
  RegexTest& operator=(RegexTest&& other) noexcept;

  // kGaveUp: PCRE2 had tried so often that it was stopped, and Hyperscan cannot take its place.
  // REQUIRES: text is valid UTF-8, below 4 GiB
  [[nodiscard]] Outcome matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace evtxhound::match
