// `evtxhound man`: the manual page, from the same texts as --help.
#include <fmt/format.h>

#include <string>

#include "command_tree.hpp"
#include "commands.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::tool {
namespace {

// Text as roff takes it. Line ends stay.
std::string roff(const std::string& text) {
  std::string out;
  bool begins = true;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (begins && (c.value == '.' || c.value == '\'')) out += "\\&";
    if (c.value == '\\') {
      out += "\\e";
    } else if (c.value == '-') {
      out += "\\-";
    } else if (c.value == 0x2026) {
      out += "...";  // which not every device of roff has as one character
    } else if (c.value > 0x7F) {
      out += fmt::format("\\[u{:04X}]", static_cast<unsigned>(c.value));
    } else {
      out += static_cast<char>(c.value);
    }
    begins = c.value == '\n';
    at += c.size;
  }
  return out;
}

// A text whose lines are to stand as they are.
std::string as_it_stands(const std::string& text) {
  std::string lines = roff(text);
  while (lines.ends_with('\n')) lines.pop_back();
  return ".nf\n" + lines + "\n.fi\n";
}

std::string option(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : spellings(option)) {
    names += (names.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
  }
  if (names.empty()) names = "\\fI" + roff(option.get_name(true)) + "\\fR";
  if (option.nonpositional() && takes_value(option)) {
    names += " \\fI" + roff(value_name(option)) + "\\fR";
  }
  std::string description = roff(option.get_description());
  if (option.get_required()) description += " (required)";
  return ".TP\n" + names + "\n" + (description.empty() ? "\\&" : description) + "\n";
}

std::string options(const CommandNode& node) {
  std::string out;
  for (const CLI::Option* positional : node.positionals) out += option(*positional);
  for (const CLI::Option* named : node.options) out += option(*named);
  return out;
}

std::string usage(const CommandNode& node) {
  std::string out = "\\fBevtxhound";
  if (!node.path.empty()) out += " " + roff(node.path);
  out += "\\fR";
  if (!node.options.empty()) out += " [\\fIOPTIONS\\fR]";
  for (const CLI::Option* positional : node.positionals) {
    out += " \\fI" + roff(positional->get_name(true)) + "\\fR";
    if (is_repeatable(*positional)) out += "...";
  }
  if (!node.subcommands.empty()) out += " \\fICOMMAND\\fR";
  return out;
}

std::string page(const std::vector<CommandNode>& nodes) {
  const CLI::App& program = *nodes.front().app;
  std::string out = fmt::format(
      ".TH EVTXHOUND 1 \"\" \"evtxhound {}\" \"User Commands\"\n"
      ".SH NAME\nevtxhound \\- finds indicators in Windows event logs\n.SH SYNOPSIS\n",
      roff(EVTXHOUND_VERSION));
  const char* separator = "";
  for (const CommandNode& node : nodes) {
    if (!node.subcommands.empty()) continue;
    out += separator + usage(node) + "\n";
    separator = ".br\n";
  }
  out += ".SH DESCRIPTION\n" + roff(program.get_description()) + "\n.SH OPTIONS\n" +
         options(nodes.front()) + ".SH COMMANDS\n";
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const CommandNode& node = nodes[i];
    out += ".SS evtxhound " + roff(node.path) + "\n" + usage(node) + "\n.PP\n" +
           roff(node.app->get_description()) + ".\n" + options(node);
    if (!node.app->get_footer().empty()) out += ".PP\n" + as_it_stands(node.app->get_footer());
  }
  out += ".SH EXIT STATUS\n" + as_it_stands(program.get_footer());
  out += ".SH SEE ALSO\n.BR sqlite3 (1),\n.BR mactime (1)\n";
  return out;
}

}  // namespace

void add_man(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("man", "Print the manual page");
  command->footer(
      "An installed evtxhound has it in place: man evtxhound. Without:\n\n"
      "Example:\n"
      "  evtxhound man | man -l -");
  command->callback([&app, &status] {
    fmt::print("{}", page(command_tree(app)));
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
