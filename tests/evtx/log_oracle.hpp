// What other programs read in a log, in a form that can be compared.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace evtxhound::test {

// The path of a program on PATH or in ~/.cargo/bin. Where there is none, says "SKIPPED: why".
std::optional<std::string> find_program(const std::string& name);

// The path of evtx_dump 0.15.1: how it differs from evtxhound is known of one version. Where there
// is none, says "SKIPPED: why".
std::optional<std::string> find_evtx_dump();

// An event as a program rendered it: the texts and attributes of <System> as `EventID`,
// `TimeCreated/SystemTime` …, and the payload's elements that hold no others, in their order. A
// <Data> goes by its Name.
struct RenderedEvent {
  std::vector<std::pair<std::string, std::string>> system;
  std::vector<std::pair<std::string, std::string>> payload;

  // The text of a System field; empty where there is none.
  [[nodiscard]] std::string field(const std::string& name) const;
};

// The events in a program's XML output, which may hold other lines in between. Throws
// std::runtime_error where an event is not well-formed.
std::vector<RenderedEvent> parse_events(const std::string& output);

}  // namespace evtxhound::test
