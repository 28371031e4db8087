#include "evtxhound/indicators/infer_kind.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/ip_address.hpp"
#include "evtxhound/indicators/refang.hpp"
#include "evtxhound/indicators/registry_key.hpp"
#include "evtxhound/indicators/validate.hpp"

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

// Extensions that no top-level domain has.
constexpr std::array kExtensions{
    "exe"sv,  "dll"sv, "sys"sv,  "bat"sv,  "cmd"sv, "ps1"sv,  "psm1"sv, "vbs"sv, "vbe"sv, "js"sv,
    "jse"sv,  "wsf"sv, "hta"sv,  "msi"sv,  "scr"sv, "lnk"sv,  "iso"sv,  "img"sv, "tmp"sv, "dat"sv,
    "bin"sv,  "txt"sv, "log"sv,  "ini"sv,  "xml"sv, "json"sv, "pdf"sv,  "rtf"sv, "doc"sv, "docx"sv,
    "docm"sv, "xls"sv, "xlsx"sv, "xlsm"sv, "ppt"sv, "jar"sv,  "rar"sv,  "7z"sv,  "cab"sv, "dmg"sv,
    "ocx"sv,  "drv"sv, "cpl"sv,  "chm"sv,  "pf"sv,  "evtx"sv, "ico"sv,  "png"sv, "jpg"sv};

bool is_valid(Kind kind, std::string_view value) { return validate(kind, value).wrong.empty(); }

std::optional<Kind> hash_kind(std::string_view value) {
  if (value.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return {};
  if (value.size() == 32) return Kind::kMd5;
  if (value.size() == 40) return Kind::kSha1;
  if (value.size() == 64) return Kind::kSha256;
  return std::nullopt;
}

// An address with too many bits: no URL.
bool is_mistyped_network(std::string_view value) {
  const auto slash = value.find('/');
  return slash != std::string_view::npos && slash + 1 < value.size() &&
         value.find_first_not_of("0123456789", slash + 1) == std::string_view::npos &&
         parse_ip(value.substr(0, slash));
}

bool is_path(std::string_view value) {
  const bool drive = value.size() > 2 && value[1] == ':' && (value[2] == '\\' || value[2] == '/') &&
                     is_alphanumeric(static_cast<unsigned char>(value[0]));
  return drive || value.starts_with('/') || value.find('\\') != std::string_view::npos;
}

bool has_extension(std::string_view value) {
  const auto dot = value.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  return std::any_of(kExtensions.begin(), kExtensions.end(), [&](std::string_view extension) {
    return ascii_iequals(extension, value.substr(dot + 1));
  });
}

}  // namespace

std::optional<Kind> infer_kind(std::string_view value) {
  if (const auto hash = hash_kind(value)) return hash;
  constexpr std::size_t kGuidSize = 36;  // two more in braces; other sizes cost no look
  const bool may_be_guid = value.size() == kGuidSize || value.size() == kGuidSize + 2;
  if (may_be_guid && is_valid(Kind::kGuid, value)) return Kind::kGuid;
  if (ascii_iequals(value.substr(0, 4), "S-1-")) return Kind::kSid;
  if (value.find('\\') != std::string_view::npos &&
      parse_registry_key(value).root != RegistryRoot::kNone) {
    return Kind::kRegistryKey;
  }
  const std::string plain = refang(value);
  if (plain.find("://") != std::string::npos) return Kind::kUrl;
  // Behind the check of URLs: refanging takes the `\` of `\.`, which a path has too.
  const bool bracketed = plain.starts_with('[') && plain.ends_with(']');
  const auto host = bracketed ? plain.substr(1, plain.size() - 2) : plain;
  if (parse_network(host) || is_mistyped_network(host)) return Kind::kIp;
  if (is_valid(Kind::kDomain, plain)) {
    return has_extension(plain) ? Kind::kFileName : Kind::kDomain;
  }
  if (plain.find('@') != std::string::npos && plain.find('/') == std::string::npos &&
      is_valid(Kind::kEmail, plain)) {
    return Kind::kEmail;
  }
  if (is_path(value)) return Kind::kPath;
  if (plain.find('/') != std::string::npos && is_valid(Kind::kUrl, plain)) return Kind::kUrl;
  if (has_extension(value) && is_valid(Kind::kFileName, value)) return Kind::kFileName;
  return std::nullopt;
}

}  // namespace evtxhound::indicators
