// Completions, the manual page and --config. What there is to complete is taken from --help.
#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

// Every spelling of the options in a command's help: `  -o,--output FILE   …`.
std::set<std::string> options_in_help(const std::string& command) {
  const Ran ran = run_evtxhound(command + " --help");
  std::set<std::string> options;
  std::istringstream lines(ran.out.substr(ran.out.find("Options:")));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  -")) continue;
    std::istringstream names(line.substr(2, line.find(' ', 2) - 2));
    for (std::string name; std::getline(names, name, ',');) options.insert(name);
  }
  return options;
}

// Every command, by asking the help of each for its subcommands.
std::vector<std::string> commands(const std::string& above = "") {
  const Ran ran = run_evtxhound(above + " --help");
  std::vector<std::string> all;
  const std::size_t at = ran.out.find("Subcommands:\n");
  if (at == std::string::npos) return all;
  std::istringstream lines(ran.out.substr(ran.out.find('\n', at) + 1));
  for (std::string line; std::getline(lines, line) && line.starts_with("  ");) {
    if (line[2] == ' ') continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    all.push_back(above.empty() ? name : above + " " + name);
    const auto below = commands(all.back());
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

// What bash offers for a command line that ends with the word to complete.
std::set<std::string> completed(const TemporaryFolder& folder, const std::string& line) {
  write_file(folder / "evtxhound.bash", run_evtxhound("completion bash").out);
  write_file(folder / "ask", "source " + quoted(folder / "evtxhound.bash") +
                                 "\ncompopt() { :; }\nCOMP_WORDS=(" + line +
                                 ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                                 "COMPREPLY=()\n_evtxhound\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
  const Ran ran = shell("bash --norc -u " + quoted(folder / "ask"));
  INFO(ran.err);
  CHECK(ran.err.empty());
  return words_of(ran.out);
}

}  // namespace

TEST_CASE("bash completes every command and option that --help has") {
  const TemporaryFolder folder;
  const auto all = commands();
  CHECK(all.size() > 12);
  const auto first = completed(folder, "evtxhound ''");
  for (const std::string& command : all) {
    CAPTURE(command);
    if (command.find(' ') == std::string::npos) CHECK(first.contains(command));
    const auto options = options_in_help(command);
    CHECK(options.contains("--help"));
    CHECK(completed(folder, "evtxhound " + command + " -") == options);
  }
}

TEST_CASE("bash completes the values of an option that has few") {
  const TemporaryFolder folder;
  const std::set<std::string> formats = {"bodyfile", "csv",  "jsonl",
                                         "l2tcsv",   "stix", "timesketch"};
  CHECK(completed(folder, "evtxhound case export --format ''") == formats);
  CHECK(completed(folder, "evtxhound case export --format = ''") == formats);
  CHECK(completed(folder, "evtxhound case export x.db --format t") ==
        std::set<std::string>{"timesketch"});
  CHECK(completed(folder, "evtxhound scan --store ''") == std::set<std::string>{"all", "hits"});
  CHECK(completed(folder, "evtxhound case timeline --host ''").empty());
  CHECK(completed(folder, "evtxhound case t") == std::set<std::string>{"timeline"});
}

TEST_CASE("zsh takes its completion, which has every command and option") {
  const Ran made = run_evtxhound("completion zsh");
  CHECK(made.status == 0);
  for (const std::string& command : commands()) {
    CAPTURE(command);
    CHECK_THAT(made.out, Catch::Contains("'" + command + "')"));
    for (const std::string& option : options_in_help(command)) {
      CAPTURE(option);
      CHECK_THAT(made.out, Catch::Contains(option + "["));
    }
  }
  if (!has_program("zsh")) {
    std::cout << "SKIPPED: zsh is not installed\n";
    return;
  }
  const TemporaryFolder folder;
  write_file(folder / "_evtxhound", made.out);
  const Ran ran = shell("zsh -fc 'autoload -Uz compinit && compinit -D -u && source " +
                        (folder / "_evtxhound").string() + " && print ${_comps[evtxhound]}'");
  CHECK(ran.err.empty());
  CHECK(ran.out == "_evtxhound\n");
}

TEST_CASE("the manual page has every command and option, and no faults") {
  const TemporaryFolder folder;
  const Ran made = run_evtxhound("man");
  CHECK(made.status == 0);
  write_file(folder / "evtxhound.1", made.out);
  const std::string page = quoted(folder / "evtxhound.1");
  for (const std::string& command : commands()) {
    CAPTURE(command);
    const std::size_t at = made.out.find(".SS evtxhound " + command + "\n");
    REQUIRE(at != std::string::npos);
    const std::string section = made.out.substr(at, made.out.find("\n.S", at) - at);
    for (std::string option : options_in_help(command)) {
      for (std::size_t i = option.find('-'); i != std::string::npos; i = option.find('-', i + 2)) {
        option.insert(i, "\\");
      }
      CAPTURE(option);
      CHECK_THAT(section, Catch::Contains("\\fB" + option + "\\fR"));
    }
  }
  bool checked = false;
  if (has_program("mandoc")) {
    const Ran ran = shell("mandoc -T lint -W warning " + page);
    // What else there is: that the page has no date, so that each build gives the same bytes.
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      CHECK_THAT(line, Catch::Contains("missing date"));
    }
    checked = true;
  }
  if (has_program("groff")) {
    const Ran ran = shell("groff -ww -man -T utf8 " + page);
    CHECK(ran.err.empty());
    CHECK_THAT(ran.out, Catch::Contains("case"));
    checked = true;
  }
  if (!checked) std::cout << "SKIPPED: neither mandoc nor groff is installed\n";
}

TEST_CASE("the option --config gives options, and the command line counts more") {
  const TemporaryFolder folder;
  const fs::path testdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata/intrusion";
  const fs::path db = folder / "case.db";
  const fs::path config = folder / "settings.toml";
  write_file(config,
             "# settings\n[scan]\ncase = \"" + db.string() +
                 "\"\nno-census = true\nstore = \"all\"\n\n[case.timeline]\nhost = [\"nobody\", "
                 "\"FIN-WS-014\"]\nseverity = \"critical\"\n");
  const Ran scan = run_evtxhound("--config " + quoted(config) + " scan " + quoted(testdata));
  INFO(scan.err);
  REQUIRE(scan.status == 0);
  REQUIRE(fs::exists(db));
  const std::string line = "case timeline " + quoted(db);
  const Ran by_file = run_evtxhound(line + " --config " + quoted(config));
  CHECK(by_file.status == 0);
  CHECK(by_file.out ==
        run_evtxhound(line + " --host nobody --host FIN-WS-014 --severity critical").out);
  CHECK(run_evtxhound(line + " --severity low --config " + quoted(config)).out ==
        run_evtxhound(line + " --host FIN-WS-014 --severity low").out);
}

TEST_CASE("what is wrong in the file of --config is named with file and key") {
  const TemporaryFolder folder;
  const fs::path config = folder / "bad.toml";
  const auto run = [&](const std::string& text) {
    write_file(config, text);
    Ran ran = run_evtxhound("--config " + quoted(config) + " scan x --case " +
                            quoted(folder / "case.db"));
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, Catch::Contains("bad.toml: "));
    CHECK_FALSE(fs::exists(folder / "case.db"));
    return ran.err;
  };
  CHECK_THAT(run("[scan]\nthreds = 1\n"), Catch::Contains("scan.threds"));
  CHECK_THAT(run("[scam]\nthreads = 1\n"), Catch::Contains("scam"));
  CHECK_THAT(run("[scan]\nthreads = 0\n"), Catch::Contains("scan.threads"));
  CHECK_THAT(run("[scan]\nstore = \"some\"\n"), Catch::Contains("scan.store"));
  write_file(config, "[case.timeline]\nfrom = \"yesterday\"\n");
  CHECK_THAT(run_evtxhound("case timeline x.db --config " + quoted(config)).err,
             Catch::Contains("bad.toml: case.timeline.from: --from: yesterday is no time"));
  CHECK_THAT(run("nonsense\n"), Catch::Contains("nonsense"));
  const Ran none = run_evtxhound("--config " + quoted(folder / "none.toml") + " scan x --case y");
  CHECK(none.status == 2);
  CHECK_THAT(none.err, Catch::Contains("none.toml"));
  // The command line's own faults are not the file's.
  write_file(config, "[scan]\nthreads = 1\n");
  CHECK_THAT(run_evtxhound("--config " + quoted(config) + " scan x --case y --threads 0").err,
             !Catch::Contains("bad.toml"));
}
