// `evtxhound rules`: checks and lists Sigma rules.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/rules/load.hpp"
#include "evtxhound/rules/unusable.hpp"

namespace evtxhound::tool {
namespace {

using rules::LoadedRules;
using rules::RuleHead;
using rules::RuleNote;

struct Options {
  std::vector<std::filesystem::path> paths;
  std::vector<std::filesystem::path> placeholders;
  std::string format = "table";
  bool strict = false;
  bool quiet = false;
};

LoadedRules load(const Options& options) {
  rules::Placeholders placeholders;
  for (const auto& path : options.placeholders) placeholders.add_file(path);
  return rules::load_rules(options.paths, placeholders);
}

std::string message_line(const RuleNote& note, std::string_view weight) {
  return visible(rules::format_note(note, weight));
}

// How often each reason was given, the most frequent first.
void print_reasons(const std::vector<RuleNote>& notes) {
  std::map<std::string, std::size_t> counts;
  for (const RuleNote& note : notes) ++counts[note.message];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [message, count] : sorted) fmt::print("{:8}  {}\n", count, visible(message));
}

// `usable` of the rules can be used.
void print_summary(const LoadedRules& loaded, std::size_t usable,
                   const std::vector<RuleNote>& elsewhere) {
  fmt::print("{} rules and {} correlations can be used, {} are refused, {} warnings\n", usable,
             loaded.rules.correlations.size(), loaded.refused.size(), loaded.warnings.size());
  print_reasons(loaded.refused);
  if (!elsewhere.empty()) {
    fmt::print("{} rules are for events of other systems\n", elsewhere.size());
    print_reasons(elsewhere);
  }
  if (!loaded.not_rules.empty()) {
    fmt::print("{} YAML files in these folders hold no rule\n", loaded.not_rules.size());
  }
}

void check(const Options& options, ExitStatus& status) {
  LoadedRules loaded = load(options);
  const auto program = rules::Program::compile(loaded.rules.rules);
  const rules::Unusable unusable = rules::unusable_rules(program, loaded.rules);
  loaded.refused.insert(loaded.refused.end(), unusable.refused.begin(), unusable.refused.end());
  if (!options.quiet) {
    for (const RuleNote& note : loaded.refused) fmt::print("{}\n", message_line(note, "error"));
    for (const RuleNote& note : loaded.warnings) fmt::print("{}\n", message_line(note, "warning"));
  }
  const std::size_t usable =
      loaded.rules.rules.size() - unusable.refused.size() - unusable.elsewhere.size();
  print_summary(loaded, usable, unusable.elsewhere);
  const bool nothing = loaded.rules.rules.empty() && loaded.rules.correlations.empty();
  if (!loaded.refused.empty() || nothing || (options.strict && !loaded.warnings.empty())) {
    status = ExitStatus::kUsage;
  }
}

std::string source_of(const rules::LogSource& source) {
  std::string text;
  for (const std::string* part : {&source.product, &source.category, &source.service}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '/';
    text += *part;
  }
  return text;
}

// What `list` says of a rule or correlation.
struct Listed {
  const RuleHead* head = nullptr;
  std::string source;
};

std::vector<Listed> listed_of(const LoadedRules& loaded) {
  std::vector<Listed> all;
  for (const auto& rule : loaded.rules.rules) all.push_back({&rule.head, source_of(rule.source)});
  for (const auto& each : loaded.rules.correlations) all.push_back({&each.head, "correlation"});
  return all;
}

void print_table(const std::vector<Listed>& all) {
  constexpr std::size_t kWidestSource = 40;  // longer ones push their line out
  std::vector<std::array<std::string, 4>> rows{{"ID", "LEVEL", "SOURCE", "TITLE"}};
  for (const Listed& each : all) {
    rows.push_back({visible(each.head->id), visible(each.head->level), visible(each.source),
                    visible(each.head->title)});
  }
  std::array<std::size_t, 3> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(row[i].size(), kWidestSource));
    }
  }
  for (const auto& row : rows) {
    fmt::print("{:<{}}  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2],
               widths[2], row[3]);
  }
}

void print_json(const std::vector<Listed>& all) {
  auto array = nlohmann::ordered_json::array();
  for (const Listed& each : all) {
    const RuleHead& head = *each.head;
    nlohmann::ordered_json object;
    object["id"] = head.id;
    object["name"] = head.name;
    object["title"] = head.title;
    object["level"] = head.level;
    object["status"] = head.status;
    object["source"] = each.source;
    object["attack"] = head.attack;
    object["type"] = head.story.type;
    object["path"] = head.path;
    object["line"] = head.line;
    array.push_back(std::move(object));
  }
  fmt::print("{}\n", array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void list(const Options& options, ExitStatus& status) {
  const LoadedRules loaded = load(options);
  for (const RuleNote& note : loaded.refused) {
    fmt::print(stderr, "{}\n", message_line(note, "error"));
  }
  if (!loaded.refused.empty()) status = ExitStatus::kUsage;
  const auto all = listed_of(loaded);
  if (options.format == "json") {
    print_json(all);
  } else {
    print_table(all);
  }
}

void add_paths(CLI::App& command, const std::shared_ptr<Options>& options) {
  command.add_option("PATH", options->paths, "Rule files, or folders of *.yml and *.yaml files")
      ->required();
  command.add_option("--expand", options->placeholders,
                     "YAML file: a map of placeholder names to their values");
}

void add_check(CLI::App& rules, const std::shared_ptr<Options>& options, ExitStatus& status) {
  CLI::App* command = rules.add_subcommand("check", "Tell every bad or doubtful place of rules");
  add_paths(*command, options);
  command->add_flag("--strict", options->strict, "Warnings count as errors");
  command->add_flag("--quiet", options->quiet, "Print only the summary");
  command->footer(
      "Prints path:line:column: error (the rule is refused) or warning (it is used all the same),\n"
      "and what is wrong; then how many rules can be used, and how often each reason to refuse\n"
      "one was given. Files in folders that hold YAML but no rule are counted and left out.\n"
      "Exit status: 0 every rule can be used; 2 one at least is refused, there is none, or there\n"
      "are warnings and --strict.\n\n"
      "Examples:\n"
      "  evtxhound rules check my-rule.yml\n"
      "  evtxhound rules check --quiet sigma/rules/windows\n"
      "  evtxhound rules check --strict --expand our-servers.yml rules/");
  command->callback([options, &status] { check(*options, status); });
}

void add_list(CLI::App& rules, const std::shared_ptr<Options>& options, ExitStatus& status) {
  CLI::App* command = rules.add_subcommand("list", "Print the rules that can be used");
  add_paths(*command, options);
  command->add_option("--format", options->format, "How to print them")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->footer(
      "Rules that are refused are told on standard error. Exit status: 0, or 2 where there are\n"
      "some.\n\n"
      "Examples:\n"
      "  evtxhound rules list sigma/rules/windows/builtin\n"
      "  evtxhound rules list --format json rules/ | jq '.[] | select(.level==\"critical\")'");
  command->callback([options, &status] { list(*options, status); });
}

}  // namespace

void add_rules(CLI::App& app, ExitStatus& status) {
  CLI::App* rules = app.add_subcommand("rules", "Check and list Sigma rules");
  rules->require_subcommand(1);
  rules->footer(
      "Examples:\n"
      "  evtxhound rules check my-rule.yml\n"
      "  evtxhound rules list sigma/rules/windows");
  const auto options = std::make_shared<Options>();
  add_check(*rules, options, status);
  add_list(*rules, options, status);
}

}  // namespace evtxhound::tool
