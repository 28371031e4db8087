// Which class an event is of: its format, channel, provider and event id, as far as a rule
// distinguishes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evtxhound/rules/log_source.hpp"

namespace evtxhound::rules {

// A class by what its events have in common. Empty texts stand for all that no rule names.
struct ClassKey {
  LogFormat format = LogFormat::kWindows;
  std::string channel;                // in lower case
  std::string provider;               // likewise
  std::optional<std::uint32_t> code;  // absent: none that a rule names
  friend auto operator<=>(const ClassKey&, const ClassKey&) = default;
};

// Immutable once filled: any number of threads may share one.
class ClassTable {
 public:
  static constexpr std::uint32_t kNoClass = 0xFFFFFFFFU;

  // Event ids that are told apart in a channel are those of its keys.
  void add(const ClassKey& key, std::uint32_t number);

  // The number of the class; kNoClass where no rule applies. ASCII letters count in any case.
  [[nodiscard]] std::uint32_t find(LogFormat format, std::string_view channel,
                                   std::string_view provider,
                                   std::optional<std::uint32_t> code) const;

 private:
  // The classes of one channel and provider.
  struct Codes {
    std::unordered_map<std::uint32_t, std::uint32_t> named;
    std::uint32_t other = kNoClass;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  struct SameText {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, SameText>;
  template <class T>
  static const T* find_or_other(const ByText<T>& map, std::string_view text);

  ByText<ByText<Codes>> windows_;  // channel -> provider
  ByText<ByText<Codes>> crowdstrike_;
};

}  // namespace evtxhound::rules
