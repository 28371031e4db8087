#include "evtxhound/rules/literal_databases.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <set>
#include <string>
#include <thread>

#include "evtxhound/base/parallel.hpp"
#include "evtxhound/rules/anchor.hpp"

namespace evtxhound::rules {
namespace {

using Texts = std::set<SearchKey>;

constexpr std::size_t kLargeClass = 400;      // texts
constexpr std::size_t kSharedDatabase = 600;  // texts, about

// Whether most of the class's texts are in the database, and are most of it: then the two had
// better be one.
bool are_alike(const Texts& texts, const BuiltClass& built) {
  const auto common = static_cast<std::size_t>(std::ranges::count_if(
      built.searches, [&](const auto& search) { return texts.contains(search.first); }));
  return 2 * common >= built.searches.size() && 2 * common >= texts.size();
}

void add_texts(const BuiltClass& built, Texts& texts) {
  for (const auto& [key, uses] : built.searches) texts.insert(key);
}

// The texts of each database; each class's number is noted in it.
std::vector<Texts> divide(std::vector<BuiltClass>& built) {
  std::vector<Texts> databases;
  std::vector<std::size_t> order(built.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t i) { return built[i].searches.size(); });
  std::size_t shared = kNone;
  for (const std::size_t i : order) {
    BuiltClass& each = built[i];
    const std::size_t size = each.searches.size();
    if (size == 0) continue;
    std::size_t database = kNone;
    for (std::size_t known = 0; known < databases.size() && database == kNone; ++known) {
      if (size >= kLargeClass && are_alike(databases[known], each)) database = known;
    }
    if (database == kNone && size < kLargeClass) database = shared;
    if (database == kNone) {
      database = databases.size();
      databases.emplace_back();
    }
    add_texts(each, databases[database]);
    each.event_class.database = static_cast<std::uint32_t>(database);
    if (size < kLargeClass) {
      shared = databases[database].size() < kSharedDatabase ? database : std::size_t{kNone};
    }
  }
  return databases;
}

LiteralDatabase compile(const Texts& texts) {
  LiteralDatabase made;
  std::vector<match::Pattern> patterns;
  for (const SearchKey& key : texts) {
    const auto number = static_cast<match::PatternNumber>(patterns.size());
    const Anchor anchor{key.text, key.at_begin, key.at_end, false};
    patterns.push_back({number, anchor.bordered(), match::Pattern::Syntax::kLiteral});
    made.literals.push_back(
        {static_cast<std::uint32_t>(key.text.size()), key.at_begin, key.at_end});
  }
  made.database = match::Database::compile_literals(patterns);
  return made;
}

// What each text of the class's database means in it.
void note_uses(const Texts& texts, BuiltClass& built) {
  EventClass& out = built.event_class;
  for (const SearchKey& key : texts) {
    out.first_use.push_back(static_cast<std::uint32_t>(out.literal_uses.size()));
    const auto search = built.searches.find(key);
    if (search == built.searches.end()) continue;
    out.literal_uses.insert(out.literal_uses.end(), search->second.begin(), search->second.end());
  }
  out.first_use.push_back(static_cast<std::uint32_t>(out.literal_uses.size()));
}

}  // namespace

void make_databases(std::vector<BuiltClass>& built, ProgramParts& parts) {
  const std::vector<Texts> databases = divide(built);
  const unsigned threads = std::max(std::thread::hardware_concurrency(), 1U);
  const std::atomic<bool> never{false};
  parallel_in_order(
      databases.size(), threads, std::max<std::size_t>(databases.size(), 1), never,
      [&] { return [&](std::size_t i) { return compile(databases[i]); }; },
      [&](std::size_t, LiteralDatabase made) { parts.databases.push_back(std::move(made)); });
  for (BuiltClass& each : built) {
    if (each.event_class.database != kNone) note_uses(databases[each.event_class.database], each);
  }
  for (BuiltClass& each : built) {
    each.event_class.number = static_cast<std::uint32_t>(parts.classes.size());
    parts.classes.push_back(std::move(each.event_class));
  }
}

}  // namespace evtxhound::rules
