#include "evtxhound/base/digests.hpp"

#include <algorithm>
#include <vector>

#include "evtxhound/base/openssl_digest.hpp"

namespace evtxhound {
namespace {

// One digest, and where it goes.
struct Context {
  OpensslDigest digest;
  std::string Digests::*into;
};

// Stays in the processor's first cache, so that the second digest of it need not fetch it again.
constexpr std::size_t kPiece = 16 * 1024;

}  // namespace

struct Digester::Contexts {
  std::vector<Context> all;
};

Digester::Digester(Hashes hashes) : contexts_(std::make_unique<Contexts>()) {
  if (hashes == Hashes::kNone) return;
  contexts_->all.push_back({OpensslDigest(EVP_sha256()), &Digests::sha256});
  if (hashes != Hashes::kAll) return;
  contexts_->all.push_back({OpensslDigest(EVP_sha1()), &Digests::sha1});
  contexts_->all.push_back({OpensslDigest(EVP_md5()), &Digests::md5});
}

Digester::~Digester() = default;

void Digester::update(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(bytes.size(), kPiece));
    for (Context& context : contexts_->all) context.digest.update(piece);
    bytes = bytes.subspan(piece.size());
  }
}

Digests Digester::finish() {
  Digests digests;
  for (Context& context : contexts_->all) digests.*context.into = context.digest.hex();
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
