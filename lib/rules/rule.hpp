// A checked Sigma rule: what stands between the YAML of a rule and the program that evaluates it.
//
// Everything that can be decided without an event is decided: modifiers are applied (encodings,
// dash variants, placeholders), the condition is a formula over value tests, and quantifiers such
// as `1 of them` are written out. What remains is a tree of and, or, not over atoms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::rules {

// Where a rule's events come from, as the rule says it: empty where it says nothing.
struct LogSource {
  std::string category;  // "process_creation"
  std::string product;   // "windows"
  std::string service;   // "sysmon", "security"
  friend bool operator==(const LogSource&, const LogSource&) = default;
};

// How an atom's value is compared with a field's.
enum class Test {
  kText,            // the field is the value, in which pieces may stand for any text
  kRegex,           // the expression (PCRE syntax) matches somewhere in the field
  kCidr,            // the field is an IP address of the network
  kLess,            // the field is a number, and so on
  kLessOrEqual,     //
  kGreater,         //
  kGreaterOrEqual,  //
  kExists,          // the event has the field, empty or not
  kNull,            // the event has no such field, or it is empty
  kSameAsField,     // the field is the same text as another one of the event
  kIndicator        // an indicator of one kind was found in the field
};

// A piece of a text that is compared: characters as they stand, or a wildcard.
struct Piece {
  enum class Kind { kText, kAny, kOne };  // kAny: `*`, no, one or many characters; kOne: `?`
  Kind kind = Kind::kText;
  std::string text;  // UTF-8, or any bytes where an encoding made it; for kText only, not empty
  friend bool operator==(const Piece&, const Piece&) = default;
};

// One test of one field.
struct Atom {
  // Its name in the rule's words; empty for a keyword: any value of the event. A keyword's pieces
  // have kAny at both ends, unless the rule says otherwise.
  std::string field;
  Test test = Test::kText;
  bool cased = false;         // kText and kSameAsField: letters must be of the same case
  std::vector<Piece> pieces;  // kText: in order. No piece at all is the empty text
  std::string value;          // kRegex: the expression; kCidr: the network; kSameAsField: the field
  bool ignore_case = false;   // kRegex: flag i
  bool multi_line = false;    // kRegex: flag m
  bool dot_all = false;       // kRegex: flag s
  double number = 0;          // the numeric tests
  indicators::Kind indicator = indicators::Kind::kDomain;  // kIndicator
  friend bool operator==(const Atom&, const Atom&) = default;
};

// A node of a rule's formula. Children are indices into Rule::nodes, and smaller than the node's
// own index, so that one pass from the front evaluates all.
struct Node {
  enum class Kind { kAtom, kAnd, kOr, kNot };
  Kind kind = Kind::kAtom;
  std::uint32_t atom = 0;               // kAtom: an index into Rule::atoms
  std::vector<std::uint32_t> children;  // kNot has one; kAnd and kOr have at least one
  friend bool operator==(const Node&, const Node&) = default;
};

// What this project's own rules say beyond Sigma, in custom fields of the same names; rules of
// others have none of it.
struct Story {
  std::string type;                       // "TTP", "Hunting", "Anomaly"
  std::vector<std::string> data_sources;  // "Sysmon 22", "Security 4688"
  std::optional<int> confidence;          // in percent
  std::optional<int> impact;              // in percent
  friend bool operator==(const Story&, const Story&) = default;
};

// What a rule says of itself, whether it is a detection or a correlation.
struct RuleHead {
  std::string path;      // of the file it stands in
  std::size_t line = 1;  // where it begins there, counted from 1
  std::string id;        // the Sigma id, a UUID; empty where the rule has none
  std::string name;      // by which correlations refer to it; may be empty
  std::string title;
  std::string status;  // "stable", "test" … or empty
  std::string level;   // "informational", "low", "medium", "high", "critical"
  std::string description;
  std::vector<std::string> attack;  // ATT&CK ids of its tags, in upper case: "T1195.002"
  Story story;
};

// A rule that single events fulfil. A file with several conditions gives a formula of their `or`.
struct Rule {
  RuleHead head;
  LogSource source;
  std::vector<Atom> atoms;
  std::vector<Node> nodes;  // the last one is the root
};

// A rule that groups of events fulfil, events that fulfil other rules.
struct Correlation {
  enum class Kind { kEventCount, kValueCount, kTemporal, kTemporalOrdered };
  enum class Compare { kLess, kLessOrEqual, kEqual, kGreater, kGreaterOrEqual, kNotEqual };
  struct Alias {
    std::string name;                                         // as it stands in group-by
    std::vector<std::pair<std::string, std::string>> fields;  // rule's id or name -> field
  };

  RuleHead head;
  Kind kind = Kind::kEventCount;
  std::vector<std::string> rules;     // ids or names, as they stand there
  std::vector<std::string> group_by;  // fields or aliases
  std::uint64_t timespan = 0;         // in seconds
  std::string field;                  // kValueCount: whose values are counted
  struct Condition {
    Compare compare = Compare::kGreaterOrEqual;
    std::uint64_t count = 0;
  };
  std::vector<Condition> conditions;  // all must hold; one at least for the two counts
  std::vector<Alias> aliases;
  bool generate = false;  // whether the rules referred to give detections of their own, too
};

// All that a path of rules holds.
struct RuleSet {
  std::vector<Rule> rules;
  std::vector<Correlation> correlations;
};

}  // namespace evtxhound::rules
