#include "evtxhound/rules/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/parallel.hpp"
#include "evtxhound/rules/check.hpp"
#include "evtxhound/rules/formula.hpp"
#include "evtxhound/rules/limits.hpp"
#include "evtxhound/rules/parse.hpp"
#include "evtxhound/rules/references.hpp"
#include "evtxhound/rules/rule_file.hpp"
#include "evtxhound/rules/yaml.hpp"

namespace evtxhound::rules {
namespace {

// What one file gave.
struct ReadFile {
  std::string path;
  std::string sha256;
  std::vector<ReadRule> rules;
  std::vector<RuleNote> refused;
  bool no_rule = false;
};

RuleNote note_of(const std::string& path, Place place, std::string message) {
  return {path, place.line, place.column, std::move(message)};
}

ReadRule read_document(const YamlNode& document, const std::string& path,
                       const Placeholders& placeholders) {
  std::vector<Doubt> doubts;
  const ParsedRule parsed = parse_rule(document, doubts);
  ReadRule read;
  read.column = document.place.column;
  if (std::holds_alternative<ParsedCorrelation>(parsed.body)) {
    read.rule = check_correlation(parsed, path, doubts);
  } else {
    read.rule = check_rule(parsed, path, placeholders, doubts);
  }
  std::stable_sort(doubts.begin(), doubts.end(), [](const Doubt& a, const Doubt& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  for (Doubt& doubt : doubts) {
    read.warnings.push_back(note_of(path, doubt.place, std::move(doubt.message)));
  }
  return read;
}

// A file may hold many rules of the largest size each.
void charge(const ReadRule& read, Place place, std::size_t& bytes) {
  const auto* const rule = std::get_if<Rule>(&read.rule);
  if (rule == nullptr) return;
  for (const Atom& atom : rule->atoms) bytes += weight_of(atom);
  if (bytes > kMaxFileBytes) {
    throw RuleFault(place, fmt::format("the rules of this file have more than {} bytes of values, "
                                       "what modifiers add written out",
                                       kMaxFileBytes));
  }
}

// Throws RuleFault where the text is no YAML.
void read_text(std::string_view text, bool named, const Placeholders& placeholders,
               ReadFile& file) {
  std::vector<YamlNode> documents = parse_yaml(text);
  documents.erase(std::remove_if(documents.begin(), documents.end(),
                                 [](const YamlNode& document) {
                                   return document.kind == YamlNode::Kind::kNull;
                                 }),
                  documents.end());
  file.no_rule = !named && std::none_of(documents.begin(), documents.end(), looks_like_rule);
  if (file.no_rule) return;
  if (documents.empty()) throw RuleFault({}, "no rule: the file is empty");
  std::size_t bytes = 0;
  for (const YamlNode& document : documents) {
    try {
      ReadRule read = read_document(document, file.path, placeholders);
      charge(read, document.place, bytes);
      file.rules.push_back(std::move(read));
    } catch (const RuleFault& fault) {
      file.refused.push_back(note_of(file.path, fault.place(), fault.what()));
    }
  }
}

// `text` is called for the text, and may throw RuleFault as well.
template <class Text>
ReadFile read_file(std::string path, bool named, const Placeholders& placeholders, Text text) {
  ReadFile file;
  file.path = std::move(path);
  try {
    const auto& content = text();
    file.sha256 = sha256_hex(as_bytes(content));
    read_text(content, named, placeholders, file);
  } catch (const RuleFault& fault) {
    file.refused.push_back(note_of(file.path, fault.place(), fault.what()));
  }
  return file;
}

}  // namespace

LoadedRules load_rules(std::span<const std::filesystem::path> paths,
                       const Placeholders& placeholders, std::span<const RuleText> texts) {
  const std::vector<RuleFile> files = find_rule_files(paths);
  LoadedRules loaded;
  std::vector<ReadRule> read;
  const auto take = [&](ReadFile file) {
    loaded.files.push_back({file.path, std::move(file.sha256)});
    std::move(file.rules.begin(), file.rules.end(), std::back_inserter(read));
    std::move(file.refused.begin(), file.refused.end(), std::back_inserter(loaded.refused));
    if (file.no_rule) loaded.not_rules.push_back(std::move(file.path));
  };
  for (const RuleText& text : texts) {
    take(read_file(text.path, true, placeholders, [&] { return std::string_view(text.text); }));
  }
  constexpr std::size_t kWindow = 256;
  const std::atomic<bool> never_stop = false;
  parallel_in_order(
      files.size(), std::max(1U, std::thread::hardware_concurrency()), kWindow, never_stop,
      [&] {
        return [&](std::size_t i) {
          return read_file(files[i].path.string(), files[i].named, placeholders,
                           [&] { return read_rule_file(files[i].path); });
        };
      },
      [&](std::size_t /*index*/, ReadFile file) { take(std::move(file)); });
  link_rules(std::move(read), loaded);
  return loaded;
}

std::string format_note(const RuleNote& note, std::string_view weight) {
  return fmt::format("{}:{}:{}: {}: {}", note.path, note.line, note.column, weight, note.message);
}

}  // namespace evtxhound::rules
