#include "evtxhound/rules/compiled_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/rules/load.hpp"
#include "evtxhound/rules/program_cache.hpp"
#include "evtxhound/rules/story_rules.hpp"
#include "evtxhound/rules/unusable.hpp"

namespace evtxhound::rules {
namespace {

constexpr std::string_view kBuiltin = "builtin:3cx";

// Who asks for one file means it: to scan without it would be half of what was asked for.
void refuse_named(const RuleSources& sources, const LoadedRules& loaded) {
  for (const RuleNote& note : loaded.refused) {
    const bool named = std::ranges::any_of(
        sources.paths, [&](const auto& path) { return path.string() == note.path; });
    if (named || note.path.starts_with(kBuiltin)) {
      throw Failure(ExitStatus::kUsage, format_note(note, "error"));
    }
  }
}

RulesOfPath& source_of(const std::string& path, std::vector<RulesOfPath>& sources) {
  const auto holds = [&](const RulesOfPath& source) { return path.starts_with(source.path); };
  return *std::ranges::find_if(sources, holds);  // each rule comes from one of them
}

std::string digest_of(const std::string& path, std::vector<RulesOfPath>& sources,
                      const LoadedRules& loaded) {
  std::string lines;
  for (const LoadedRules::File& file : loaded.files) {
    if (file.path == path) return file.sha256;
    if (source_of(file.path, sources).path != path) continue;
    const std::string_view within = std::string_view(file.path).substr(path.size());
    lines += fmt::format("{}  {}\n", file.sha256, within.substr(within.starts_with('/') ? 1 : 0));
  }
  return sha256_hex(as_bytes(lines));
}

std::vector<RulesOfPath> count_by_source(const RuleSources& sources, const LoadedRules& loaded) {
  std::vector<RulesOfPath> counts;
  if (sources.builtin_3cx) counts.push_back({std::string(kBuiltin), 0, 0});
  for (const auto& path : sources.paths) counts.push_back({path.string(), 0, 0});
  for (const Rule& rule : loaded.rules.rules) ++source_of(rule.head.path, counts).rules;
  for (const RuleNote& note : loaded.refused) ++source_of(note.path, counts).refused;
  for (RulesOfPath& source : counts) source.sha256 = digest_of(source.path, counts, loaded);
  return counts;
}

void tell(const LoadedRules& loaded, std::size_t uncompiled, std::size_t elsewhere,
          const std::function<void(const std::string&)>& note) {
  if (loaded.refused.empty() && elsewhere == 0) return;
  note(fmt::format(
      "{} rules are evaluated; {} are refused, {} are for events of other systems. "
      "`evtxhound rules check` gives the reasons",
      loaded.rules.rules.size() - uncompiled - elsewhere, loaded.refused.size(), elsewhere));
}

}  // namespace

CompiledRules compile_rules(const RuleSources& sources,
                            const std::function<void(const std::string&)>& note) {
  Placeholders placeholders;
  for (const auto& path : sources.placeholders) placeholders.add_file(path);
  const auto builtin = sources.builtin_3cx ? story_rules() : std::vector<RuleText>();
  LoadedRules loaded = load_rules(sources.paths, placeholders, builtin);
  CompiledRules compiled{{}, {}, load_or_compile(loaded.rules.rules, cache_file_for(sources.paths)),
                         {}, {}, nullptr,
                         {}};
  compiled.usable.assign(loaded.rules.rules.size(), true);
  for (const Program::Refused& refused : compiled.program.refused()) {
    compiled.usable[refused.rule] = false;
  }
  const Unusable unusable = unusable_rules(compiled.program, loaded.rules);
  loaded.refused.insert(loaded.refused.end(), unusable.refused.begin(), unusable.refused.end());
  refuse_named(sources, loaded);
  compiled.look = plan_look(compiled.program, loaded.rules.rules);
  compiled.correlator = std::make_unique<Correlator>(loaded.rules);
  for (std::uint32_t i = 0; i < loaded.rules.rules.size(); ++i) {
    compiled.silent.push_back(compiled.correlator->silences(i));
  }
  compiled.sources = count_by_source(sources, loaded);
  tell(loaded, unusable.refused.size(), unusable.elsewhere.size(), note);
  compiled.set = std::move(loaded.rules);
  return compiled;
}

}  // namespace evtxhound::rules
