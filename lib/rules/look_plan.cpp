#include "evtxhound/rules/look_plan.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "evtxhound/rules/implied_literals.hpp"

namespace evtxhound::rules {
namespace {

using Implied = std::optional<ImpliedLiterals>;

// The texts of a class; absent where one of its rules implies none.
std::optional<std::set<std::string_view>> texts_of(std::span<const std::uint32_t> rules,
                                                   const std::vector<Implied>& implied) {
  std::set<std::string_view> texts;
  for (const std::uint32_t rule : rules) {
    if (!implied[rule]) return std::nullopt;
    texts.insert(implied[rule]->literals.begin(), implied[rule]->literals.end());
  }
  return texts;
}

struct Class {
  std::uint32_t number = 0;
  std::set<std::string_view> texts;
};

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

LookPlan plan_look(const Program& program, std::span<const Rule> rules, std::size_t most_texts) {
  LookPlan plan;
  std::vector<Implied> implied;  // by rules, which can be in many classes
  for (const Rule& rule : rules) implied.push_back(implied_literals(rule));
  std::vector<Class> classes;
  const std::size_t count = program.size().classes;
  for (std::uint32_t number = 0; number < count; ++number) {
    auto texts = texts_of(program.rules_of(number), implied);
    plan.is_to_be_read.push_back(!texts);
    if (texts) classes.push_back({number, std::move(*texts)});
  }
  std::ranges::stable_sort(classes, {}, [](const Class& each) {
    return std::pair(std::ranges::any_of(each.texts, is_hex), each.texts.size());
  });
  std::set<std::string_view> texts;
  for (const Class& each : classes) {
    std::set<std::string_view> with = texts;
    with.insert(each.texts.begin(), each.texts.end());
    if (with.size() > most_texts) {
      plan.is_to_be_read[each.number] = true;
    } else {
      texts = std::move(with);
    }
  }
  plan.texts.assign(texts.begin(), texts.end());
  return plan;
}

}  // namespace evtxhound::rules
