// Which events of a case file a command is to show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "evtxhound/casefile/sqlite.hpp"
#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::casefile {

struct CodeRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  friend bool operator==(const CodeRange&, const CodeRange&) = default;
};

// Reads `4624,4688,4700-4800`. Empty where the text is not of this form.
std::optional<std::vector<CodeRange>> parse_code_ranges(std::string_view text);

// What an event must be like. What is empty does not matter; of a list, one is enough. Patterns
// compare without regard to the case of ASCII letters; * is any text and ? any character.
struct EventFilter {
  std::string from;    // time_created, from here …
  std::string before;  // … up to before here; ISO 8601 in UTC as the case file writes it
  std::vector<std::string> hosts;     // patterns; WS01 is WS01.corp.example too
  std::vector<std::string> channels;  // patterns
  std::vector<CodeRange> codes;
  // An event must have a hit or a detection that fulfils these; `all` asks for neither.
  bool all = false;
  std::optional<indicators::Severity> severity;  // at least; of the indicator, level of the rule
  std::vector<std::string> indicators;           // patterns of values: hits of these …
  std::vector<std::string> rules;                // … or detections of these, titles or ids
};

// A condition of SQL with its parameters.
struct SqlCondition {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string>> arguments;

  // Binds the parameters from the statement's first. `this` must outlive the statement's use.
  void bind(Statement& statement) const;
};

// Over the table `event`.
SqlCondition event_condition(const EventFilter& filter);

// Over the joined tables `event`, `hit` and `indicator`: the hits for which an event fulfils the
// filter. Of detections it knows nothing.
SqlCondition hit_condition(const EventFilter& filter);

}  // namespace evtxhound::casefile
