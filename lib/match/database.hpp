// Patterns -> one database -> matches. Knows bytes and pattern numbers, nothing of indicators or
// events.
//
// Three phases that cannot be mixed up, as in RE2's Set: collect `Pattern`s, compile them to a
// `Database`, scan with a `Scanner` of each thread.
//
// Expressions, and literals as long as they are few, are Hyperscan's. Many literals go to a
// LiteralTable, which costs a second to make where Hyperscan takes a minute, and slows down less.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/match/pattern.hpp"
#include "evtxhound/match/stripped_text.hpp"

namespace evtxhound::match {

// An expression that matches these characters and nothing else, in any case: all that differs from
// the text by fold() only. Where the text has non-ASCII characters it may match a little more:
// confirm by fold(). REQUIRES: valid UTF-8, not empty
std::string literal(std::string_view text);

// The same for a text with non-ASCII characters as it stands in a StrippedText: in UTF-16LE without
// its zeros, or in Windows-1252. Matches bytes, whatever characters they are of.
// REQUIRES: valid UTF-8, not empty
std::string stripped_literal(std::string_view text);

// A compiled set of patterns: immutable, so any number of threads may share one.
class Database {
 public:
  // Of no patterns: it never matches.
  Database();

  // Throws Failure (kUsage) with the expression and Hyperscan's reason where one of the patterns
  // cannot be compiled. No patterns make a database that never matches.
  static Database compile(std::span<const Pattern> patterns);

  // The same for literals of which no character but ASCII letters has another case. All are left to
  // Hyperscan, whatever their number: for a few thousand that are looked for in many short texts.
  // It takes them as they are, which compiles tenfold faster than expressions that mean the same.
  // REQUIRES: each is such a literal
  static Database compile_literals(std::span<const Pattern> patterns);

  // So many literals are left to Hyperscan, which is the fastest there is for these.
  static constexpr std::size_t kFewLiterals = 2000;

  // The database as bytes (base/packed.hpp), for the platform() that they were made on, and back:
  // false where they end too early, or Hyperscan refuses them. Parts are used where they stand and
  // must outlive the database. They are hardly checked: keep a checksum beside them.
  void pack(Buffer& out) const;
  bool unpack(Bytes& bytes);

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
  // matches, in no order among patterns.
  using OnMatch = std::function<void(PatternNumber number, std::size_t end)>;

  // REQUIRES: the database outlives the scanner.
  explicit Scanner(const Database& database);
  ~Scanner();
  Scanner(Scanner&& other) noexcept;
  Scanner& operator=(Scanner&& other) noexcept;

  // Calls `on_match` for each match in `text`. REQUIRES: text is valid UTF-8, below 4 GiB
  void scan(std::string_view text, const OnMatch& on_match);
  // The same for a block without its zeros; ends are offsets in its text(), which has no upper case
  // any more, so that expressions had better not ask for any.
  void scan(const StrippedText& text, const OnMatch& on_match);

 private:
  struct Scratch;
  void scan_expressions(std::string_view text, const OnMatch& on_match);
  const Database* database_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace evtxhound::match
