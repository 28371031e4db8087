// Cryptographic digests (OpenSSL) and CRC32 (ISA-L, four times as fast as libdeflate 1.14 on
// processors with VPCLMULQDQ).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound {

// SHA-256, fed piece by piece. Not thread-safe; one object for one message.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(Bytes bytes);

  // The digest in lower-case hex. Call once, last.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// SHA-256 of one piece, in lower-case hex.
std::string sha256_hex(Bytes bytes);

// SHA-256 of a whole file, in lower-case hex, read block by block. `go_on` is told the size of each
// block that was read; where it answers false, the hash is left unfinished and empty. Fails, with
// the offset, where the file cannot be read.
Result<std::string> sha256_of(const ByteSource& file,
                              const std::function<bool(std::size_t bytes)>& go_on);

// CRC32 as zlib and EVTX compute it (polynomial 0x04C11DB7, reflected). `crc` continues an earlier
// piece.
std::uint32_t crc32(Bytes bytes, std::uint32_t crc = 0);

}  // namespace evtxhound
