#include "evtxhound/scan/settings.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "evtxhound/base/build_id.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"

namespace evtxhound::scan {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_string(Hashes hashes) {
  switch (hashes) {
    case Hashes::kNone:
      return "none";
    case Hashes::kSha256:
      return "sha256";
    case Hashes::kAll:
      return "all";
  }
  return "unknown";
}

// What bears on what is found.
Json finding_options(const Options& options) {
  return {{"store", options.store == Store::kAll ? "all" : "hits"},
          {"hash", to_string(options.hash)},
          {"census", options.census},
          {"exhaustive", options.exhaustive},
          {"carve", options.carves()},
          {"raw", options.raw},
          {"engine", options.engine == evtx::Engine::kNative ? "native" : "libevtx"}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);  // paths can be no UTF-8
}

}  // namespace

Json options_json(const Options& options, const std::string& settings) {
  Json json = finding_options(options);
  json["threads"] = options.threads;
  json["resume"] = options.resume;
  std::error_code unknown;
  json["folder"] = std::filesystem::current_path(unknown).string();
  json["settings"] = settings;
  return json;
}

Json packs_json(const Options& options) {
  Json packs = Json::array();
  for (const indicators::PackSummary& pack : options.indicators->packs()) {
    packs.push_back({{"name", pack.name},
                     {"path", pack.path},
                     {"sha256", pack.sha256},
                     {"indicators", pack.indicators}});
  }
  return packs;
}

Json rules_json(const Options& options) {
  Json rules = Json::array();
  for (const rules::RulesOfPath& source : options.rules->sources) {
    rules.push_back({{"path", source.path},
                     {"rules", source.rules},
                     {"refused", source.refused},
                     {"sha256", source.sha256}});
  }
  for (const std::filesystem::path& file : options.expand) {
    const std::string text = read_text_file(file);
    rules.push_back({{"path", file.string()}, {"sha256", sha256_hex(as_bytes(text))}});
  }
  return rules;
}

std::string settings_digest(const Options& options) {
  Json json = finding_options(options);
  json["program"] = options.tool_version + " " + build_id();
  for (const indicators::PackSummary& pack : options.indicators->packs()) {
    json["packs"].push_back({pack.name, pack.sha256});
  }
  // With the paths, as they stand for a rule that has no id.
  json["rules"] = rules_json(options);
  return sha256_hex(as_bytes(dump(json)));
}

}  // namespace evtxhound::scan
