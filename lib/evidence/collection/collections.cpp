#include "evtxhound/evidence/collection/collections.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::evidence {
namespace {

// No collection has more than a few; a hostile archive can have millions.
constexpr std::size_t kMostFolders = 100'000;
constexpr std::size_t kMostInFolder = 16;

struct Host {
  std::string name;
  std::string_view from;

  bool operator==(const Host&) const = default;
};

using Hosts = std::map<std::string, Host>;  // by path

// The host that all signs of a kind name; none where they name several.
std::optional<std::string> host_by(const std::vector<HostSign>& signs, HostSign::Kind kind) {
  std::optional<std::string> host;
  for (const HostSign& sign : signs) {
    if (sign.kind != kind) continue;
    if (host && *host != sign.host) return std::nullopt;
    host = sign.host;
  }
  return host;
}

// The host of the longest path in `hosts` that the piece's path begins with.
const Host* host_around(const Hosts& hosts, const std::string& path) {
  for (std::size_t at = path.rfind('/'); at != std::string::npos && at > 0;
       at = path.rfind('/', at - 1)) {
    const auto found = hosts.find(path.substr(0, at + 1));
    if (found != hosts.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace

void Collections::note_file(const std::filesystem::path& path, Bytes head) {
  auto sign = read_host_sign(path.filename().string(), head);
  if (!sign) return;
  const std::string folder = path.parent_path().string();
  note(folder + "/", folder, *std::move(sign));
}

void Collections::note_member(const std::filesystem::path& container, std::string_view name,
                              Bytes head) {
  const std::size_t slash = name.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  auto sign = read_host_sign(name.substr(begin), head);
  if (!sign) return;
  const std::string_view folder = name.substr(0, begin);
  const bool is_root = folder.empty() || folder == "./";
  note(nested_path(container, folder).string(), is_root ? container.string() : std::string(),
       *std::move(sign));
}

void Collections::note(const std::string& folder, const std::string& collection, HostSign sign) {
  auto known = signs_.find(folder);
  if (known == signs_.end()) {
    if (signs_.size() >= kMostFolders) return;
    known = signs_.emplace(folder, Signs{{}, collection}).first;
  }
  auto& all = known->second.all;
  const bool is_new = std::ranges::none_of(all, [&](const HostSign& other) {
    return other.kind == sign.kind && other.host == sign.host && other.time == sign.time;
  });
  if (is_new && all.size() < kMostInFolder) all.push_back(std::move(sign));
}

// The host of a container that KAPE has written, by the log of the same run beside it.
std::optional<std::string> Collections::host_beside(Kind kind, const std::string& path) const {
  if (kind != Kind::kArchive && kind != Kind::kImage) return std::nullopt;
  std::size_t begin = path.rfind('/') + 1;
  if (path[begin] == ' ') ++begin;  // of nested_path()
  const std::string time = kape_time(std::string_view(path).substr(begin));
  const auto signs = signs_.find(path.substr(0, begin));
  if (time.empty() || signs == signs_.end()) return std::nullopt;
  std::vector<HostSign> of_run;
  for (const HostSign& sign : signs->second.all) {
    if (sign.time == time) of_run.push_back(sign);
  }
  return host_by(of_run, HostSign::Kind::kKapeLog);
}

void Collections::give_hosts(std::vector<Piece>& pieces) const {
  using Sign = HostSign::Kind;
  Hosts around;
  Hosts collections;
  for (const auto& [folder, signs] : signs_) {
    const auto client = host_by(signs.all, Sign::kClientInfo);
    const auto machine = host_by(signs.all, Sign::kKapeLog);
    const bool velociraptor = client && host_by(signs.all, Sign::kContext);
    if (velociraptor) around[folder + "uploads/"] = {*client, kHostFromVelociraptor};
    if (machine) around[folder + "C/"] = {*machine, kHostFromKape};
    if (signs.collection.empty() || velociraptor == machine.has_value()) continue;
    collections[signs.collection] =
        velociraptor ? Host{*client, kHostFromVelociraptor} : Host{*machine, kHostFromKape};
  }
  if (signs_.empty()) return;
  for (Piece& piece : pieces) {
    const std::string path = piece.path.string();
    if (const auto host = host_beside(piece.kind, path)) {
      around[path + " /"] = collections[path] = {*host, kHostFromKape};
    }
    const auto own = is_container(piece.kind) ? collections.find(path) : collections.end();
    const Host* host = own != collections.end() ? &own->second : host_around(around, path);
    if (host == nullptr) continue;
    piece.host = host->name;
    piece.host_from = host->from;
  }
}

}  // namespace evtxhound::evidence
