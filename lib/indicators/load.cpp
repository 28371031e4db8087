#include "evtxhound/indicators/load.hpp"

#include <fmt/format.h>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/mapped_file.hpp"
#include "evtxhound/base/user_cache.hpp"
#include "evtxhound/match/compiled_file.hpp"

namespace evtxhound::indicators {
namespace {

using match::Compiled;
using match::CompiledFault;

using TellNote = std::function<void(const std::string&)>;

// A pack that is known by its hash, and read when it has to be.
struct Source {
  std::filesystem::path file;  // empty for the built-in pack
  std::string path;
  std::string sha256;
  std::shared_ptr<const MappedFile> compiled;  // of a compiled file; else null
};

std::string hash_file(const std::filesystem::path& path) {
  const auto fail = [&path](const Problem& problem) {
    return Failure(ExitStatus::kUsage, fmt::format("{}: {}", path.string(), problem.message));
  };
  const auto file = ReadOnlyFile::open(path);
  if (!file) throw fail(file.problem());
  auto hash = sha256_of(*file, [](std::size_t /*bytes*/) { return true; });
  if (!hash) throw fail(hash.problem());
  return std::move(*hash);
}

std::vector<Source> find_sources(const PackSources& sources) {
  std::vector<Source> found;
  if (sources.builtin_3cx) {
    found.push_back({{}, builtin_3cx_path(), sha256_hex(as_bytes(builtin_3cx_text())), nullptr});
  }
  for (const std::filesystem::path& file : sources.files) {
    auto mapped = MappedFile::open(file);
    if (mapped && !match::looks_compiled(mapped->bytes(), Compiled::kIndicators)) mapped = nullptr;
    std::string sha256 = mapped ? "" : hash_file(file);
    found.push_back({file, file.string(), std::move(sha256), std::move(mapped)});
  }
  return found;
}

// A pack's name goes into the case file, so it counts as well.
std::string digest(const std::vector<Source>& sources) {
  Sha256 hash;
  for (const Source& source : sources) {
    const std::string name = std::filesystem::path(source.path).filename().string();
    hash.update(as_bytes(fmt::format("{} {}\n{}\n", name.size(), name, source.sha256)));
  }
  return hash.hex();
}

IndicatorSet open_or_throw(const Source& source) {
  const auto opened = match::open_compiled(source.compiled->bytes(), Compiled::kIndicators);
  const auto* const payload = std::get_if<Bytes>(&opened);
  if (payload != nullptr) {
    if (auto set = IndicatorSet::deserialize(*payload, source.compiled)) return std::move(*set);
  }
  const bool other = std::holds_alternative<CompiledFault>(opened) &&
                     std::get<CompiledFault>(opened) == CompiledFault::kOtherProgram;
  throw Failure(
      ExitStatus::kUsage,
      fmt::format("{}: {}: compile the packs again by `evtxhound iocs compile`", source.path,
                  other ? "compiled by another version of evtxhound, or for another "
                          "processor"
                        : "damaged"));
}

// The packs that a compiled file was made of.
void add_compiled(const Source& source, std::vector<Pack>& packs) {
  const IndicatorSet set = open_or_throw(source);
  std::size_t next = 0;
  for (const PackSummary& summary : set.packs()) {
    Pack& pack = packs.emplace_back();
    pack.name = summary.name;
    pack.path = summary.path;
    pack.sha256 = summary.sha256;
    for (std::uint64_t i = 0; i < summary.indicators; ++i) {
      pack.indicators.push_back(set.indicator(next++));
    }
  }
}

std::vector<Pack> parse(const std::vector<Source>& sources, const TellNote& tell_note) {
  std::vector<Pack> packs;
  bool wrong = false;
  for (const Source& source : sources) {
    if (source.compiled) {
      add_compiled(source, packs);
      continue;
    }
    const Pack& pack =
        packs.emplace_back(source.file.empty() ? builtin_3cx_pack() : load_pack(source.file));
    wrong = wrong || pack.has_wrong();
  }
  if (wrong) {
    for (const Pack& pack : packs) {
      for (const PackNote& note : pack.notes) tell_note(format_note(pack, note));
    }
    throw Failure(ExitStatus::kUsage, "nothing was scanned: mend the indicator pack first");
  }
  return packs;
}

std::optional<IndicatorSet> from_cache(const std::filesystem::path& path,
                                       const std::vector<Source>& sources,
                                       const std::string& made_of) {
  const auto mapped = MappedFile::open(path);
  if (!mapped) return std::nullopt;
  const auto opened = match::open_compiled(mapped->bytes(), Compiled::kIndicators, made_of);
  const auto* const payload = std::get_if<Bytes>(&opened);
  if (payload == nullptr) return std::nullopt;
  auto set = IndicatorSet::deserialize(*payload, mapped);
  if (!set || set->packs().size() != sources.size()) return std::nullopt;
  std::vector<std::string> paths;
  for (const Source& source : sources) paths.push_back(source.path);
  set->set_paths(paths);
  return set;
}

}  // namespace

LoadedIndicators load_indicators(const PackSources& sources, const TellNote& tell_note) {
  const std::vector<Source> found = find_sources(sources);
  const auto tell_all = [&tell_note](const IndicatorSet& set) {
    for (const PackSummary& pack : set.packs()) {
      for (const std::string& note : pack.notes) tell_note(note);
    }
  };
  bool any_compiled = false;
  for (const Source& source : found) any_compiled = any_compiled || source.compiled;
  if (any_compiled && found.size() == 1) {
    IndicatorSet set = open_or_throw(found.front());
    tell_all(set);
    return {std::move(set), true};
  }
  const auto cache = sources.cache && !any_compiled ? cache_file_for(sources) : std::nullopt;
  const std::string made_of = cache ? digest(found) : "";
  if (cache) {
    if (auto set = from_cache(*cache, found, made_of)) {
      tell_all(*set);
      return {std::move(*set), true};
    }
  }
  IndicatorSet set(parse(found, tell_note));
  tell_all(set);
  if (cache) {
    write_cache(*cache, match::make_compiled(Compiled::kIndicators, made_of, set.serialize()));
  }
  return {std::move(set), false};
}

void write_indicators(const IndicatorSet& set, const std::filesystem::path& path) {
  std::vector<Source> sources;
  for (const PackSummary& pack : set.packs())
    sources.push_back({{}, pack.path, pack.sha256, nullptr});
  write_file_atomically(
      path, match::make_compiled(Compiled::kIndicators, digest(sources), set.serialize()));
}

std::optional<std::filesystem::path> cache_file_for(const PackSources& sources) {
  if (!sources.files.empty()) {
    return std::filesystem::path(sources.files.front().string() + ".hsdb");
  }
  if (!sources.builtin_3cx) return std::nullopt;
  return user_cache_file("3cx.hsdb");
}

}  // namespace evtxhound::indicators
