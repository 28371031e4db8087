#include "evtxhound/match/compiled_file.hpp"

#include <fmt/format.h>

#include "evtxhound/base/build_id.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::match {
namespace {

constexpr std::size_t kDigits = 64;

std::string_view signature(Compiled kind) {
  return kind == Compiled::kIndicators ? "evtxhound.hsdb\n" : "evtxhound.rules\n";
}

// The n-th of the numbers of 64 digits. REQUIRES: content.size() >= kCompiledHeaderSize
std::string_view number(Bytes content, Compiled kind, std::size_t n) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), kCompiledHeaderSize);
  return text.substr(signature(kind).size() + n * (kDigits + 1), kDigits);
}

std::string header(Compiled kind, std::string_view made_of, Bytes payload) {
  std::string text =
      fmt::format("{}{}\n{}\n{:08x}\n", signature(kind), compiled_by(), made_of, crc32(payload));
  text.resize(kCompiledHeaderSize, ' ');
  return text;
}

}  // namespace

bool looks_compiled(Bytes content, Compiled kind) { return stands_at(content, 0, signature(kind)); }

std::string compiled_by() {
  return sha256_hex(as_bytes(fmt::format("{}\n{}\n", build_id(), Database::platform())));
}

std::variant<Bytes, CompiledFault> open_compiled(Bytes content, Compiled kind,
                                                 std::string_view made_of) {
  if (!looks_compiled(content, kind) || content.size() < kCompiledHeaderSize) {
    return CompiledFault::kDamaged;
  }
  if (number(content, kind, 0) != compiled_by()) return CompiledFault::kOtherProgram;
  if (!made_of.empty() && number(content, kind, 1) != made_of) return CompiledFault::kDamaged;
  const Bytes payload = content.subspan(kCompiledHeaderSize);
  if (!stands_at(content, 0, header(kind, number(content, kind, 1), payload)))
    return CompiledFault::kDamaged;
  return payload;
}

Buffer make_compiled(Compiled kind, std::string_view made_of, Bytes payload) {
  const std::string start = header(kind, made_of, payload);
  Buffer content(start.begin(), start.end());
  content.insert(content.end(), payload.begin(), payload.end());
  return content;
}

}  // namespace evtxhound::match
