#include "evtxhound/indicators/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/refang.hpp"

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLongestHost = 253;  // RFC 1035, without the root's dot
constexpr std::size_t kLongestLabel = 63;

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

bool has_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return is_space(static_cast<unsigned char>(c)); });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string label_fault(std::string_view label) {
  if (label.empty()) return "has an empty label (two dots, or a dot at an end)";
  if (label.size() > kLongestLabel) {
    return fmt::format("has a label of {} bytes, the longest has {}", label.size(), kLongestLabel);
  }
  if (label.front() == '-' || label.back() == '-') {
    return fmt::format("has a label \"{}\" with `-` at an end", label);
  }
  for (std::size_t at = 0; at < label.size();) {
    const CodePoint c = code_point_at(label, at);
    if (!is_label(c.value)) {
      return fmt::format("has a label \"{}\" with `{}`, which no host name has", label,
                         label.substr(at, c.size));
    }
    at += c.size;
  }
  return {};
}

// Why a text is no domain of two labels or more; empty where it is one.
std::string domain_fault(std::string_view domain) {
  if (domain.find("://") != std::string_view::npos) {
    return "has a scheme: leave it out, or give it the kind url";
  }
  if (domain.find_first_of("/?#") != std::string_view::npos) {
    return "has a path: leave it out, or give it the kind url";
  }
  if (domain.find('@') != std::string_view::npos) {
    return "has an `@`: an e-mail address has the kind email";
  }
  if (domain.find(':') != std::string_view::npos) return "has a port: leave it out";
  if (domain.starts_with("*.") || domain.starts_with('.')) {
    return "starts with a wildcard: subdomains are found anyway, leave it out";
  }
  if (domain.size() > kLongestHost) {
    return fmt::format("has {} bytes, the longest domain has {}", domain.size(), kLongestHost);
  }
  const auto labels = split(domain, '.');
  for (const auto label : labels) {
    if (auto fault = label_fault(label); !fault.empty()) return fault;
  }
  if (labels.size() < 2) return "is one label: all of its domains would be hits";
  if (all_digits(labels.back()))
    return "is an IP address or ends in a number: no domain; an address has the kind ip";
  return {};
}

void check_domain(Validated& out) {
  out.value = ascii_lower(out.value);
  if (out.value.size() > 1 && out.value.ends_with('.')) {
    out.value.pop_back();
    out.doubtful.push_back(fmt::format("the root's dot at the end is left out: {}", out.value));
  }
  if (const auto fault = domain_fault(out.value); !fault.empty()) {
    out.wrong = fmt::format("invalid domain: \"{}\" {}", out.value, fault);
  } else if (!is_ascii(out.value)) {
    out.doubtful.emplace_back(
        "a domain in letters beyond ASCII: logs mostly have its xn-- form, list that as well");
  }
}

bool is_ipv4(std::string_view host) {
  const auto parts = split(host, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return part.size() <= 3 && all_digits(part);
         });
}

std::string host_fault(std::string_view host) {
  const auto colon = host.rfind(':');
  const bool ipv6 = host.starts_with('[');
  if (!ipv6 && colon != std::string_view::npos) {
    if (!all_digits(host.substr(colon + 1))) return "has a port that is no number";
    host = host.substr(0, colon);
  }
  if (host.empty()) return "has no host";
  if (ipv6 || is_ipv4(host)) return {};
  return domain_fault(host);
}

void check_url(Validated& out) {
  const auto scheme_end = out.value.find("://");
  const auto host_begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  const auto host_end = std::min(out.value.find_first_of("/?#", host_begin), out.value.size());
  out.value =
      ascii_lower(std::string_view(out.value).substr(0, host_end)) + out.value.substr(host_end);
  const auto host = std::string_view(out.value).substr(host_begin, host_end - host_begin);
  std::string fault;
  if (has_space(out.value)) {
    fault = "has white space";
  } else if (out.value.find('*') != std::string::npos) {
    fault = "has a wildcard, which URLs do not support: one that ends in / covers all below it";
  } else if (scheme_end == 0) {
    fault = "has no scheme before ://";
  } else {
    fault = host_fault(host);
  }
  if (!fault.empty()) out.wrong = fmt::format("invalid URL: \"{}\" {}", out.value, fault);
}

struct HashKind {
  Kind kind;
  std::string_view name;
  std::size_t digits;
  std::string_view of_nothing;  // the hash of an empty file
};

constexpr std::array kHashKinds{
    HashKind{Kind::kMd5, "MD5", 32, "d41d8cd98f00b204e9800998ecf8427e"},
    HashKind{Kind::kSha1, "SHA-1", 40, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    HashKind{Kind::kSha256, "SHA-256", 64,
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
};

constexpr HashKind kImphash{Kind::kImphash, "imphash", 32, kHashKinds[0].of_nothing};

void check_hash(Validated& out, const HashKind& hash) {
  out.value = ascii_lower(out.value);
  const auto bad = out.value.find_first_not_of("0123456789abcdef");
  if (bad != std::string::npos) {
    out.wrong = fmt::format("no {}: `{}` at its character {} is no hexadecimal digit", hash.name,
                            out.value.substr(bad, code_point_at(out.value, bad).size), bad + 1);
    return;
  }
  if (out.value.size() != hash.digits) {
    out.wrong = fmt::format("wrong hash length: {} has {} digits, this has {}", hash.name,
                            hash.digits, out.value.size());
    for (const HashKind& other : kHashKinds) {
      if (other.digits == out.value.size()) out.wrong += fmt::format(", as {} has", other.name);
    }
    return;
  }
  if (out.value == hash.of_nothing) {
    out.doubtful.emplace_back("the hash of an empty file: it says nothing about malware");
  } else if (out.value.find_first_not_of('0') == std::string::npos) {
    out.doubtful.emplace_back("a hash of zeros: logs have it where a hash is unknown");
  }
}

void check_version(Validated& out) {
  const auto parts = split(out.value, '.');
  if (parts.size() < 2 || !std::all_of(parts.begin(), parts.end(), all_digits)) {
    out.wrong =
        fmt::format("invalid version: \"{}\" is not numbers with dots, as in 18.12.416", out.value);
  }
}

void check_email(Validated& out) {
  out.value = ascii_lower(out.value);
  const auto at = out.value.find('@');
  std::string fault;
  if (at == std::string::npos) {
    fault = "has no `@`";
  } else if (at == 0) {
    fault = "has nothing before the `@`";
  } else if (has_space(out.value)) {
    fault = "has white space";
  } else {
    fault = domain_fault(std::string_view(out.value).substr(at + 1));
  }
  if (!fault.empty())
    out.wrong = fmt::format("invalid e-mail address: \"{}\" {}", out.value, fault);
}

void check_text(Validated& out) {
  if (out.value.size() < kShortestText) {
    out.wrong =
        fmt::format("a text of fewer than {} characters would be found everywhere", kShortestText);
  }
}

void check_kind(Kind kind, Validated& out) {
  switch (kind) {
    case Kind::kDomain:
      return check_domain(out);
    case Kind::kUrl:
      return check_url(out);
    case Kind::kMd5:
      return check_hash(out, kHashKinds[0]);
    case Kind::kSha1:
      return check_hash(out, kHashKinds[1]);
    case Kind::kSha256:
      return check_hash(out, kHashKinds[2]);
    case Kind::kVersion:
      return check_version(out);
    case Kind::kFileName:
      return check_file_name(out);
    case Kind::kPath:
      return check_path(out);
    case Kind::kEmail:
      return check_email(out);
    case Kind::kText:
      return check_text(out);
    case Kind::kIp:
      return check_ip(out);
    case Kind::kImphash:
      return check_hash(out, kImphash);
    case Kind::kRegistryKey:
      return check_registry_key(out);
    case Kind::kSid:
      return check_sid(out);
    case Kind::kGuid:
      return check_guid(out);
    case Kind::kRegex:
      return check_regex(out);
  }
}

}  // namespace

Validated validate(Kind kind, std::string_view value) {
  Validated out;
  out.value = trim(value);
  if (out.value.empty()) {
    out.wrong = "no value";
    return out;
  }
  const bool control = std::any_of(out.value.begin(), out.value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
  });
  if (control) {
    out.wrong = "a control character (a line break, a tab …) within the value";
    return out;
  }
  if (out.value.size() != value.size()) {
    out.doubtful.emplace_back("white space around the value is left out");
  }
  if (kind == Kind::kDomain || kind == Kind::kUrl || kind == Kind::kEmail || kind == Kind::kIp) {
    if (auto plain = refang(out.value); plain != out.value) {
      out.doubtful.push_back(fmt::format(R"(defanged: "{}" is read as "{}")", out.value, plain));
      out.value = std::move(plain);
    }
  }
  check_kind(kind, out);
  return out;
}

std::string product_fault(std::string_view products) {
  if (trim(products).empty()) return "a version without its product: name it in the product column";
  for (const auto name : split(products, '|')) {
    if (trim(name).size() < 2) {
      return "a product's name is missing or of one character: they are separated by `|`";
    }
  }
  return {};
}

}  // namespace evtxhound::indicators
