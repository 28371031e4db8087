// `evtxhound iocs`: checks and lists indicator packs.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "evtxhound/indicators/pack.hpp"

namespace evtxhound::tool {
namespace {

using indicators::Indicator;
using indicators::Pack;

struct Options {
  std::vector<std::string> packs;
  std::string format = "table";
};

void check(const Options& options, ExitStatus& status) {
  for (const std::string& path : options.packs) {
    const Pack pack = indicators::load_pack(path);
    for (const auto& note : pack.notes) fmt::print("{}\n", indicators::format_note(pack, note));
    if (pack.notes.empty()) {
      fmt::print("{}: {} indicators, no faults\n", pack.path, pack.indicators.size());
    } else {
      status = ExitStatus::kUsage;
    }
  }
}

// A pack's columns: what is listed as CSV is a pack again.
constexpr std::array kColumns{"kind", "value", "product", "description", "severity", "source"};
using Cells = std::array<std::string, kColumns.size()>;

Cells cells_of(const Indicator& indicator) {
  return {std::string(to_string(indicator.kind)),
          indicator.value,
          indicator.product,
          indicator.description,
          std::string(to_string(indicator.severity)),
          indicator.source};
}

// On a terminal a description must not act: control characters become spaces.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }, ' ');
  return text;
}

void print_table(const std::vector<Indicator>& all) {
  constexpr std::size_t kWidestValue = 64;  // a SHA-256; longer values push their line out
  std::vector<std::array<std::string, 4>> rows{{"KIND", "VALUE", "SEVERITY", "DESCRIPTION"}};
  for (const Indicator& indicator : all) {
    const auto product =
        indicator.product.empty() ? "" : fmt::format(" ({})", one_line(indicator.product));
    rows.push_back({std::string(to_string(indicator.kind)), one_line(indicator.value) + product,
                    std::string(to_string(indicator.severity)), one_line(indicator.description)});
  }
  std::array<std::size_t, 3> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(row[i].size(), kWidestValue));
    }
  }
  for (const auto& row : rows) {
    fmt::print("{:<{}}  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2],
               widths[2], row[3]);
  }
}

std::string csv_field(const std::string& text) {
  const bool blank_ends = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (text.find_first_of(",\"\r\n#") == std::string::npos && !blank_ends) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

void print_csv(const std::vector<Indicator>& all) {
  fmt::print("{}\n", fmt::join(kColumns, ","));
  for (const Indicator& indicator : all) {
    Cells cells = cells_of(indicator);
    std::transform(cells.begin(), cells.end(), cells.begin(), csv_field);
    fmt::print("{}\n", fmt::join(cells, ","));
  }
}

void print_json(const std::vector<Indicator>& all) {
  auto array = nlohmann::ordered_json::array();
  for (const Indicator& indicator : all) {
    const Cells cells = cells_of(indicator);
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < cells.size(); ++i) object[kColumns[i]] = cells[i];
    object["pack"] = indicator.pack;
    array.push_back(std::move(object));
  }
  fmt::print("{}\n", array.dump(2));
}

void list(const Options& options, ExitStatus& status) {
  std::vector<Pack> packs;
  for (const std::string& path : options.packs) packs.push_back(indicators::load_pack(path));
  if (packs.empty()) packs.push_back(indicators::builtin_3cx_pack());
  std::vector<Indicator> all;
  for (const Pack& pack : packs) {
    for (const auto& note : pack.notes) {
      fmt::print(stderr, "{}\n", indicators::format_note(pack, note));
    }
    if (pack.has_wrong()) status = ExitStatus::kUsage;
    all.insert(all.end(), pack.indicators.begin(), pack.indicators.end());
  }
  if (options.format == "csv") {
    print_csv(all);
  } else if (options.format == "json") {
    print_json(all);
  } else {
    print_table(all);
  }
}

void add_check(CLI::App& iocs, const std::shared_ptr<Options>& options, ExitStatus& status) {
  CLI::App* command = iocs.add_subcommand("check", "Tell every bad or doubtful place of packs");
  command->add_option("PACK", options->packs, "Indicator packs: CSV, STIX, MISP, OpenIOC or a list")
      ->required();
  command->footer(
      "Prints path:line:column: error (a scan refuses the pack) or warning (a scan mends it, or\n"
      "leaves out what is not supported), and what is wrong. What format a pack has, its content\n"
      "tells. Exit status: 0 no faults; 2 at least one error or warning.\n\n"
      "Examples:\n"
      "  evtxhound iocs check my-indicators.csv\n"
      "  evtxhound iocs check packs/*.csv && evtxhound scan /evidence --case case.db \\\n"
      "      --iocs packs/mine.csv");
  command->callback([options, &status] { check(*options, status); });
}

void add_list(CLI::App& iocs, const std::shared_ptr<Options>& options, ExitStatus& status) {
  CLI::App* command = iocs.add_subcommand("list", "Print the indicators of packs");
  command->add_option("PACK", options->packs, "Indicator packs; default: the 3CX pack");
  command->add_option("--format", options->format, "How to print them")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  evtxhound iocs list\n"
      "  evtxhound iocs list --format csv > 3cx.csv      a pack to start one's own from\n"
      "  evtxhound iocs list bundle.json --format csv    what of a STIX bundle is looked for\n"
      "  evtxhound iocs list mine.csv --format json | jq '.[] | select(.severity==\"high\")'");
  command->callback([options, &status] { list(*options, status); });
}

}  // namespace

void add_iocs(CLI::App& app, ExitStatus& status) {
  CLI::App* iocs = app.add_subcommand("iocs", "Check, list and compile indicator packs");
  iocs->require_subcommand(1);
  iocs->footer(
      "Examples:\n"
      "  evtxhound iocs check my-indicators.csv\n"
      "  evtxhound iocs list --format json\n"
      "  evtxhound iocs compile feeds/*.csv -o feeds.hsdb");
  const auto options = std::make_shared<Options>();
  add_check(*iocs, options, status);
  add_list(*iocs, options, status);
  add_iocs_compile(*iocs);
}

}  // namespace evtxhound::tool
