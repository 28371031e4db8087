// STIX patterns (STIX 2.1, chapter 9): text -> the tests of which one is enough.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::indicators {

// One comparison: `file:hashes.'SHA-256' IN ('a', 'b')`.
struct StixTest {
  std::string property;  // without quotes, a list's index or `*` as `[*]`: `file:hashes.SHA-256`
  std::string op;        // `=`, `IN`, `LIKE` …, in upper case; `==` is `=`
  std::vector<std::string> values;
  bool are_texts = true;  // the values were written as strings
};

// What is enough for the pattern to match: a test; or something that cannot be looked for by
// itself, named by `unsupported`.
struct StixAlternative {
  StixTest test;
  std::string unsupported;
};

struct StixPattern {
  std::vector<StixAlternative> alternatives;
  std::string wrong;  // why it is no pattern; empty where it is one
};

// Reads a pattern. Alternatives are what OR joins, within and between observations. An AND (but for
// one that only says what kind of address a reference is), a negation, FOLLOWEDBY and qualifiers
// are unsupported as a whole: no part of them is an alternative. Pure and thread-safe.
StixPattern parse_stix_pattern(std::string_view pattern);

}  // namespace evtxhound::indicators
