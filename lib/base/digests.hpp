// The digests that evidence is known by: MD5, SHA-1 and SHA-256 (OpenSSL), made in one read.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound {

// Which of them are wanted. SHA-256 alone is the fast choice: processors compute it, and not MD5.
enum class Hashes { kNone, kSha256, kAll };

// In lower-case hex; empty where they were not computed.
struct Digests {
  std::string md5;
  std::string sha1;
  std::string sha256;

  bool operator==(const Digests&) const = default;
};

// Computes digests of one message, fed piece by piece. Not thread-safe.
class Digester {
 public:
  explicit Digester(Hashes hashes);
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  void update(Bytes bytes);

  // Call once, last.
  Digests finish();

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

// The digests of a whole file, read block by block. `go_on` is told the size of each block that was
// read; where it answers false, they are left unfinished and empty. Fails, with the offset, where
// the file cannot be read.
Result<Digests> digests_of(const ByteSource& file, Hashes hashes,
                           const std::function<bool(std::size_t bytes)>& go_on);

}  // namespace evtxhound
