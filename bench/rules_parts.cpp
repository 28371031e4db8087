// What evaluating rules costs: compiling them, and each event, by what kind of event it is. Events
// are read before the clock starts. With --list, prints each rule that fires on each log instead.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/rules/evaluator.hpp"
#include "evtxhound/rules/event_view.hpp"
#include "evtxhound/rules/load.hpp"
#include "program.hpp"

namespace evtxhound::bench {
namespace {

// Seconds that this program has worked, whatever else the machine does.
double worked() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::vector<evtx::Event> read_events(const std::filesystem::path& path,
                                     evtx::TemplateCache& templates) {
  std::vector<evtx::Event> events;
  const auto file = ReadOnlyFile::open(path);
  if (!file) return events;
  evtx::ChunkSource chunks(*file);
  evtx::ChunkReader reader(templates);
  for (std::uint64_t i = 0; i < evtx::chunk_count(file->size()); ++i) {
    const auto chunk = chunks.read(i);
    if (!chunk || evtx::is_unused(*chunk)) continue;
    reader.open(*chunk);
    for (const evtx::RecordFrame& frame : reader.frames().records) {
      if (auto event = reader.event(frame)) events.push_back(std::move(*event));
    }
  }
  return events;
}

std::vector<std::filesystem::path> logs_of(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> logs;
  for (const auto& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      logs.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".evtx") logs.push_back(entry.path());
    }
  }
  std::ranges::sort(logs);
  return logs;
}

void list(const std::vector<rules::Rule>& all, const rules::Program& program,
          const std::vector<std::filesystem::path>& logs) {
  rules::Evaluator evaluator(program);
  rules::EventView view;
  evtx::TemplateCache templates;
  for (const auto& log : logs) {
    std::map<std::uint32_t, std::size_t> fired;
    for (const evtx::Event& event : read_events(log, templates)) {
      for (const std::uint32_t rule : evaluator.evaluate(view.view(event, "evtx"))) ++fired[rule];
    }
    for (const auto& [rule, count] : fired) {
      fmt::print("{}\t{}\t{}\t{}\n", log.string(), all[rule].head.id, count, all[rule].head.title);
    }
  }
}

struct Cost {
  std::size_t events = 0;
  std::size_t fired = 0;
  double seconds = 0;
};

// Events of one kind together, several times, so that the clock costs nothing.
void measure(const rules::Program& program, const std::vector<evtx::Event>& events,
             unsigned rounds) {
  std::map<std::string, std::vector<const evtx::Event*>> kinds;
  for (const evtx::Event& event : events) {
    kinds[fmt::format("{} {}", event.channel, event.event_code.value_or(0))].push_back(&event);
  }
  rules::Evaluator evaluator(program);
  rules::EventView view;
  std::vector<std::pair<std::string, Cost>> costs;
  Cost all;
  for (const auto& [kind, some] : kinds) {
    Cost cost{some.size(), 0, 0};
    for (const evtx::Event* event : some) evaluator.evaluate(view.view(*event, "evtx"));
    const double begun = worked();
    for (unsigned round = 0; round < rounds; ++round) {
      for (const evtx::Event* event : some) {
        cost.fired += evaluator.evaluate(view.view(*event, "evtx")).size();
      }
    }
    cost.seconds = (worked() - begun) / rounds;
    cost.fired /= rounds;
    all.events += cost.events;
    all.fired += cost.fired;
    all.seconds += cost.seconds;
    costs.emplace_back(kind, cost);
  }
  std::ranges::sort(costs, std::greater<>(), [](const auto& each) { return each.second.seconds; });
  costs.resize(std::min<std::size_t>(costs.size(), 15));
  costs.emplace_back("all", all);
  fmt::print("{:>9} {:>8} {:>9}  {}\n", "events", "fired", "us/event", "kind");
  for (const auto& [kind, cost] : costs) {
    fmt::print("{:9} {:8} {:9.2f}  {}\n", cost.events, cost.fired,
               cost.seconds * 1e6 / static_cast<double>(cost.events), kind);
  }
}

void run(const std::vector<std::filesystem::path>& rule_paths,
         const std::vector<std::filesystem::path>& log_paths, bool listed, unsigned rounds) {
  const rules::LoadedRules loaded = rules::load_rules(rule_paths);
  const double begun = worked();
  const rules::Program program = rules::Program::compile(loaded.rules.rules);
  const double seconds = (worked() - begun);
  const auto logs = logs_of(log_paths);
  if (listed) {
    list(loaded.rules.rules, program, logs);
    return;
  }
  const rules::Program::Size size = program.size();
  fmt::print(
      "{} rules, {} refused, compiled in {:.3f} s: {} classes of events, {} databases of {} "
      "texts, {} formulas, {} of them always asked\n",
      loaded.rules.rules.size(), program.refused().size(), seconds, size.classes, size.databases,
      size.literals, size.formulas, size.always);
  std::map<std::string, std::size_t> reasons;
  for (const auto& refused : program.refused()) ++reasons[refused.reason];
  for (const auto& [reason, count] : reasons) fmt::print("{:5} refused: {}\n", count, reason);
  evtx::TemplateCache templates;
  std::vector<evtx::Event> events;
  for (const auto& log : logs) {
    auto some = read_events(log, templates);
    std::ranges::move(some, std::back_inserter(events));
  }
  measure(program, events, rounds);
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) {
  CLI::App app("Measures rules on events");
  std::vector<std::filesystem::path> rules;
  std::vector<std::filesystem::path> logs;
  bool listed = false;
  unsigned rounds = 5;
  app.add_option("--rules", rules, "Sigma rules")->required();
  app.add_option("LOG", logs, "logs, or folders of them");
  app.add_option("--rounds", rounds, "how often")->check(CLI::PositiveNumber);
  app.add_flag("--list", listed, "print what fires");
  return evtxhound::bench::run_program(app, argc, argv,
                                       [&] { evtxhound::bench::run(rules, logs, listed, rounds); });
}
