#include "evtxhound/rules/event_class.hpp"

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {

// FNV-1a over ASCII lower case.
std::size_t ClassTable::Hash::operator()(std::string_view text) const {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    hash = (hash ^ static_cast<unsigned char>(lower)) * 0x100000001b3U;
  }
  return hash;
}

bool ClassTable::SameText::operator()(std::string_view a, std::string_view b) const {
  return a == b || ascii_iequals(a, b);
}

void ClassTable::add(const ClassKey& key, std::uint32_t number) {
  auto& channels = key.format == LogFormat::kWindows ? windows_ : crowdstrike_;
  Codes& codes = channels[key.channel][key.provider];
  if (key.code) {
    codes.named[*key.code] = number;
  } else {
    codes.other = number;
  }
}

// The empty text is the key of all others.
template <class T>
const T* ClassTable::find_or_other(const ByText<T>& map, std::string_view text) {
  auto at = map.find(text);
  if (at == map.end()) at = map.find(std::string_view());
  return at == map.end() ? nullptr : &at->second;
}

std::uint32_t ClassTable::find(LogFormat format, std::string_view channel,
                               std::string_view provider, std::optional<std::uint32_t> code) const {
  const auto& channels = format == LogFormat::kWindows ? windows_ : crowdstrike_;
  const ByText<Codes>* providers = find_or_other(channels, channel);
  if (providers == nullptr) return kNoClass;
  const Codes* codes = find_or_other(*providers, provider);
  if (codes == nullptr) return kNoClass;
  if (code) {
    if (const auto at = codes->named.find(*code); at != codes->named.end()) return at->second;
  }
  return codes->other;
}

}  // namespace evtxhound::rules
