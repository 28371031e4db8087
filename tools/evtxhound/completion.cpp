// `evtxhound completion`: what makes a shell complete evtxhound's commands and options.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "command_tree.hpp"
#include "commands.hpp"

namespace evtxhound::tool {
namespace {

// Within single quotes of a shell.
std::string shell_word(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// The commands as `path/subcommand`, for the pattern of a shell's case.
std::string command_patterns(const std::vector<CommandNode>& nodes) {
  std::string patterns;
  for (const CommandNode& node : nodes) {
    for (const CLI::App* sub : node.subcommands) {
      patterns += (patterns.empty() ? "" : "|") + shell_word(node.path + "/" + sub->get_name());
    }
  }
  return patterns;
}

std::string bash_values(const std::vector<CommandNode>& nodes) {
  std::string out;
  for (const CommandNode& node : nodes) {
    for (const CLI::Option* option : node.options) {
      if (!takes_value(*option)) continue;
      std::string patterns;
      for (const std::string& name : spellings(*option)) {
        patterns += (patterns.empty() ? "" : "|") + shell_word(node.path + "/" + name);
      }
      const std::string words = joined(choices(*option));
      // Anything else may be a file, which is what bash completes by default.
      out += fmt::format("    {})\n      {}\n      return;;\n", patterns,
                         words.empty()
                             ? "compopt -o default"
                             : "COMPREPLY=($(compgen -W " + shell_word(words) + " -- \"$cur\"))");
    }
  }
  return out;
}

std::string bash_words(const std::vector<CommandNode>& nodes) {
  std::string out;
  for (const CommandNode& node : nodes) {
    std::vector<std::string> words;
    for (const CLI::App* sub : node.subcommands) words.push_back(sub->get_name());
    std::string options;
    for (const CLI::Option* option : node.options) {
      options += (options.empty() ? "" : " ") + joined(spellings(*option));
    }
    out += fmt::format("    {}) commands={} options={};;\n", shell_word(node.path),
                       shell_word(joined(words)), shell_word(options));
  }
  return out;
}

std::string bash(const std::vector<CommandNode>& nodes) {
  return fmt::format(R"(# bash completion for evtxhound, made by `evtxhound completion bash`

_evtxhound() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command= commands= options= i
  # --option=value comes as three words.
  if [[ $cur == = ]]; then cur=; fi
  if [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command/${{COMP_WORDS[i]}}" in
      {0}) command=${{command:+$command }}${{COMP_WORDS[i]}};;
    esac
  done
  COMPREPLY=()
  case "$command/$prev" in
{1}  esac
  case "$command" in
{2}  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n $commands ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  else
    compopt -o default
  fi
}}
complete -F _evtxhound evtxhound
)",
                     command_patterns(nodes), bash_values(nodes), bash_words(nodes));
}

// The first line of a text, with what zsh takes for more than text escaped.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (std::string_view("[]:\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// An option as _arguments takes it.
std::string zsh_option(const CLI::Option& option) {
  std::string out;
  for (const std::string& name : spellings(option)) {
    std::string spec = (is_repeatable(option) && takes_value(option) ? "*" : "") + name + "[" +
                       zsh_text(option.get_description()) + "]";
    if (takes_value(option)) {
      const std::string words = joined(choices(option));
      spec += ":value:" + (words.empty() ? std::string("_files") : "(" + words + ")");
    }
    out += " \\\n        " + shell_word(spec);
  }
  return out;
}

std::string zsh_commands(const std::vector<CommandNode>& nodes) {
  std::string out;
  for (const CommandNode& node : nodes) {
    out += fmt::format("    {})\n", shell_word(node.path));
    std::string subcommands;
    for (const CLI::App* sub : node.subcommands) {
      subcommands += "\n        " +
                     shell_word(zsh_text(sub->get_name()) + ":" + zsh_text(sub->get_description()));
    }
    std::string options;
    for (const CLI::Option* option : node.options) options += zsh_option(*option);
    if (subcommands.empty()) {
      out += "      _arguments" + options + " \\\n        '*:file:_files'\n      ;;\n";
    } else {
      out += "      commands=(" + subcommands +
             ")\n      if [[ $PREFIX == -* ]]; then\n      _arguments" + options +
             "\n      else\n        _describe -t commands command commands\n      fi\n      ;;\n";
    }
  }
  return out;
}

std::string zsh(const std::vector<CommandNode>& nodes) {
  return fmt::format(R"(#compdef evtxhound
# zsh completion for evtxhound, made by `evtxhound completion zsh`

_evtxhound() {{
  local command= i
  local -a commands
  for ((i = 2; i < CURRENT; i++)); do
    case "$command/${{words[i]}}" in
      {0}) command=${{command:+$command }}${{words[i]}};;
    esac
  done
  case "$command" in
{1}  esac
}}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _evtxhound "$@"
else
  compdef _evtxhound evtxhound
fi
)",
                     command_patterns(nodes), zsh_commands(nodes));
}

}  // namespace

void add_completion(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("completion", "Print completions for bash or zsh");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "The shell that is to complete")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->type_name("NAME");
  command->footer(
      "An installed evtxhound has them in place; without:\n\n"
      "Examples:\n"
      "  source <(evtxhound completion bash)\n"
      "  evtxhound completion zsh > ~/.zfunc/_evtxhound     where fpath has ~/.zfunc");
  command->callback([&app, shell, &status] {
    const auto nodes = command_tree(app);
    fmt::print("{}", *shell == "bash" ? bash(nodes) : zsh(nodes));
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
