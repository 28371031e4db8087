#include "evtxhound/base/hash.hpp"

#include <fmt/format.h>
#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace evtxhound {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() = default;
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  if (context_->evp == nullptr || EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
}

Sha256::~Sha256() = default;

void Sha256::update(Bytes bytes) { EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()); }

std::string Sha256::hex() {
  std::array<std::uint8_t, 32> digest{};
  EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_hex(Bytes bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

Result<std::string> sha256_of(const ByteSource& file,
                              const std::function<bool(std::size_t bytes)>& go_on) {
  Sha256 hash;
  Buffer block(std::size_t{1} << 18U);  // stays in the processor's cache
  for (std::uint64_t offset = 0; offset < file.size(); offset += block.size()) {
    const auto got = file.read_at(offset, block);
    if (!got) return got.problem();
    hash.update(Bytes(block).first(*got));
    if (!go_on(*got)) return std::string();
  }
  return hash.hex();
}

std::uint32_t crc32(Bytes bytes, std::uint32_t crc) {
  return crc32_gzip_refl(crc, bytes.data(), bytes.size());
}

}  // namespace evtxhound
