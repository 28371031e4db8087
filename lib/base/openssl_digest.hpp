// A digest by OpenSSL. Internal to lib/base.
#pragma once

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// One that is being computed, of one message, fed piece by piece. Not thread-safe.
class OpensslDigest {
 public:
  // Throws std::runtime_error where OpenSSL does not offer this kind.
  explicit OpensslDigest(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), kind, nullptr) != 1) {
      throw std::runtime_error("OpenSSL does not offer a digest");
    }
  }

  void update(Bytes bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  // In lower-case hex. Call once, last.
  std::string hex() {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    return fmt::format("{:02x}", fmt::join(Bytes(digest).first(size), ""));
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace evtxhound
