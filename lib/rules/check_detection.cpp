#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "evtxhound/rules/check.hpp"
#include "evtxhound/rules/check_item.hpp"
#include "evtxhound/rules/condition.hpp"
#include "evtxhound/rules/formula.hpp"

namespace evtxhound::rules {
namespace {

// Whether a name is one of a pattern's, in which `*` stands for any characters.
bool fits(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t star = std::string_view::npos;  // the last `*` so far, and what of the name it took
  std::size_t taken = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = in_name;
    } else if (at < pattern.size() && pattern[at] == name[in_name]) {
      ++at;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

class DetectionChecker {
 public:
  DetectionChecker(const ParsedDetection& detection, const Placeholders& placeholders,
                   std::vector<Doubt>& doubts)
      : detection_(detection),
        placeholders_(placeholders),
        doubts_(doubts),
        nodes_(detection.selections.size()) {
    for (std::size_t i = 0; i < detection.selections.size(); ++i) {
      by_name_.emplace(detection.selections[i].name, i);
    }
  }

  void check(Rule& rule) {
    std::vector<std::uint32_t> roots;
    for (const ParsedText& text : detection_.conditions) {
      place_ = text.place;
      roots.push_back(add(parse_condition(text)));
    }
    const std::uint32_t root = formula_.any_of(place_, std::move(roots));
    check_unused();
    if (detection_.timeframe) {
      doubts_.push_back({*detection_.timeframe,
                         "timeframe has no meaning without an aggregation, and is left out"});
    }
    std::move(formula_).move_into(rule, root);
  }

 private:
  std::uint32_t add(const Condition& condition) {
    switch (condition.kind) {
      case Condition::Kind::kSelection:
        return named(condition.name);
      case Condition::Kind::kOneOf:
        return formula_.any_of(place_, matching(condition));
      case Condition::Kind::kAllOf:
        return formula_.all_of(place_, matching(condition));
      case Condition::Kind::kNot:
        return formula_.negation(place_, add(condition.children.front()));
      default:
        break;
    }
    std::vector<std::uint32_t> children;
    children.reserve(condition.children.size());
    for (const Condition& child : condition.children) children.push_back(add(child));
    return condition.kind == Condition::Kind::kAnd ? formula_.all_of(place_, std::move(children))
                                                   : formula_.any_of(place_, std::move(children));
  }

  std::uint32_t named(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
      throw RuleFault(place_, fmt::format("condition: there is no selection \"{}\"", name));
    }
    return selection(found->second);
  }

  // A name that begins with `_` is meant only by its name, or by a pattern that begins so as well.
  std::vector<std::uint32_t> matching(const Condition& condition) {
    const bool them = condition.name == "them";
    std::vector<std::uint32_t> nodes;
    for (std::size_t i = 0; i < detection_.selections.size(); ++i) {
      const std::string& name = detection_.selections[i].name;
      if (name.starts_with('_') && !condition.name.starts_with('_')) continue;
      if (them || fits(condition.name, name)) nodes.push_back(selection(i));
    }
    if (nodes.empty()) {
      throw RuleFault(place_, fmt::format("condition: no selection fits \"{}\"", condition.name));
    }
    return nodes;
  }

  std::uint32_t selection(std::size_t index) {
    if (!nodes_[index]) nodes_[index] = add(detection_.selections[index], formula_);
    return *nodes_[index];
  }

  std::uint32_t add(const ParsedSelection& selection, Formula& formula) {
    std::vector<std::uint32_t> alternatives;
    for (const auto& items : selection.alternatives) {
      std::vector<std::uint32_t> lines;
      for (const ParsedItem& item : items) {
        lines.push_back(add_item(item, placeholders_, formula, doubts_));
      }
      alternatives.push_back(formula.all_of(items.front().place, std::move(lines)));
    }
    return formula.any_of(selection.place, std::move(alternatives));
  }

  // They have no part in the formula, but must be sound: a mistake in the condition is likely.
  void check_unused() {
    Formula apart;
    for (std::size_t i = 0; i < detection_.selections.size(); ++i) {
      if (nodes_[i]) continue;
      const ParsedSelection& unused = detection_.selections[i];
      add(unused, apart);
      doubts_.push_back(
          {unused.place,
           fmt::format("the condition does not use the selection \"{}\"", unused.name)});
    }
  }

  const ParsedDetection& detection_;
  const Placeholders& placeholders_;
  std::vector<Doubt>& doubts_;
  std::map<std::string_view, std::size_t> by_name_;
  std::vector<std::optional<std::uint32_t>> nodes_;  // of the selections that are used
  Formula formula_;
  Place place_;  // of the condition in work
};

LogSource check_source(const ParsedRule& parsed) {
  if (!parsed.source) throw RuleFault(parsed.head.place, "the rule has no logsource");
  const auto text = [](const std::optional<ParsedText>& value) {
    return value ? value->text : std::string();
  };
  const ParsedLogSource& source = *parsed.source;
  LogSource checked{text(source.category), text(source.product), text(source.service)};
  if (checked == LogSource{}) {
    throw RuleFault(source.place, "logsource has none of category, product and service");
  }
  return checked;
}

}  // namespace

Rule check_rule(const ParsedRule& parsed, const std::string& path, const Placeholders& placeholders,
                std::vector<Doubt>& doubts) {
  Rule rule;
  rule.head = check_head(parsed.head, path, doubts);
  rule.source = check_source(parsed);
  DetectionChecker(std::get<ParsedDetection>(parsed.body), placeholders, doubts).check(rule);
  return rule;
}

}  // namespace evtxhound::rules
