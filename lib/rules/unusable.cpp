#include "evtxhound/rules/unusable.hpp"

namespace evtxhound::rules {

Unusable unusable_rules(const Program& program, const RuleSet& set) {
  Unusable unusable;
  for (const Program::Refused& refused : program.refused()) {
    const RuleHead& head = set.rules[refused.rule].head;
    const bool elsewhere = refused.why == Program::Refused::Why::kNotApplicable;
    (elsewhere ? unusable.elsewhere : unusable.refused)
        .push_back({head.path, head.line, 1, refused.reason});
  }
  return unusable;
}

}  // namespace evtxhound::rules
