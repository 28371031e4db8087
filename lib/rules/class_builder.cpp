#include "evtxhound/rules/class_builder.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "evtxhound/rules/anchor.hpp"

namespace evtxhound::rules {
namespace {

void append_number(std::string& key, std::uint64_t number) {
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  key.append(bytes.data(), bytes.size());
}

void append_text(std::string& key, const std::string& text) {
  append_number(key, text.size());
  key += text;
}

// All of an atom but its field, so that equal ones are found.
std::string test_key(const Atom& atom) {
  std::string key;
  append_number(key, static_cast<std::uint64_t>(atom.test));
  append_number(key, (atom.cased ? 1U : 0U) | (atom.ignore_case ? 2U : 0U) |
                         (atom.multi_line ? 4U : 0U) | (atom.dot_all ? 8U : 0U) |
                         (atom.field.empty() ? 16U : 0U));
  append_number(key, static_cast<std::uint64_t>(atom.indicator));
  std::uint64_t number = 0;
  std::memcpy(&number, &atom.number, sizeof number);
  append_number(key, number);
  append_text(key, atom.value);
  for (const Piece& piece : atom.pieces) {
    append_number(key, static_cast<std::uint64_t>(piece.kind));
    append_text(key, piece.text);
  }
  return key;
}

Cost cost_of(const ClassAtom& atom) {
  if (atom.test == Test::kRegex) return Cost::kRegex;
  return atom.how == ClassAtom::How::kDecided ? Cost::kScanned : Cost::kCheap;
}

class ClassBuilder {
 public:
  explicit ClassBuilder(ValueTests& value_tests) : value_tests_(&value_tests) {}

  void add(const Placement& placement, const std::vector<Fixed>& fixed) {
    std::vector<AtomFacts> facts;
    for (std::size_t i = 0; i < placement.rule.atoms.size(); ++i) {
      AtomFacts fact;
      if (!fixed.empty()) fact.fixed = fixed[i];
      if (fact.fixed == Fixed::kOpen) {
        fact = facts_of(placement.rule.atoms[i], placement.kind);
      }
      facts.push_back(fact);
    }
    add_formula(placement, facts);
  }

  BuiltClass finish() {
    EventClass& out = built_.event_class;
    out.field_count = static_cast<std::uint32_t>(out.field_names.size());
    index_needs();
    for (auto& [key, uses] : built_.searches) {
      std::ranges::sort(uses, {},
                        [](const LiteralUse& use) { return std::pair(use.field, use.atom); });
    }
    return std::move(built_);
  }

 private:
  AtomFacts facts_of(const Atom& atom, const EventKind& kind) {
    const std::uint32_t number = atom_number(atom, kind);
    const ClassAtom& made = built_.event_class.atoms[number];
    AtomFacts facts;
    facts.cost = cost_of(made);
    facts.found_by_scan = made.how != ClassAtom::How::kAsked;
    facts.commonness = commonness_[number];
    facts.number = number;
    return facts;
  }

  std::uint32_t atom_number(const Atom& atom, const EventKind& kind) {
    ClassAtom made;
    made.test = atom.test;
    made.cased = atom.cased;
    made.indicator = atom.indicator;
    made.field = atom.field.empty() ? kAnyField : field_number(atom.field, kind);
    std::string key = test_key(atom);
    append_number(key, made.field);
    if (atom.test == Test::kSameAsField) {
      made.other_field = field_number(atom.value, kind);
      append_number(key, made.other_field);
    }
    auto& out = built_.event_class;
    const auto number = static_cast<std::uint32_t>(out.atoms.size());
    const auto [at, is_new] = atoms_.emplace(std::move(key), number);
    if (!is_new) return at->second;
    if (atom.field.empty()) out.has_keywords = true;
    if (looks_at_values(atom.test)) made.value_test = value_tests_->get(atom);
    commonness_.push_back(1);
    if (const auto anchor = anchor_of(atom)) {
      made.how = anchor->decides ? ClassAtom::How::kDecided : ClassAtom::How::kSuggested;
      commonness_.back() = anchor->commonness();
      built_.searches[{anchor->text, anchor->at_begin, anchor->at_end}].push_back(
          {made.field, number});
    }
    out.atoms.push_back(made);
    return number;
  }

  std::uint32_t field_number(const std::string& name, const EventKind& kind) {
    FieldPlace place = place_of(kind, name);
    auto& out = built_.event_class;
    const auto number = static_cast<std::uint32_t>(out.field_names.size());
    const auto [at, is_new] = fields_.emplace(std::move(place), number);
    if (!is_new) return at->second;
    auto& names = out.field_names.emplace_back();
    for (const DataPlace& data : at->first.data) {
      names.push_back(data.name);
      NameSlot::Use use{number, data.reading, data.other, kNone};
      if (needs_second_field(data.reading)) use.other_name = slot_of(data.other);
      out.names[slot_of(data.name)].uses.push_back(std::move(use));
    }
    if (at->first.system != FieldPlace::System::kNone) {
      out.system.push_back({number, at->first.system, at->first.system_name});
      if (!at->first.system_name.empty()) names.push_back(at->first.system_name);
    }
    return number;
  }

  std::uint32_t slot_of(const std::string& name) {
    auto& names = built_.event_class.names;
    const auto at = std::ranges::find(names, name, &NameSlot::name);
    const auto slot = static_cast<std::uint32_t>(at - names.begin());
    if (at == names.end()) names.push_back({name, {}});
    return slot;
  }

  void add_formula(const Placement& placement, const std::vector<AtomFacts>& facts) {
    auto& out = built_.event_class;
    const Decision formula(placement.rule, facts);
    if (formula.fixed() == Fixed::kFalse) return;
    const std::int32_t begin = formula.compile(out.code);
    const auto number = static_cast<std::uint32_t>(out.formulas.size());
    out.formulas.push_back({placement.index, begin});
    const RequiredAtoms required = formula.required();
    if (!required || begin < 0) {
      out.always.push_back(number);
      return;
    }
    for (const std::uint32_t atom : *required) needs_.emplace_back(atom, number);
  }

  void index_needs() {
    auto& out = built_.event_class;
    std::ranges::sort(needs_);
    std::size_t at = 0;
    for (std::uint32_t atom = 0; atom < out.atoms.size(); ++atom) {
      out.atoms[atom].first_rule = static_cast<std::uint32_t>(out.needed_by.size());
      for (; at < needs_.size() && needs_[at].first == atom; ++at) {
        out.needed_by.push_back(needs_[at].second);
      }
      out.atoms[atom].end_rule = static_cast<std::uint32_t>(out.needed_by.size());
    }
  }

  ValueTests* value_tests_;
  BuiltClass built_;
  std::map<FieldPlace, std::uint32_t> fields_;
  std::unordered_map<std::string, std::uint32_t> atoms_;
  std::vector<std::uint32_t> commonness_;                       // by atoms
  std::vector<std::pair<std::uint32_t, std::uint32_t>> needs_;  // an atom, a formula
};

}  // namespace

std::uint32_t ValueTests::get(const Atom& atom) {
  const auto next = static_cast<std::uint32_t>(parts_->value_tests.size());
  const auto [at, is_new] = known_.emplace(test_key(atom), next);
  if (is_new) {
    parts_->value_tests.emplace_back(atom);
    parts_->tested.push_back(atom);
  }
  return at->second;
}

BuiltClass build_class(const std::vector<Placement>& placements, const std::vector<Placed>& placed,
                       ValueTests& value_tests) {
  ClassBuilder builder(value_tests);
  for (const Placed& each : placed) builder.add(placements[each.placement], each.atoms);
  return builder.finish();
}

}  // namespace evtxhound::rules
