#include "evtxhound/rules/correlator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/correlation_window.hpp"

namespace evtxhound::rules {
namespace {

constexpr Filetime kSecond = 10'000'000;  // in units of Filetime
// Cleaning all groups of a correlation is worth its time once it has grown by as many.
constexpr std::size_t kCleanAfter = 1024;

// A rule or a correlation that another one refers to.
struct Source {
  bool correlation = false;
  std::uint32_t index = 0;
  friend auto operator<=>(const Source&, const Source&) = default;
};

// How a correlation takes what one of its rules found.
struct Intake {
  std::uint32_t correlation = 0;
  std::uint32_t place = 0;             // in Correlation::rules
  std::vector<std::string> group_by;   // the fields in that rule's words
  std::optional<std::string> counted;  // likewise, kValueCount
};

bool is_called(const RuleHead& head, std::string_view reference) {
  return (!head.id.empty() && ascii_iequals(head.id, reference)) ||
         (!head.name.empty() && head.name == reference);
}

// The field that a name in group-by stands for, in events that `head` found.
std::string field_of(const Correlation& correlation, const RuleHead& head,
                     const std::string& name) {
  for (const Correlation::Alias& alias : correlation.aliases) {
    if (alias.name != name) continue;
    for (const auto& [rule, field] : alias.fields) {
      if (is_called(head, rule)) return field;
    }
  }
  return name;
}

}  // namespace

struct Correlator::State {
  // What travels from rules to correlations, and on to those of them.
  struct Item {
    Source source;
    Filetime time = 0;
    std::uint64_t event = 0;
    const std::vector<std::string>* fields = nullptr;
    const std::vector<std::optional<std::string>>* values = nullptr;

    [[nodiscard]] const std::optional<std::string>* find(const std::string& field) const {
      const auto at = std::ranges::lower_bound(*fields, field);
      if (at == fields->end() || *at != field) return nullptr;
      const auto& value = (*values)[static_cast<std::size_t>(at - fields->begin())];
      return value ? &value : nullptr;
    }
  };
  using GroupKey = std::vector<std::string>;
  struct Group {
    CorrelationWindow window;
    // The last event's, for correlations that refer to this one when the window is over.
    std::vector<std::string> fields;
    std::vector<std::optional<std::string>> values;
  };
  struct Running {
    Correlation rule;
    Filetime span = 0;
    bool slides = true;
    std::map<GroupKey, Group> groups;
    std::size_t clean_at = kCleanAfter;
  };

  explicit State(const RuleSet& rules);
  Source resolve(const RuleSet& rules, const Correlation& correlation,
                 const std::string& reference) const;
  void want(const RuleSet& rules, const Source& source, const std::vector<std::string>& fields,
            std::size_t depth);
  void feed(const Item& item, std::vector<Correlated>& out);
  void take(const Intake& intake, const Item& item, std::vector<Correlated>& out);
  void close_if_over(std::uint32_t correlation, Group& group, Filetime now,
                     std::vector<Correlated>& out);
  void emit(std::uint32_t correlation, Group& group, std::vector<Correlated>& out);
  [[nodiscard]] static bool is_fulfilled(const Running& running, const CorrelationWindow& window);
  void make_room(Running& running, std::uint32_t correlation, std::vector<Correlated>& out);

  std::vector<Running> running;
  std::map<Source, std::vector<Intake>> intakes;
  std::map<std::uint32_t, std::vector<std::string>> wanted;  // by rules; sorted
  std::vector<std::string> nothing;
  Filetime now = 0;
  std::uint64_t forgotten = 0;
};

Source Correlator::State::resolve(const RuleSet& rules, const Correlation& correlation,
                                  const std::string& reference) const {
  for (std::uint32_t i = 0; i < rules.rules.size(); ++i) {
    if (is_called(rules.rules[i].head, reference)) return {false, i};
  }
  for (std::uint32_t i = 0; i < rules.correlations.size(); ++i) {
    if (is_called(rules.correlations[i].head, reference)) return {true, i};
  }
  throw Failure(ExitStatus::kUsage,
                fmt::format("{}:{}: there is no rule \"{}\"", correlation.head.path,
                            correlation.head.line, reference));
}

// All rules that `source` stands for give these fields.
void Correlator::State::want(const RuleSet& rules, const Source& source,
                             const std::vector<std::string>& fields, std::size_t depth) {
  if (!source.correlation) {
    auto& all = wanted[source.index];
    all.insert(all.end(), fields.begin(), fields.end());
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return;
  }
  const Correlation& correlation = rules.correlations[source.index];
  if (depth > rules.correlations.size()) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}:{}: the correlation refers to itself",
                                                  correlation.head.path, correlation.head.line));
  }
  for (const std::string& reference : correlation.rules) {
    want(rules, resolve(rules, correlation, reference), fields, depth + 1);
  }
}

Correlator::State::State(const RuleSet& rules) {
  for (std::uint32_t number = 0; number < rules.correlations.size(); ++number) {
    const Correlation& correlation = rules.correlations[number];
    const bool temporal = correlation.kind == Correlation::Kind::kTemporal ||
                          correlation.kind == Correlation::Kind::kTemporalOrdered;
    const auto span = static_cast<Filetime>(
        std::min<std::uint64_t>(correlation.timespan, UINT64_MAX / 4 / kSecond) * kSecond);
    running.push_back({correlation,
                       span,
                       temporal || only_lower_bounds(correlation.conditions),
                       {},
                       kCleanAfter});
    for (std::uint32_t place = 0; place < correlation.rules.size(); ++place) {
      const Source source = resolve(rules, correlation, correlation.rules[place]);
      const RuleHead& head = source.correlation ? rules.correlations[source.index].head
                                                : rules.rules[source.index].head;
      Intake intake{number, place, {}, std::nullopt};
      for (const std::string& name : correlation.group_by) {
        intake.group_by.push_back(field_of(correlation, head, name));
      }
      std::vector<std::string> fields = intake.group_by;
      if (correlation.kind == Correlation::Kind::kValueCount) {
        intake.counted = field_of(correlation, head, correlation.field);
        fields.push_back(*intake.counted);
      }
      want(rules, source, fields, 0);
      intakes[source].push_back(std::move(intake));
    }
  }
}

void Correlator::State::feed(const Item& item, std::vector<Correlated>& out) {
  const auto at = intakes.find(item.source);
  if (at == intakes.end()) return;
  for (const Intake& intake : at->second) take(intake, item, out);
}

bool Correlator::State::is_fulfilled(const Running& running, const CorrelationWindow& window) {
  const auto& conditions = running.rule.conditions;
  const auto all = static_cast<std::uint32_t>(running.rule.rules.size());
  switch (running.rule.kind) {
    case Correlation::Kind::kEventCount:
      return fulfils(conditions, window.size());
    case Correlation::Kind::kValueCount:
      return fulfils(conditions, window.different_values());
    case Correlation::Kind::kTemporal:
      return conditions.empty() ? window.different_rules() == all
                                : fulfils(conditions, window.different_rules());
    case Correlation::Kind::kTemporalOrdered:
      return window.has_in_order(all, running.span);
  }
  return false;
}

void Correlator::State::take(const Intake& intake, const Item& item, std::vector<Correlated>& out) {
  Running& to = running[intake.correlation];
  GroupKey key;
  for (const std::string& field : intake.group_by) {
    const auto* value = item.find(field);
    if (value == nullptr) return;
    key.push_back(**value);
  }
  CorrelationWindow::Entry entry{item.time, item.event, intake.place, {}};
  if (intake.counted) {
    const auto* value = item.find(*intake.counted);
    if (value == nullptr) return;
    entry.value = **value;
  }
  if (to.groups.size() >= to.clean_at) make_room(to, intake.correlation, out);
  Group& group = to.groups[std::move(key)];
  if (to.slides) {
    group.window.forget_before(item.time, to.span);
  } else {
    close_if_over(intake.correlation, group, item.time, out);
  }
  if (group.window.size() >= kMostEvents) {
    group.window.forget_first();
    ++forgotten;
  }
  group.window.add(std::move(entry));
  group.fields = *item.fields;
  group.values = *item.values;
  if (to.slides && is_fulfilled(to, group.window)) emit(intake.correlation, group, out);
}

void Correlator::State::close_if_over(std::uint32_t correlation, Group& group, Filetime now_is,
                                      std::vector<Correlated>& out) {
  const Running& of = running[correlation];
  if (group.window.empty() || now_is - group.window.begin() <= of.span) return;
  if (is_fulfilled(of, group.window)) emit(correlation, group, out);
  group.window.clear();
}

void Correlator::State::emit(std::uint32_t correlation, Group& group,
                             std::vector<Correlated>& out) {
  Correlated detection{correlation, group.window.end(), group.window.events()};
  group.window.clear();
  const std::uint64_t last = detection.events.back();
  const Filetime time = detection.time;
  out.push_back(std::move(detection));
  // The group may go when there is no room: what is passed on is a copy.
  const auto fields = group.fields;
  const auto values = group.values;
  feed({{true, correlation}, time, last, &fields, &values}, out);
}

// Takes out groups whose events are all too old, and the oldest of the others where it must.
void Correlator::State::make_room(Running& of, std::uint32_t correlation,
                                  std::vector<Correlated>& out) {
  for (auto at = of.groups.begin(); at != of.groups.end();) {
    if (!of.slides) close_if_over(correlation, at->second, now, out);
    if (of.slides) at->second.window.forget_before(now, of.span);
    at = at->second.window.empty() ? of.groups.erase(at) : std::next(at);
  }
  if (of.groups.size() + kCleanAfter > kMostGroups) {
    std::vector<Filetime> ends;
    for (const auto& [key, group] : of.groups) ends.push_back(group.window.end());
    const auto last = ends.begin() + static_cast<std::ptrdiff_t>(ends.size() / 10);
    std::nth_element(ends.begin(), last, ends.end());
    forgotten += std::erase_if(
        of.groups, [&](const auto& entry) { return entry.second.window.end() <= *last; });
  }
  of.clean_at = of.groups.size() + kCleanAfter;
}

Correlator::Correlator(const RuleSet& rules) : state_(std::make_unique<State>(rules)) {}
Correlator::~Correlator() = default;
Correlator::Correlator(Correlator&&) noexcept = default;
Correlator& Correlator::operator=(Correlator&&) noexcept = default;

const std::vector<std::string>& Correlator::wanted_fields(std::uint32_t rule) const {
  const auto at = state_->wanted.find(rule);
  return at == state_->wanted.end() ? state_->nothing : at->second;
}

bool Correlator::silences(std::uint32_t rule) const {
  const auto at = state_->intakes.find({false, rule});
  if (at == state_->intakes.end()) return false;
  return std::ranges::none_of(at->second, [this](const Intake& intake) {
    return state_->running[intake.correlation].rule.generate;
  });
}

bool Correlator::wants(std::uint32_t rule) const { return state_->intakes.contains({false, rule}); }

void Correlator::add(const Occurrence& occurrence, std::vector<Correlated>& out) {
  state_->now = std::max(state_->now, occurrence.time);
  state_->feed({{false, occurrence.rule},
                state_->now,
                occurrence.event,
                &wanted_fields(occurrence.rule),
                &occurrence.values},
               out);
}

// Correlations that others refer to can be behind these: what they give may open a window again.
void Correlator::finish(std::vector<Correlated>& out) {
  for (std::size_t round = 0; round < state_->running.size(); ++round) {
    for (std::uint32_t i = 0; i < state_->running.size(); ++i) {
      if (state_->running[i].slides) continue;
      for (auto& [key, group] : state_->running[i].groups) {
        if (group.window.empty()) continue;
        if (State::is_fulfilled(state_->running[i], group.window)) state_->emit(i, group, out);
        group.window.clear();
      }
    }
  }
}

std::uint64_t Correlator::forgotten() const { return state_->forgotten; }

}  // namespace evtxhound::rules
