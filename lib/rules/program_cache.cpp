#include "evtxhound/rules/program_cache.hpp"

#include <fmt/format.h>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/mapped_file.hpp"
#include "evtxhound/base/user_cache.hpp"
#include "evtxhound/match/compiled_file.hpp"
#include "evtxhound/rules/pack_program.hpp"

namespace evtxhound::rules {
namespace {

namespace fs = std::filesystem;

std::string digest(std::span<const Rule> rules) {
  Buffer content;
  pack_compiled_of(rules, content);
  return sha256_hex(content);
}

std::optional<Program> from_cache(const fs::path& file, const std::string& made_of) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) return std::nullopt;
  const auto opened = match::open_compiled(mapped->bytes(), match::Compiled::kRules, made_of);
  const auto* const payload = std::get_if<Bytes>(&opened);
  if (payload == nullptr) return std::nullopt;
  return Program::unpack(*payload, mapped);
}

}  // namespace

Program load_or_compile(std::span<const Rule> rules, const std::optional<fs::path>& file) {
  if (!file || rules.size() < kTooFewToKeep) return Program::compile(rules);
  const std::string made_of = digest(rules);
  if (auto kept = from_cache(*file, made_of)) return std::move(*kept);
  Program compiled = Program::compile(rules);
  Buffer payload;
  compiled.pack(payload);
  write_cache(*file, match::make_compiled(match::Compiled::kRules, made_of, payload));
  return compiled;
}

std::optional<fs::path> cache_file_for(std::span<const fs::path> paths) {
  std::string names;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(path, error);
    names += (error ? path : whole).string();
    names += '\0';
  }
  return user_cache_file(fmt::format("rules-{:.16}.hsdb", sha256_hex(as_bytes(names))));
}

}  // namespace evtxhound::rules
