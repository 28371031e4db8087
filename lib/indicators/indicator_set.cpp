#include "evtxhound/indicators/indicator_set.hpp"

#include <algorithm>
#include <cstdlib>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/indicators/cache.hpp"

namespace evtxhound::indicators {
namespace {

std::vector<Indicator> gather(std::span<const Pack> packs) {
  std::vector<Indicator> indicators;
  for (const Pack& pack : packs) {
    indicators.insert(indicators.end(), pack.indicators.begin(), pack.indicators.end());
  }
  return indicators;
}

std::vector<Needle> make_needles(const std::vector<Indicator>& indicators) {
  std::vector<Needle> needles;
  std::transform(indicators.begin(), indicators.end(), std::back_inserter(needles), make_needle);
  return needles;
}

std::vector<match::Pattern> make_patterns(const std::vector<Needle>& needles) {
  std::vector<match::Pattern> patterns;
  for (std::size_t i = 0; i < needles.size(); ++i) {
    for (Anchor& anchor : anchors(needles[i])) {
      // An expression says itself how case counts.
      patterns.push_back(
          {static_cast<match::PatternNumber>(i),
           anchor.is_expression ? std::move(anchor.text) : match::literal(anchor.text),
           !anchor.is_expression});
    }
  }
  return patterns;
}

std::optional<match::Database> from_cache_file(const std::filesystem::path& path,
                                               const std::string& key) {
  const auto payload = read_cache(path, key);
  if (!payload) return std::nullopt;
  try {
    return match::Database::deserialize(*payload);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

match::Database make_database(const std::vector<Needle>& needles,
                              const std::optional<std::filesystem::path>& cache_file,
                              bool& from_cache) {
  const auto patterns = make_patterns(needles);
  if (!cache_file) return match::Database::compile(patterns);
  const std::string key = cache_key(patterns);
  if (auto cached = from_cache_file(*cache_file, key)) {
    from_cache = true;
    return std::move(*cached);
  }
  auto database = match::Database::compile(patterns);
  write_cache(*cache_file, key, database.serialize());
  return database;
}

}  // namespace

IndicatorSet::IndicatorSet(std::span<const Pack> packs,
                           const std::optional<std::filesystem::path>& cache_file)
    : indicators_(gather(packs)),
      needles_(make_needles(indicators_)),
      database_(make_database(needles_, cache_file, from_cache_)) {}

std::optional<std::filesystem::path> cache_file_for(std::span<const Pack> packs) {
  const std::string built_in = builtin_3cx_pack().path;
  const auto file = std::find_if(packs.begin(), packs.end(),
                                 [&](const Pack& pack) { return pack.path != built_in; });
  if (file != packs.end()) return std::filesystem::path(file->path + ".hsdb");
  if (packs.empty()) return std::nullopt;
  // The XDG Base Directory Specification: a relative path there counts as unset.
  const char* cache_home = std::getenv("XDG_CACHE_HOME");
  std::filesystem::path folder = cache_home != nullptr ? cache_home : "";
  if (!folder.is_absolute()) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return std::nullopt;
    folder = std::filesystem::path(home) / ".cache";
  }
  return folder / "evtxhound" / "3cx.hsdb";
}

}  // namespace evtxhound::indicators
