// Which host each piece of evidence is of, as far as the collection that it lies in says so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/evidence/collection/host_sign.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::evidence {

// Gathers the signs (host_sign.hpp) that a search comes across, in folders and in archives, and
// gives the pieces their hosts when it is over. Not thread-safe.
class Collections {
 public:
  // Takes note of a file in a folder.
  void note_file(const std::filesystem::path& path, Bytes head);

  // Takes note of a member of the archive at `container`, by its name in it.
  void note_member(const std::filesystem::path& container, std::string_view name, Bytes head);

  // Sets host and host_from of what a collection's tool has taken (`uploads/…` of Velociraptor,
  // `C/…` of KAPE, and the archive or image that KAPE made of that), at any depth, and of the
  // folder or archive that is the collection. Of collections within each other, the innermost
  // counts. A collection whose signs contradict each other is of no host.
  void give_hosts(std::vector<Piece>& pieces) const;

 private:
  // Of one folder, on disk or in an archive.
  struct Signs {
    std::vector<HostSign> all;  // no two alike
    std::string collection;     // the path of the piece that the folder is, or empty
  };

  [[nodiscard]] std::optional<std::string> host_beside(Kind kind, const std::string& path) const;
  void note(const std::string& folder, const std::string& collection, HostSign sign);

  std::map<std::string, Signs> signs_;  // by the folder's path, to its last separator
};

}  // namespace evtxhound::evidence
