// What a rule file says, sorted into the parts of a rule, before any of it is checked against what
// it has to be. Every text knows its place.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "evtxhound/rules/fault.hpp"

namespace evtxhound::rules {

// A scalar.
struct ParsedText {
  Place place;
  std::string text;    // as it stands; empty for null
  bool null = false;   // `null`, `~` or nothing at all
  bool plain = false;  // without quotes
};

// One line of a selection: `Image|endswith: [a, b]`.
struct ParsedItem {
  Place place;
  std::string field;  // empty for keywords
  std::vector<std::string> modifiers;
  std::vector<ParsedText> values;  // one at least
};

// A search identifier: a list of alternatives, each a map whose lines must all hold. A plain list
// of keywords is one alternative of one line.
struct ParsedSelection {
  Place place;
  std::string name;
  std::vector<std::vector<ParsedItem>> alternatives;
};

struct ParsedDetection {
  Place place;
  std::vector<ParsedSelection> selections;
  std::vector<ParsedText> conditions;  // one at least
  std::optional<Place> timeframe;      // a leftover of conditions that count
};

struct ParsedLogSource {
  Place place;
  std::optional<ParsedText> category;
  std::optional<ParsedText> product;
  std::optional<ParsedText> service;
};

struct ParsedCorrelation {
  struct Alias {
    ParsedText name;
    std::vector<std::pair<ParsedText, ParsedText>> fields;  // rule, field
  };
  struct Comparison {
    ParsedText name;
    ParsedText value;
  };

  Place place;
  ParsedText type;
  std::vector<ParsedText> rules;
  std::vector<ParsedText> group_by;
  ParsedText timespan;
  std::vector<Comparison> condition;
  std::vector<ParsedText> fields;  // of the condition
  std::vector<Alias> aliases;
  std::optional<ParsedText> generate;
};

struct ParsedHead {
  Place place;
  std::optional<ParsedText> title;
  std::optional<ParsedText> id;
  std::optional<ParsedText> name;
  std::optional<ParsedText> taxonomy;
  std::optional<ParsedText> status;
  std::optional<ParsedText> level;
  std::optional<ParsedText> description;
  std::optional<ParsedText> date;
  std::optional<ParsedText> modified;
  std::vector<ParsedText> tags;
  std::vector<std::pair<ParsedText, ParsedText>> related;  // id, type
  // Custom fields of this project.
  std::optional<ParsedText> type;
  std::vector<ParsedText> data_sources;
  std::optional<ParsedText> confidence;
  std::optional<ParsedText> impact;
};

struct ParsedRule {
  ParsedHead head;
  std::optional<ParsedLogSource> source;
  std::variant<ParsedDetection, ParsedCorrelation> body;
};

}  // namespace evtxhound::rules
