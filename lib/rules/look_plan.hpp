// What to look for in raw bytes for the sake of rules, and which events a look does not settle.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/rules/program.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// An event fulfils a rule only if its class is one of those to be read, or one of the texts stands
// in one of its values (in any case), or an indicator is found in it.
struct LookPlan {
  // So many texts at most, unless said otherwise. A few dozen spare a scan by thousands of rules
  // half of the records; what each more spares is less than it costs to look for.
  static constexpr std::size_t kMostTexts = 100;

  std::vector<std::string> texts;   // printable ASCII in lower case; in order, each once
  std::vector<bool> is_to_be_read;  // by classes of the program
};

// Plans for the rules that were compiled into the program. A class is to be read where one of its
// rules implies no text (implied_literals()); and where there are too many texts, the classes that
// need the most of them, or texts that a look does not see in binary values: hashes.
LookPlan plan_look(const Program& program, std::span<const Rule> rules,
                   std::size_t most_texts = LookPlan::kMostTexts);

}  // namespace evtxhound::rules
