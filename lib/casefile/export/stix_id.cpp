#include "evtxhound/casefile/export/stix_id.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::casefile::stix {
namespace {

// Given by STIX 2.1 for observables, and for nothing else.
constexpr std::string_view kObservables = "00abedb4-aa42-466c-9c01-fed23315a9b7";
// This project's own, drawn at random.
constexpr std::string_view kOurs = "6c0b9f2e-7d53-4a1c-8f0e-3b5d1e94a7c2";

std::string bytes_of(std::string_view uuid) {
  std::string digits;
  for (const char c : uuid) digits += c == '-' ? std::string() : std::string(1, c);
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return out;
}

// JSON as RFC 8785 wants it: keys in order, no spaces. All that stands in ids are texts, lists,
// objects and whole numbers, for which nlohmann writes exactly that.
std::string canonical(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string uuid5(std::string_view space, std::string_view name) {
  const std::string message = bytes_of(space).append(name);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(message.data(), message.size(), digest.data(), nullptr, EVP_sha1(), nullptr) !=
      1) {
    throw Failure(ExitStatus::kCannotGoOn, "SHA-1 is not to be had from OpenSSL");
  }
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0FU) | 0x50U);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3FU) | 0x80U);
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", digest[i]);
  }
  return out;
}

std::string observable_id(const std::string& type, const nlohmann::json& contributing) {
  return type + "--" + uuid5(kObservables, canonical(contributing));
}

std::string object_id(const nlohmann::json& object) {
  return object.at("type").get<std::string>() + "--" + uuid5(kOurs, canonical(object));
}

}  // namespace evtxhound::casefile::stix
