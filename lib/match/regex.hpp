// One expression with the place of its match: a Hyperscan database of its own that also tells where
// a match starts, which the one Database of all patterns does not.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace evtxhound::match {

// An expression in Hyperscan's subset of PCRE, over characters of UTF-8: `.` is one character,
// `\w`,
// `\d` and `\b` know ASCII letters and digits only. Case counts unless the expression says `(?i)`.
// Immutable: any number of threads may share one.
class Regex {
 public:
  struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  // Why the expression cannot be compiled, in Hyperscan's words; empty where it can.
  static std::string fault(const std::string& expression);

  // Throws Failure (kUsage) where the expression cannot be compiled.
  explicit Regex(const std::string& expression);
  ~Regex();
  Regex(Regex&& other) noexcept;
  Regex& operator=(Regex&& other) noexcept;

  // The match that starts first; of several that start there, the longest. `^` and `$` stand for
  // the text's ends. Each thread keeps scratch memory of its own behind the scenes.
  // REQUIRES: text is valid UTF-8, below 4 GiB
  [[nodiscard]] std::optional<Span> leftmost(std::string_view text) const;

  // The fewest bytes that a match can have.
  [[nodiscard]] std::size_t shortest_match() const { return shortest_match_; }

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
  std::size_t shortest_match_ = 0;
};

// The expression as a Pattern of a Database, whatever that pattern's flags are: it reads UTF-8, and
// case counts.
std::string as_pattern(std::string_view expression);

}  // namespace evtxhound::match
