#include "evtxhound/rules/reading.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <optional>

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

struct Word {
  std::string_view from;
  std::string_view to;
};

// Messages of msobjs.dll, as records have them and as they read in English.
constexpr std::array kRegistryEvents = {
    Word{"%%1904", "SetValue"},    Word{"New registry value created", "SetValue"},
    Word{"%%1905", "SetValue"},    Word{"Existing registry value modified", "SetValue"},
    Word{"%%1906", "DeleteValue"}, Word{"Registry value deleted", "DeleteValue"},
};

// %%14592 is inbound; CrowdStrike counts from 0, outbound.
constexpr std::array kDirections = {
    Word{"%%14593", "true"},  Word{"Outbound", "true"}, Word{"0", "true"},
    Word{"%%14592", "false"}, Word{"Inbound", "false"}, Word{"1", "false"},
};

constexpr std::array kProtocols = {Word{"6", "tcp"}, Word{"17", "udp"}};

// Mandatory labels: the last part of the SID, and Sysmon's word.
constexpr std::array kIntegrityLevels = {
    Word{"0", "Untrusted"}, Word{"4096", "Low"},   Word{"8192", "Medium"},
    Word{"8448", "Medium"}, Word{"12288", "High"}, Word{"16384", "System"},
};

constexpr std::string_view kLabelPrefix = "S-1-16-";

// What Sysmon writes for the roots of the registry's tree.
constexpr std::array kRoots = {Word{"\\REGISTRY\\MACHINE", "HKLM"},
                               Word{"\\REGISTRY\\USER", "HKU"}};

template <std::size_t kSize>
std::string_view translated(const std::array<Word, kSize>& words, std::string_view text) {
  for (const Word& word : words) {
    if (word.from == text) return word.to;
  }
  return {};
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

void read_hash(std::string_view value, std::string_view key, ReadTexts& out) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view part = value.substr(0, comma);
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && ascii_iequals(part.substr(0, equals), key)) {
      out.add().append(part.substr(equals + 1));
      return;
    }
    if (comma == std::string_view::npos) return;
    value.remove_prefix(comma + 1);
  }
}

void read_integrity(std::string_view value, ReadTexts& out) {
  std::string_view level = value;
  if (level.starts_with(kLabelPrefix)) level.remove_prefix(kLabelPrefix.size());
  const std::string_view word = translated(kIntegrityLevels, level);
  if (word.empty()) {
    out.add().append(value);
    return;
  }
  out.add().append(kLabelPrefix).append(level);
  out.add().append(word);
}

void read_registry_key(std::string_view key, std::string_view name, ReadTexts& out) {
  std::string& text = out.add();
  for (const Word& root : kRoots) {
    if (!ascii_iequals(key.substr(0, root.from.size()), root.from)) continue;
    if (key.size() == root.from.size() || key[root.from.size()] == '\\') {
      text.append(root.to);
      key.remove_prefix(root.from.size());
      break;
    }
  }
  text.append(key);
  if (!name.empty()) text.append("\\").append(name);
}

// REG_DWORD and REG_QWORD by their messages' numbers.
void read_registry_data(std::string_view value, std::string_view type, ReadTexts& out) {
  out.add().append(value);
  const auto number = number_of(value);
  if (!number) return;
  if (type == "%%1876" || type == "REG_DWORD") {
    fmt::format_to(std::back_inserter(out.add()), "DWORD (0x{:08x})", *number & 0xFFFFFFFFU);
  } else if (type == "%%1883" || type == "REG_QWORD") {
    fmt::format_to(std::back_inserter(out.add()), "QWORD (0x{:08x}-0x{:08x})", *number >> 32U,
                   *number & 0xFFFFFFFFU);
  }
}

void read_decimal(std::string_view value, ReadTexts& out) {
  if (const auto number = number_of(value)) {
    fmt::format_to(std::back_inserter(out.add()), "{}", *number);
  } else {
    out.add().append(value);
  }
}

void read_base_name(std::string_view value, ReadTexts& out) {
  out.add().append(value);
  if (value.empty() || value.find_first_of("\\/") != std::string_view::npos) return;
  out.add().append("\\").append(value);
}

// The value itself where the word for it is not known.
void read_word(std::string_view word, std::string_view value, ReadTexts& out) {
  out.add().append(word.empty() ? value : word);
}

}  // namespace

std::string& ReadTexts::add() {
  std::string& text = texts_.at(count_++);
  text.clear();
  return text;
}

void read(Reading reading, std::string_view value, std::string_view other, ReadTexts& out) {
  out.clear();
  switch (reading) {
    case Reading::kPlain:
      out.add().append(value);
      break;
    case Reading::kHash:
      read_hash(value, other, out);
      break;
    case Reading::kKeyed:
      out.add().append(other).append("=").append(value);
      break;
    case Reading::kDecimal:
      read_decimal(value, out);
      break;
    case Reading::kBaseName:
      read_base_name(value, out);
      break;
    case Reading::kAccount:
      if (!other.empty()) {
        out.add().append(other).append("\\").append(value);
      } else {
        out.add().append(value);
      }
      break;
    case Reading::kIntegrity:
      read_integrity(value, out);
      break;
    case Reading::kRegistryKey:
      read_registry_key(value, other, out);
      break;
    case Reading::kRegistryData:
      read_registry_data(value, other, out);
      break;
    case Reading::kRegistryEvent:
      read_word(translated(kRegistryEvents, value), value, out);
      break;
    case Reading::kDirection:
      read_word(translated(kDirections, value), value, out);
      break;
    case Reading::kProtocol: {
      out.add().append(value);
      if (const auto word = translated(kProtocols, value); !word.empty()) out.add().append(word);
      break;
    }
  }
}

}  // namespace evtxhound::rules
