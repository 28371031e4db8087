#include "evtxhound/rules/program.hpp"

#include <map>

#include "evtxhound/rules/class_builder.hpp"
#include "evtxhound/rules/literal_databases.hpp"
#include "evtxhound/rules/pack_program.hpp"
#include "evtxhound/rules/placement.hpp"
#include "evtxhound/rules/program_parts.hpp"

namespace evtxhound::rules {
namespace {

using Refused = Program::Refused;

std::string fault_of(const Rule& rule) {
  for (const Atom& atom : rule.atoms) {
    if (auto fault = ValueTest::fault(atom); !fault.empty()) return fault;
  }
  return Decision::fault(rule);
}

Refused::Why why(LogSourceMapping::Status status) {
  return status == LogSourceMapping::Status::kNotApplicable ? Refused::Why::kNotApplicable
                                                            : Refused::Why::kUnknownLogSource;
}

std::vector<Placement> place_all(std::span<const Rule> rules, std::vector<Refused>& refused) {
  std::vector<Placement> placements;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    LogSourceMapping mapping = map_log_source(rules[i].source);
    if (mapping.status != LogSourceMapping::Status::kMapped) {
      refused.push_back({i, why(mapping.status), std::move(mapping.reason)});
    } else if (auto fault = fault_of(rules[i]); !fault.empty()) {
      refused.push_back({i, Refused::Why::kFaulty, std::move(fault)});
    } else {
      for (const EventKind& kind : mapping.kinds) placements.push_back(place(i, rules[i], kind));
    }
  }
  return placements;
}

// Makes each class once, whatever the number of keys that it has.
std::vector<BuiltClass> build_classes(const std::vector<Placement>& placements,
                                      ProgramParts& parts) {
  ValueTests value_tests(parts);
  std::vector<BuiltClass> built;
  std::map<std::vector<Placed>, std::uint32_t> known;
  for (auto& [key, placed] : classify(placements)) {
    std::uint32_t number = ClassTable::kNoClass;
    if (!placed.empty()) {
      const auto next = static_cast<std::uint32_t>(built.size());
      const auto [at, is_new] = known.emplace(std::move(placed), next);
      if (is_new) built.push_back(build_class(placements, at->first, value_tests));
      number = at->second;
    }
    parts.keys.push_back({key, number});
    parts.table.add(key, number);
  }
  return built;
}

}  // namespace

Program::Program(std::unique_ptr<ProgramParts> parts) : parts_(std::move(parts)) {}
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

Program Program::compile(std::span<const Rule> rules) {
  auto parts = std::make_unique<ProgramParts>();
  const std::vector<Placement> placements = place_all(rules, parts->refused);
  std::vector<BuiltClass> built = build_classes(placements, *parts);
  make_databases(built, *parts);
  return Program(std::move(parts));
}

void Program::pack(Buffer& out) const { pack_program(*parts_, out); }

std::optional<Program> Program::unpack(Bytes bytes, std::shared_ptr<const void> memory) {
  auto parts = std::make_unique<ProgramParts>();
  if (!unpack_program(bytes, *parts)) return std::nullopt;
  parts->memory = std::move(memory);
  return Program(std::move(parts));
}

std::span<const Refused> Program::refused() const { return parts_->refused; }

std::optional<std::uint32_t> Program::class_of(std::string_view source_type,
                                               std::string_view channel, std::string_view provider,
                                               std::optional<std::uint32_t> event_code) const {
  const std::uint32_t number =
      parts_->table.find(format_of(source_type), channel, provider, event_code);
  if (number == ClassTable::kNoClass) return std::nullopt;
  return number;
}

std::vector<std::uint32_t> Program::rules_of(std::uint32_t event_class) const {
  std::vector<std::uint32_t> rules;
  for (const ClassFormula& formula : parts_->classes[event_class].formulas) {
    rules.push_back(formula.rule);
  }
  return rules;
}

Program::Size Program::size() const {
  Size size;
  size.classes = parts_->classes.size();
  size.databases = parts_->databases.size();
  for (const LiteralDatabase& each : parts_->databases) size.literals += each.literals.size();
  for (const EventClass& each : parts_->classes) {
    size.formulas += each.formulas.size();
    size.always += each.always.size();
  }
  return size;
}

}  // namespace evtxhound::rules
