#include "evtxhound/rules/evaluator.hpp"

#include <algorithm>
#include <optional>

#include "evtxhound/rules/joined_values.hpp"
#include "evtxhound/rules/program_parts.hpp"

namespace evtxhound::rules {
namespace {

// What is known of an atom in the event at hand.
enum class Truth : std::uint8_t {
  kUntouched,  // nothing was found, and nobody has asked
  kSuggested,  // something was found that the atom needs
  kFalse,
  kTrue,
  kGaveUp  // an expression was stopped
};

bool is_match(ValueTest::Outcome outcome) { return outcome == ValueTest::Outcome::kYes; }

}  // namespace

struct Evaluator::State {
  explicit State(const ProgramParts& program) : parts(&program) {
    scanners.reserve(program.databases.size());
    for (const LiteralDatabase& each : program.databases) scanners.emplace_back(each.database);
    std::size_t atoms = 0;
    std::size_t formulas = 0;
    for (const EventClass& each : program.classes) {
      atoms = std::max(atoms, each.atoms.size());
      formulas = std::max(formulas, each.formulas.size());
    }
    truths.resize(atoms, Truth::kUntouched);
    touched.reserve(atoms);
    marked.resize(formulas, false);
    candidates.reserve(formulas);
    on_match = [this](match::PatternNumber number, std::size_t end) { found(number, end); };
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void evaluate(const RuleEvent& one);

  void scan();
  void found(match::PatternNumber number, std::size_t end);
  void touch(std::uint32_t atom, Truth truth);
  void mark(std::uint32_t formula);
  void run(const ClassFormula& formula);
  void forget();

  bool is_true(std::uint32_t atom);
  Truth ask(const ClassAtom& atom) const;
  Truth ask_values(const ClassAtom& atom) const;
  [[nodiscard]] bool has_text(const ClassAtom& atom) const;
  [[nodiscard]] bool same_as_field(const ClassAtom& atom) const;
  [[nodiscard]] bool indicator_found(const ClassAtom& atom) const;
  // Calls `fulfils` for the atom's values until it returns true.
  template <class Fulfils>
  bool any_value(const ClassAtom& atom, Fulfils fulfils) const;

  const ProgramParts* parts;
  std::vector<match::Scanner> scanners;
  match::Scanner::OnMatch on_match;
  JoinedValues joined;

  const EventClass* current = nullptr;
  const LiteralDatabase* literals = nullptr;
  const RuleEvent* event = nullptr;
  std::vector<Truth> truths;           // by atoms
  std::vector<std::uint32_t> touched;  // atoms whose truth is not kUntouched
  std::vector<bool> marked;            // by formulas
  std::vector<std::uint32_t> candidates;
  bool gave_up = false;  // a formula asked for what was given up
  std::vector<std::uint32_t> fired;
  std::vector<std::uint32_t> undecided;
};

void Evaluator::State::evaluate(const RuleEvent& one) {
  fired.clear();
  undecided.clear();
  const std::uint32_t number =
      parts->table.find(format_of(one.source_type), one.channel, one.provider, one.event_code);
  if (number == ClassTable::kNoClass) return;
  current = &parts->classes[number];
  event = &one;
  joined.assign(*current, one);
  scan();
  for (const std::uint32_t formula : current->always) run(current->formulas[formula]);
  for (const std::uint32_t formula : candidates) run(current->formulas[formula]);
  forget();
  for (std::vector<std::uint32_t>* rules : {&fired, &undecided}) {
    std::ranges::sort(*rules);
    rules->erase(std::unique(rules->begin(), rules->end()), rules->end());
  }
}

void Evaluator::State::scan() {
  if (current->database == kNone) return;
  literals = &parts->databases[current->database];
  scanners[current->database].scan(joined.text(), on_match);
}

void Evaluator::State::found(match::PatternNumber number, std::size_t end) {
  const std::uint32_t first = current->first_use[number];
  const std::uint32_t behind = current->first_use[number + 1];
  if (first == behind) return;
  const Literal& literal = literals->literals[number];
  if (literal.at_end) --end;
  const JoinedValues::Value* value = joined.at(end - 1);
  if (value == nullptr || (literal.at_end && value->end != end)) return;
  const std::size_t room = end - value->begin;
  if (room < literal.size || (literal.at_begin && room != literal.size)) return;
  for (std::uint32_t i = first; i < behind; ++i) {
    const LiteralUse use = current->literal_uses[i];
    const bool meant = use.field == kAnyField ? value->of_event : use.field == value->field;
    if (!meant) continue;
    const bool decided = current->atoms[use.atom].how == ClassAtom::How::kDecided;
    touch(use.atom, decided ? Truth::kTrue : Truth::kSuggested);
  }
}

void Evaluator::State::touch(std::uint32_t atom, Truth truth) {
  if (truths[atom] != Truth::kUntouched) return;
  truths[atom] = truth;
  touched.push_back(atom);
  const ClassAtom& what = current->atoms[atom];
  for (std::uint32_t i = what.first_rule; i < what.end_rule; ++i) mark(current->needed_by[i]);
}

void Evaluator::State::mark(std::uint32_t formula) {
  if (marked[formula]) return;
  marked[formula] = true;
  candidates.push_back(formula);
}

void Evaluator::State::run(const ClassFormula& formula) {
  gave_up = false;
  std::int32_t at = formula.begin;
  while (at >= 0) {
    const Instruction& instruction = current->code[static_cast<std::size_t>(at)];
    at = is_true(instruction.atom) ? instruction.if_true : instruction.if_false;
  }
  if (at == kFires) fired.push_back(formula.rule);
  if (gave_up) undecided.push_back(formula.rule);
}

void Evaluator::State::forget() {
  for (const std::uint32_t atom : touched) truths[atom] = Truth::kUntouched;
  touched.clear();
  for (const std::uint32_t formula : candidates) marked[formula] = false;
  candidates.clear();
}

bool Evaluator::State::is_true(std::uint32_t atom) {
  const ClassAtom& what = current->atoms[atom];
  Truth& truth = truths[atom];
  if (truth == Truth::kUntouched && what.how != ClassAtom::How::kAsked) return false;
  if (truth == Truth::kUntouched || truth == Truth::kSuggested) {
    if (truth == Truth::kUntouched) touched.push_back(atom);
    truth = ask(what);
  }
  if (truth == Truth::kGaveUp) gave_up = true;
  return truth == Truth::kTrue;
}

Truth Evaluator::State::ask(const ClassAtom& atom) const {
  if (atom.value_test != kNone) return ask_values(atom);
  bool holds = false;
  switch (atom.test) {
    case Test::kExists:
      holds = any_value(atom, [](std::string_view) { return true; });
      break;
    case Test::kNull:
      holds = !has_text(atom);
      break;
    case Test::kSameAsField:
      holds = same_as_field(atom);
      break;
    case Test::kIndicator:
      holds = indicator_found(atom);
      break;
    default:
      break;
  }
  return holds ? Truth::kTrue : Truth::kFalse;
}

Truth Evaluator::State::ask_values(const ClassAtom& atom) const {
  const ValueTest& test = parts->value_tests[atom.value_test];
  const bool no_use =
      test.needs_non_ascii() && atom.field != kAnyField && !joined.has_non_ascii(atom.field);
  if (no_use) return Truth::kFalse;
  bool stopped = false;
  const bool holds = any_value(atom, [&](std::string_view value) {
    const ValueTest::Outcome outcome = test.matches(value);
    if (outcome == ValueTest::Outcome::kGaveUp) stopped = true;
    return is_match(outcome);
  });
  if (holds) return Truth::kTrue;
  return stopped ? Truth::kGaveUp : Truth::kFalse;
}

template <class Fulfils>
bool Evaluator::State::any_value(const ClassAtom& atom, Fulfils fulfils) const {
  const auto& values = joined.values();
  if (atom.field == kAnyField) {
    return std::ranges::any_of(values, [&](const JoinedValues::Value& value) {
      return value.of_event && fulfils(joined.text_of(value));
    });
  }
  for (std::uint32_t i = joined.first_of(atom.field); i != kNone; i = values[i].next) {
    if (fulfils(joined.text_of(values[i]))) return true;
  }
  return false;
}

bool Evaluator::State::has_text(const ClassAtom& atom) const {
  return any_value(atom, [](std::string_view value) { return !value.empty(); });
}

bool Evaluator::State::same_as_field(const ClassAtom& atom) const {
  ClassAtom other = atom;
  other.field = atom.other_field;
  return any_value(atom, [&](std::string_view value) {
    return any_value(other,
                     [&](std::string_view there) { return same_text(value, there, atom.cased); });
  });
}

bool Evaluator::State::indicator_found(const ClassAtom& atom) const {
  return std::ranges::any_of(event->found, [&](const IndicatorFound& each) {
    if (each.kind != atom.indicator) return false;
    if (atom.field == kAnyField) return true;
    const auto& names = current->field_names[atom.field];
    return std::ranges::find(names, each.field) != names.end();
  });
}

Evaluator::Evaluator(const Program& program) : state_(std::make_unique<State>(*program.parts_)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

const std::vector<std::uint32_t>& Evaluator::evaluate(const RuleEvent& event) {
  state_->evaluate(event);
  return state_->fired;
}

const std::vector<std::uint32_t>& Evaluator::undecided() const { return state_->undecided; }

}  // namespace evtxhound::rules
