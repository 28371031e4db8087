#include "config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace evtxhound::tool {
namespace {

// The name of the file, where one was given.
std::string file_of(const CLI::App& app) {
  const CLI::Option* option = app.get_option("--config");
  return option->count() > 0 ? option->as<std::string>() : std::string();
}

// The key that CLI11 could not place: its message ends with it.
std::string unknown_key(const std::string& message) {
  constexpr std::string_view kBefore = "INI was not able to parse ";
  std::string key = message.starts_with(kBefore) ? message.substr(kBefore.size()) : message;
  // A section is announced by a key of its own.
  for (const std::string_view suffix : {".++", ".--"}) {
    if (key.ends_with(suffix)) return "[" + key.substr(0, key.size() - suffix.size()) + "]";
  }
  return key;
}

bool is_given(const std::string& name, int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [&name](const char* argument) {
    const std::string_view word = argument;
    return word == name || word.starts_with(name + "=");
  });
}

}  // namespace

void add_config(CLI::App& app) {
  app.set_config("--config", "",
                 "File of options (TOML): a section for each command, an option's long\n"
                 "name for a key; what the command line says counts more")
      ->type_name("FILE");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.fallthrough();  // so that it may stand behind a command, too
}

std::string config_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const std::string file = file_of(app);
  if (file.empty()) return {};
  const std::string message = error.what();
  if (error.get_name() == "FileError") return fmt::format("{}: cannot be read", file);
  if (error.get_name() == "ConfigError") {
    return fmt::format("{}: {}: no command or option is called that", file, unknown_key(message));
  }
  // Of a value that an option does not take, the message begins with the option's name. What the
  // command line says counts more, so the file is to blame only where it is silent.
  std::vector<CLI::ConfigItem> items;
  try {
    items = app.get_config_formatter()->from_file(file);
  } catch (const CLI::Error&) {
    return {};
  }
  for (const CLI::ConfigItem& item : items) {
    const std::string name = "--" + item.name;
    const bool meant = message.find(name + ":") == 0 || message.ends_with(name) ||
                       message.find(name + " ") != std::string::npos;
    if (meant && !is_given(name, argc, argv)) {
      return fmt::format("{}: {}: {}", file, item.fullname(), message);
    }
  }
  return {};
}

}  // namespace evtxhound::tool
