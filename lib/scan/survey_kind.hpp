// The kind of event that a survey tells of: channel, provider and event code, as they stand.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/survey.hpp"

namespace evtxhound::scan {

// Kept copies of what a survey only views.
struct SurveyKind {
  SurveyKind() = default;
  explicit SurveyKind(const evtx::Survey& survey)
      : event_code(survey.event_code),
        provider(survey.provider.bytes.begin(), survey.provider.bytes.end()),
        channel(survey.channel.bytes.begin(), survey.channel.bytes.end()) {}

  [[nodiscard]] bool is_of(const evtx::Survey& survey) const {
    return event_code == survey.event_code && std::ranges::equal(provider, survey.provider.bytes) &&
           std::ranges::equal(channel, survey.channel.bytes);
  }

  [[nodiscard]] std::string provider_text() const { return text_of(provider); }
  [[nodiscard]] std::string channel_text() const { return text_of(channel); }

  std::optional<std::uint32_t> event_code;
  Buffer provider;  // UTF-16LE
  Buffer channel;   // likewise

 private:
  static std::string text_of(const Buffer& utf16) {
    return evtx::Value{evtx::ValueType::kString, utf16}.text();
  }
};

// Cheap, and different for the kinds of one log.
inline std::size_t hash_of(const evtx::Survey& survey) {
  const auto sample = [](Bytes text) -> std::uint64_t {
    return text.size() < 8 ? text.size() : load<std::uint64_t>(text, text.size() - 8);
  };
  std::uint64_t hash = survey.event_code.value_or(0) * 0x9e3779b97f4a7c15U;
  hash ^= (sample(survey.provider.bytes) + survey.provider.bytes.size()) * 0xbf58476d1ce4e5b9U;
  hash ^= (sample(survey.channel.bytes) + survey.channel.bytes.size()) * 0x94d049bb133111ebU;
  return hash ^ hash >> 29U;
}

}  // namespace evtxhound::scan
