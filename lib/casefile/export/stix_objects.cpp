#include "evtxhound/casefile/export/stix_objects.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"
#include "evtxhound/casefile/export/stix_id.hpp"
#include "evtxhound/casefile/export/stix_pattern.hpp"

namespace evtxhound::casefile::stix {
namespace {

using Json = nlohmann::json;

// An object all of whose own properties make up its id.
Json observable(const std::string& type, const Json& properties) {
  Json object = properties;
  object["type"] = type;
  object["spec_version"] = "2.1";
  object["id"] = observable_id(type, properties);
  return object;
}

std::vector<Json> hash(const char* name, std::size_t digits, const std::string& matched) {
  const std::string value = ascii_lower(matched);
  const bool whole =
      value.size() == digits && value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!whole) return {};
  return {observable("file", {{"hashes", {{name, value}}}})};
}

std::vector<Json> file(const std::string& path) {
  const std::size_t slash = path.find_last_of("\\/");
  if (slash == std::string::npos) return {observable("file", {{"name", path}})};
  const std::string name = path.substr(slash + 1);
  if (slash == 0) return name.empty() ? std::vector<Json>() : file(name);
  const Json directory = observable("directory", {{"path", path.substr(0, slash)}});
  if (name.empty()) return {directory};
  return {observable("file", {{"name", name}, {"parent_directory_ref", directory["id"]}}),
          directory};
}

std::vector<Json> ip(const std::string& matched) {
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, matched.c_str(), bytes.data()) == 1) {
    return {observable("ipv4-addr", {{"value", matched}})};
  }
  if (inet_pton(AF_INET6, matched.c_str(), bytes.data()) == 1) {
    return {observable("ipv6-addr", {{"value", matched}})};
  }
  return {};
}

std::vector<Json> registry_key(const std::string& matched) {
  const std::string key = full_hive(matched);
  if (!ascii_lower(key).starts_with("hkey_")) return {};
  return {observable("windows-registry-key", {{"key", key}})};
}

}  // namespace

std::vector<Json> observables(std::string_view kind, const std::string& product,
                              const std::string& matched) {
  // Nothing that has a name of its own has these in it.
  const bool plain = !matched.empty() && std::none_of(matched.begin(), matched.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
  });
  if (!plain) return {};
  if (kind == "domain") return {observable("domain-name", {{"value", matched}})};
  if (kind == "url" && matched.find("://") != std::string::npos) {
    return {observable("url", {{"value", matched}})};
  }
  if (kind == "md5") return hash("MD5", 32, matched);
  if (kind == "sha1") return hash("SHA-1", 40, matched);
  if (kind == "sha256") return hash("SHA-256", 64, matched);
  if (kind == "file_name" || kind == "path") return file(matched);
  if (kind == "version" && !product.empty()) {
    const std::string name = product.substr(0, product.find('|'));
    return {observable("software", {{"name", name}, {"version", matched}})};
  }
  if (kind == "email" && matched.find('@') != std::string::npos) {
    return {observable("email-addr", {{"value", matched}})};
  }
  if (kind == "ip") return ip(matched);
  if (kind == "registry_key") return registry_key(matched);
  if (kind == "sid") return {observable("user-account", {{"user_id", matched}})};
  return {};
}

}  // namespace evtxhound::casefile::stix
