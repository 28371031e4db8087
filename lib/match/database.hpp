// Patterns -> one Hyperscan database -> matches. Knows bytes and pattern numbers, nothing of
// indicators or events.
//
// Three phases that cannot be mixed up, as in RE2's Set: collect `Pattern`s, compile them to a
// `Database`, scan with a `Scanner` of each thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::match {

using PatternNumber = std::uint32_t;

// One expression to look for. Several patterns may share a number.
struct Pattern {
  PatternNumber number = 0;
  std::string expression;  // in Hyperscan's subset of PCRE, see literal()
  bool caseless = true;    // ASCII letters; more where the expression has non-ASCII characters
};

// An expression that matches these characters and nothing else. With `caseless` it is for a
// caseless pattern and matches all that differs from the text by fold() only; where the text has
// non-ASCII characters it may match a little more: confirm by fold().
// REQUIRES: valid UTF-8, not empty
std::string literal(std::string_view text, bool caseless = true);

// A compiled set of patterns: immutable, so any number of threads may share one.
class Database {
 public:
  // Throws Failure (kUsage) with the expression and Hyperscan's reason where one of the patterns
  // cannot be compiled. No patterns make a database that never matches.
  static Database compile(std::span<const Pattern> patterns);

  // The database as bytes, for Hyperscan's version and processor that `platform()` names.
  [[nodiscard]] Buffer serialize() const;

  // REQUIRES: bytes came from serialize() on the same platform(), unchanged (Hyperscan does not
  // check them: keep a digest beside them). Throws Failure (kCannotGoOn) where it refuses them.
  static Database deserialize(Bytes bytes);

  // What a serialized database depends on: Hyperscan's version and the processor's features.
  static std::string platform();

  // Hyperscan's version.
  static std::string version();

  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;

 private:
  friend class Scanner;
  struct Compiled;
  explicit Database(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// Scans texts with a database. One per thread: it holds the scratch memory of a scan.
class Scanner {
 public:
  // `end` is the offset behind the match's last byte. A pattern reports every end at which it
  // matches, ends do not fall.
  using OnMatch = std::function<void(PatternNumber number, std::size_t end)>;

  // REQUIRES: the database outlives the scanner.
  explicit Scanner(const Database& database);
  ~Scanner();
  Scanner(Scanner&& other) noexcept;
  Scanner& operator=(Scanner&& other) noexcept;

  // Calls `on_match` for each match in `text`. REQUIRES: text is valid UTF-8, below 4 GiB
  void scan(std::string_view text, const OnMatch& on_match);

 private:
  struct Scratch;
  const Database* database_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace evtxhound::match
