#include "command_tree.hpp"

#include <algorithm>

namespace evtxhound::tool {
namespace {

void add_node(const CLI::App& app, const std::string& path, std::vector<CommandNode>& nodes) {
  CommandNode node{path, &app, {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    (option->nonpositional() ? node.options : node.positionals).push_back(option);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!sub->get_group().empty()) node.subcommands.push_back(sub);
  }
  nodes.push_back(node);
  for (const CLI::App* sub : node.subcommands) {
    add_node(*sub, (path.empty() ? "" : path + " ") + sub->get_name(), nodes);
  }
}

}  // namespace

std::vector<CommandNode> command_tree(const CLI::App& program) {
  std::vector<CommandNode> nodes;
  add_node(program, "", nodes);
  return nodes;
}

std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> all;
  for (const std::string& name : option.get_snames()) all.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) all.push_back("--" + name);
  return all;
}

std::vector<std::string> choices(const CLI::Option& option) {
  // CLI11 keeps a validator's values only in its description: `{csv,json}`, `{hits->0,all->1}`.
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  std::vector<std::string> all;
  for (std::size_t at = open + 1; at < close;) {
    const std::size_t end = std::min(type.find(',', at), close);
    const std::string item = type.substr(at, end - at);
    all.push_back(item.substr(0, item.find("->")));
    at = end + 1;
  }
  return all;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

bool is_repeatable(const CLI::Option& option) {
  return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
         option.get_items_expected_max() > 1;
}

std::string value_name(const CLI::Option& option) {
  if (!takes_value(option)) return {};
  if (!option.get_option_text().empty()) return option.get_option_text();
  std::string name;
  for (const std::string& choice : choices(option)) name += (name.empty() ? "" : "|") + choice;
  return name.empty() ? option.get_type_name() : name;
}

}  // namespace evtxhound::tool
