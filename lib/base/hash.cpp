#include "evtxhound/base/hash.hpp"

#include <isa-l/crc.h>

#include <utility>

#include "evtxhound/base/digests.hpp"
#include "evtxhound/base/openssl_digest.hpp"

namespace evtxhound {

struct Sha256::Context {
  OpensslDigest digest{EVP_sha256()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}

Sha256::~Sha256() = default;

void Sha256::update(Bytes bytes) { context_->digest.update(bytes); }

std::string Sha256::hex() { return context_->digest.hex(); }

std::string sha256_hex(Bytes bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

Result<std::string> sha256_of(const ByteSource& file,
                              const std::function<bool(std::size_t bytes)>& go_on) {
  auto digests = digests_of(file, Hashes::kSha256, go_on);
  if (!digests) return digests.problem();
  return std::move(digests->sha256);
}

std::uint32_t crc32(Bytes bytes, std::uint32_t crc) {
  return crc32_gzip_refl(crc, bytes.data(), bytes.size());
}

}  // namespace evtxhound
