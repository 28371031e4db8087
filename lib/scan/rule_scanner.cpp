#include "evtxhound/scan/rule_scanner.hpp"

#include <fmt/format.h>

#include "evtxhound/base/time.hpp"
#include "evtxhound/rules/field_place.hpp"

namespace evtxhound::scan {

bool RuleScanner::must_read(std::optional<std::uint32_t> event_class) const {
  return event_class && rules_->look.is_to_be_read[*event_class];
}

bool RuleScanner::must_read(const evtx::Survey& survey) {
  std::unique_ptr<Answer>& known = answers_[hash_of(survey) % kSlots];
  if (known == nullptr || !known->kind.is_of(survey)) {
    const SurveyKind kind(survey);
    known = std::make_unique<Answer>(
        Answer{kind, must_read(rules_->program.class_of("evtx", kind.channel_text(),
                                                        kind.provider_text(), kind.event_code))});
  }
  return known->must_read;
}

bool RuleScanner::must_read(const evtx::Event& event, casefile::SourceType source) const {
  return must_read(
      rules_->program.class_of(to_string(source), event.channel, event.provider, event.event_code));
}

RuleScanner::Fulfilled RuleScanner::evaluate(const evtx::Event& event, casefile::SourceType source,
                                             const std::vector<casefile::HitRow>& hits,
                                             std::vector<Problem>& problems) {
  found_.clear();
  for (const casefile::HitRow& hit : hits) {
    found_.push_back({hit.field, set_->indicator(static_cast<std::size_t>(hit.indicator)).kind});
  }
  const rules::RuleEvent& view = view_.view(event, to_string(source), found_);
  Fulfilled fulfilled;
  for (const std::uint32_t rule : evaluator_.evaluate(view)) {
    if (!rules_->silent[rule]) fulfilled.rules.push_back(rule);
    if (rules_->correlator->wants(rule)) {
      fulfilled.occurrences.push_back(occurrence(rule, event, view));
    }
  }
  for (const std::uint32_t rule : evaluator_.undecided()) {
    const rules::RuleHead& head = rules_->set.rules[rule].head;
    problems.push_back(
        {ProblemKind::kUndecided, event.byte_offset,
         fmt::format("record {}: an expression of the rule \"{}\" ({}) took too long "
                     "and counts as not matching",
                     event.record_id, head.title, head.id)});
  }
  return fulfilled;
}

rules::Occurrence RuleScanner::occurrence(std::uint32_t rule, const evtx::Event& event,
                                          const rules::RuleEvent& view) const {
  rules::Occurrence occurrence;
  occurrence.rule = rule;
  occurrence.time = parse_iso8601(event.time_created).value_or(event.time_written);
  for (const std::string& field : rules_->correlator->wanted_fields(rule)) {
    auto values = rules::field_values(rules_->set.rules[rule], field, view);
    std::optional<std::string> first;
    if (!values.empty()) first = std::move(values.front());
    occurrence.values.push_back(std::move(first));
  }
  return occurrence;
}

}  // namespace evtxhound::scan
