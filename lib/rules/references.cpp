#include "evtxhound/rules/references.hpp"

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

class Linker {
 public:
  explicit Linker(std::vector<ReadRule> read) : read_(std::move(read)), faults_(read_.size()) {}

  void link(LoadedRules& loaded) {
    for (std::size_t i = 0; i < read_.size(); ++i) enter(i);
    resolve();
    for (std::size_t i = 0; i < read_.size(); ++i) hand_over(i, loaded);
  }

 private:
  void enter(std::size_t index) {
    const RuleHead& head = read_[index].head();
    // Names and ids share one space, since a reference may be either.
    for (const std::string* key : {&head.id, &head.name}) {
      if (key->empty()) continue;
      const auto found = by_key_.find(*key);
      if (found == by_key_.end()) continue;
      const RuleHead& other = read_[found->second].head();
      faults_[index] = fmt::format("the {} {} is that of the rule in {}:{} as well",
                                   key == &head.id ? "id" : "name", *key, other.path, other.line);
      return;
    }
    if (!head.id.empty()) by_key_.emplace(head.id, index);
    if (!head.name.empty()) by_key_.emplace(head.name, index);
  }

  // By name as it stands, or by id in any case.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& reference) const {
    const auto exact = by_key_.find(reference);
    if (exact != by_key_.end()) return exact->second;
    const std::string id = ascii_lower(reference);
    const auto found = by_key_.find(id);
    if (found == by_key_.end() || read_[found->second].head().id != id) return std::nullopt;
    return found->second;
  }

  // A correlation can be used when all that it refers to can: Kahn's algorithm. What it never
  // reaches refers to something that is refused, or to itself.
  void resolve() {
    std::vector<std::size_t> waits_for(read_.size(), 0);
    std::vector<std::vector<std::size_t>> awaited_by(read_.size());
    std::deque<std::size_t> usable;
    for (std::size_t i = 0; i < read_.size(); ++i) {
      if (faults_[i]) continue;
      if (const auto* correlation = std::get_if<Correlation>(&read_[i].rule)) {
        for (const std::string& reference : correlation->rules) {
          const auto found = find(reference);
          if (!found) {
            faults_[i] =
                fmt::format("refers to the rule {}, which is not there, or was refused", reference);
            break;
          }
          ++waits_for[i];
          awaited_by[*found].push_back(i);
        }
      }
      if (!faults_[i] && waits_for[i] == 0) usable.push_back(i);
    }
    std::vector<bool> reached(read_.size(), false);
    while (!usable.empty()) {
      const std::size_t index = usable.front();
      usable.pop_front();
      reached[index] = true;
      for (const std::size_t next : awaited_by[index]) {
        if (--waits_for[next] == 0 && !faults_[next]) usable.push_back(next);
      }
    }
    for (std::size_t i = 0; i < read_.size(); ++i) {
      if (reached[i] || faults_[i]) continue;
      faults_[i] = "refers to a correlation that is refused, or through others to itself";
    }
  }

  void hand_over(std::size_t index, LoadedRules& loaded) {
    ReadRule& read = read_[index];
    if (faults_[index]) {
      loaded.refused.push_back(
          {read.head().path, read.head().line, read.column, std::move(*faults_[index])});
      return;
    }
    for (RuleNote& warning : read.warnings) loaded.warnings.push_back(std::move(warning));
    if (auto* rule = std::get_if<Rule>(&read.rule)) {
      loaded.rules.rules.push_back(std::move(*rule));
    } else {
      loaded.rules.correlations.push_back(std::move(std::get<Correlation>(read.rule)));
    }
  }

  std::vector<ReadRule> read_;
  std::vector<std::optional<std::string>> faults_;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace

const RuleHead& ReadRule::head() const {
  return std::visit([](const auto& each) -> const RuleHead& { return each.head; }, rule);
}

void link_rules(std::vector<ReadRule> read, LoadedRules& loaded) {
  Linker(std::move(read)).link(loaded);
}

}  // namespace evtxhound::rules
