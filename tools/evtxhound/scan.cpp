#include "evtxhound/scan/scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "commands.hpp"
#include "engine_option.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/indicators/load.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"
#include "report.hpp"

namespace evtxhound::tool {
namespace {

using Clock = std::chrono::steady_clock;

// Shows problems as they come and, on a terminal, how far the scan is. All on stderr.
class TerminalMonitor : public scan::Monitor {
 public:
  explicit TerminalMonitor(bool progress) : line_(progress) {}

  void on_finding(std::uint64_t bytes) override {
    if (line_.is_time()) ProgressLine::draw("looking into archives: " + human_size(bytes));
    begun_ = Clock::now();
  }

  void on_progress(const scan::Counters& counters) override {
    if (line_.is_time())
      draw(counters, std::chrono::duration<double>(Clock::now() - begun_).count());
  }

  void on_problem(const std::filesystem::path& evidence, const Problem& problem) override {
    // The case file has every one of them; here a few are enough to see what is the matter.
    if (++problems_ > kShown) return;
    line_.clear();
    print_problem(evidence, problem);
  }

  // Takes the progress line away. Call when the scan has ended.
  void clear() const { line_.clear(); }

  [[nodiscard]] std::uint64_t not_shown() const {
    return problems_ > kShown ? problems_ - kShown : 0;
  }

 private:
  static constexpr std::uint64_t kShown = 20;

  static void draw(const scan::Counters& counters, double seconds) {
    const auto done = static_cast<double>(counters.bytes_done);
    const auto total = static_cast<double>(counters.bytes_total);
    const double rate = seconds > 0 ? done / seconds : 0;
    const double left = rate > 0 ? std::max(0.0, (total - done) / rate) : 0;
    ProgressLine::draw(
        fmt::format("{} of {}  {}/s  {}  {}  {} left", human_size(counters.bytes_done),
                    human_size(counters.bytes_total), human_size(static_cast<std::uint64_t>(rate)),
                    counted(counters.events, "event", "events"),
                    counted(counters.hits, "hit", "hits"), human_duration(left)));
  }

  ProgressLine line_;
  std::uint64_t problems_ = 0;
  Clock::time_point begun_ = Clock::now();
};

struct Arguments {
  scan::Options options;
  indicators::PackSources packs;
  rules::RuleSources rules;
  bool with_3cx = false;
  bool no_hash = false;
  Hashes hash = Hashes::kSha256;
  bool no_census = false;
  bool no_progress = false;
};

void print_outcome(const scan::Options& options, const scan::Outcome& outcome,
                   const TerminalMonitor& monitor) {
  const scan::Counters& counters = outcome.counters;
  if (monitor.not_shown() > 0) {
    fmt::print(stderr, "{} more: see the table `problem` of the case file\n",
               counted(monitor.not_shown(), "problem", "problems"));
  }
  fmt::print(
      "{}{} from {}: {}, {}, {}{}\n",
      outcome.status == ExitStatus::kInterrupted ? "stopped early: " : "",
      counted(counters.events, "event", "events"), counted(counters.files_read, "log", "logs"),
      counted(counters.hits, "hit", "hits"),
      counted(counters.detections, "detection", "detections"),
      counted(counters.problems, "problem", "problems"),
      counters.files_skipped > 0
          ? fmt::format(", {} of other kinds", counted(counters.files_skipped, "file", "files"))
          : "");
  if (options.resume) {
    fmt::print("{} ({}) had been read to their end before, and were not read again\n",
               counted(counters.files_known, "log", "logs"), human_size(counters.bytes_known));
  }
  fmt::print("evtxhound case summary {0}\nsqlite3 {0} 'select * from v_hits'\n",
             options.case_file.string());
}

// The order in which packs and rules are named means nothing: ids of rows depend on it.
void sort_by_place(std::vector<std::filesystem::path>& paths) {
  std::ranges::stable_sort(paths, {}, [](const std::filesystem::path& path) {
    std::error_code unknown;  // whoever opens it says so
    return std::filesystem::weakly_canonical(path, unknown);
  });
}

ExitStatus run(Arguments& arguments) {
  scan::Options& options = arguments.options;
  sort_by_place(arguments.packs.files);
  sort_by_place(arguments.rules.paths);
  sort_by_place(arguments.rules.placeholders);
  arguments.packs.builtin_3cx = arguments.packs.files.empty() || arguments.with_3cx;
  const indicators::LoadedIndicators loaded = indicators::load_indicators(
      arguments.packs, [](const std::string& note) { fmt::print(stderr, "{}\n", note); });
  options.indicators = &loaded.set;
  arguments.rules.builtin_3cx = arguments.rules.paths.empty() || arguments.with_3cx;
  const rules::CompiledRules rules = rules::compile_rules(
      arguments.rules, [](const std::string& note) { fmt::print(stderr, "{}\n", note); });
  options.rules = &rules;
  if (options.resume && !rules.set.correlations.empty()) {
    fmt::print(stderr,
               "--resume: correlations need the events of all logs: everything is read again\n");
  }
  options.hash = arguments.no_hash ? Hashes::kNone : arguments.hash;
  options.expand = arguments.rules.placeholders;
  options.census = !arguments.no_census;
  TerminalMonitor monitor(!arguments.no_progress);
  const scan::Outcome outcome = scan::scan(options, monitor, stop_on_interrupt());
  monitor.clear();
  print_outcome(options, outcome, monitor);
  return outcome.status;
}

}  // namespace

void add_scan(CLI::App& app, const std::string& command_line, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  scan::Options& options = arguments->options;
  options.command_line = command_line;
  options.tool_version = EVTXHOUND_VERSION;
  options.threads = std::max(1U, std::thread::hardware_concurrency());

  CLI::App* command =
      app.add_subcommand("scan", "Scan evidence for indicators and by rules into a case file");
  command
      ->add_option(
          "EVIDENCE", options.evidence,
          "Files and folders; EVTX logs, exports of events as XML and CrowdStrike's\nJSON, "
          "plain or in gzip, are found by their content, in all subfolders, in\narchives (zip, 7z, "
          "tar, gz, xz, zst, bz2, also within each other) and in\ndisk images (raw, E01, QCOW2, "
          "VMDK, VHD)")
      ->required()
      ->type_name("PATH");
  command->add_option("--case", options.case_file, "Case file to make or to add to")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--iocs", arguments->packs.files,
                   "Indicator pack (CSV, STIX, MISP, OpenIOC or a list, or compiled) to use in\n"
                   "place of the built-in 3CX pack; repeatable")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("PACK");
  command
      ->add_option("--rules", arguments->rules.paths,
                   "Sigma rule, or folder of rules, to use in place of the built-in detections of\n"
                   "the 3CX story; repeatable")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("PATH");
  command
      ->add_option("--expand", arguments->rules.placeholders,
                   "YAML file with values for the placeholders of rules; repeatable")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->add_flag("--with-3cx", arguments->with_3cx,
                    "Use the 3CX pack and detections besides those of --iocs and --rules");
  command
      ->add_option("--store", options.store,
                   "Events to keep: those with a hit or a\ndetection, or all")
      ->transform(CLI::CheckedTransformer(std::map<std::string, scan::Store>{
          {"hits", scan::Store::kHits}, {"all", scan::Store::kAll}}))
      ->option_text("hits|all [hits]");
  add_engine_option(*command, options.engine);
  command->add_option("--threads", options.threads, "Threads that read evidence")
      ->check(CLI::Range(1U, 1024U))
      ->option_text(fmt::format("N [{}]", options.threads));
  command->add_flag("--resume", options.resume,
                    "Go on where an earlier scan was cut off: what it has read to its end by the\n"
                    "same packs, rules and options is not read again where the file has the same\n"
                    "size and time");
  command->add_flag(
      "--carve", options.carve,
      "Look for remains of logs in all files of no kind that can be read, such as\n"
      "raw images, memory dumps and page files, and in what no file of an image covers");
  command->add_flag(
      "--raw", options.raw,
      "Carve, and look for the indicators in all other bytes there, too: text outside\n"
      "of any record is a hit with its context (--carve alone reads records only)");
  command->add_flag("--exhaustive", options.exhaustive,
                    "Read every record instead of looking first where one could be a hit");
  command
      ->add_option(
          "--hash", arguments->hash,
          "Digests of the evidence: SHA-256; or all, MD5 and SHA-1 too,\nin the same read, "
          "which takes four times as long; or none")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Hashes>{
          {"none", Hashes::kNone}, {"sha256", Hashes::kSha256}, {"all", Hashes::kAll}}))
      ->option_text("sha256|all|none [sha256]");
  command->add_flag("--no-hash", arguments->no_hash, "The same as --hash none");
  command->add_flag("--no-census", arguments->no_census,
                    "Do not count what kinds of events the evidence holds");
  command->add_flag("--no-progress", arguments->no_progress, "Show no progress on a terminal");
  command->footer(
      "Examples:\n"
      "  evtxhound scan C/Windows/System32/winevt/Logs --case case.db\n"
      "  evtxhound scan host1/ host2/ Security.evtx --case case.db --store all\n"
      "  evtxhound scan evidence/ --case case.db --iocs my-indicators.csv --with-3cx\n"
      "  evtxhound scan evidence/ --case case.db --rules sigma/rules/windows --with-3cx\n"
      "  evtxhound scan splunk-export.xml fdr/part-0001.gz --case case.db\n"
      "  evtxhound scan --carve disk.raw pagefile.sys --case case.db\n"
      "  evtxhound scan --raw memory.dmp pagefile.sys disk.E01 --case case.db\n"
      "  sqlite3 case.db 'select * from v_hits'\n\n"
      "Scanning the same evidence again adds nothing twice. Ctrl-C ends a scan in good order;\n"
      "the same command completes it, with --resume without reading again what was read to its\n"
      "end. Either way the case file is the same as that of a scan that was not cut off\n"
      "(evtxhound case hash).");
  command->callback([arguments, &status] { status = run(*arguments); });
}

}  // namespace evtxhound::tool
