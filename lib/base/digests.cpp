#include "evtxhound/base/digests.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace evtxhound {
namespace {

// One digest that is being computed.
class Context {
 public:
  Context(const EVP_MD* kind, std::string Digests::*into) : evp_(EVP_MD_CTX_new()), into_(into) {
    if (evp_ == nullptr || EVP_DigestInit_ex(evp_.get(), kind, nullptr) != 1) {
      throw std::runtime_error("OpenSSL does not offer a digest");
    }
  }

  void update(Bytes bytes) { EVP_DigestUpdate(evp_.get(), bytes.data(), bytes.size()); }

  void finish(Digests& digests) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(evp_.get(), digest.data(), &size);
    digests.*into_ = fmt::format("{:02x}", fmt::join(Bytes(digest).first(size), ""));
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> evp_;
  std::string Digests::*into_;
};

// Stays in the processor's first cache, so that the second digest of it need not fetch it again.
constexpr std::size_t kPiece = 16 * 1024;

}  // namespace

struct Digester::Contexts {
  std::vector<Context> all;
};

Digester::Digester(Hashes hashes) : contexts_(std::make_unique<Contexts>()) {
  if (hashes == Hashes::kNone) return;
  contexts_->all.emplace_back(EVP_sha256(), &Digests::sha256);
  if (hashes != Hashes::kAll) return;
  contexts_->all.emplace_back(EVP_sha1(), &Digests::sha1);
  contexts_->all.emplace_back(EVP_md5(), &Digests::md5);
}

Digester::~Digester() = default;

void Digester::update(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(bytes.size(), kPiece));
    for (Context& context : contexts_->all) context.update(piece);
    bytes = bytes.subspan(piece.size());
  }
}

Digests Digester::finish() {
  Digests digests;
  for (Context& context : contexts_->all) context.finish(digests);
  return digests;
}

Result<Digests> digests_of(const ByteSource& file, Hashes hashes,
                           const std::function<bool(std::size_t bytes)>& go_on) {
  Digester digester(hashes);
  Buffer block(std::size_t{1} << 18U);  // stays in the processor's cache
  for (std::uint64_t offset = 0; offset < file.size(); offset += block.size()) {
    const auto got = file.read_at(offset, block);
    if (!got) return got.problem();
    digester.update(Bytes(block).first(*got));
    if (!go_on(*got)) return Digests();
  }
  return digester.finish();
}

}  // namespace evtxhound
