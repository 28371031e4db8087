// Records with a template of the test's own, written as Windows writes them: the definition inline
// in the first record that uses it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/writer/chunk_writer.hpp"
#include "evtxhound/evtx/writer/instance.hpp"
#include "evtxhound/evtx/writer/log_writer.hpp"

namespace evtxhound::test {

namespace writer = evtx::writer;

inline writer::Element element(std::string name, std::vector<writer::Node> content = {}) {
  return {std::move(name), evtx::kNoDependency, {}, std::move(content)};
}

inline writer::Node hole(std::uint16_t index) {
  return {writer::Substitution{index, evtx::ValueType::kString, true}};
}

// <Data Name="name">content</Data>
inline writer::Node data(std::string name, std::vector<writer::Node> content) {
  writer::Element made = element("Data", std::move(content));
  made.attributes = {{"Name", std::move(name)}};
  return {std::move(made)};
}

inline constexpr evtx::ValueType kFiletimeType = evtx::ValueType::kFiletime;
inline constexpr Filetime kForgedTime = 133'245'678'901'234'567;

// An event of this payload, such as EventData. Value 0 is TimeCreated.
inline std::shared_ptr<const writer::Template> event_template(writer::Element payload,
                                                              const std::string& computer = "PC") {
  writer::Element provider = element("Provider");
  provider.attributes = {{"Name", std::string("Provider-Of-Tests")}};
  writer::Element created = element("TimeCreated");
  created.attributes = {{"SystemTime", writer::Substitution{0, kFiletimeType, true}}};
  writer::Element root = element("Event");
  root.content = {{element("System", {{provider},
                                      {element("EventID", {{std::string("7")}})},
                                      {created},
                                      {element("Channel", {{std::string("Channel-Of-Tests")}})},
                                      {element("Computer", {{computer}})}})},
                  {std::move(payload)}};
  return std::make_shared<const writer::Template>(std::move(root));
}

// An instance of such a template: these are its values from 1 on.
inline writer::Instance event_instance(std::shared_ptr<const writer::Template> definition,
                                       std::vector<writer::Value> values = {}) {
  values.insert(values.begin(), writer::number_value(kFiletimeType, kForgedTime));
  return {std::move(definition), std::move(values)};
}

// A log of these records.
inline Buffer forge_log(const std::vector<writer::Instance>& records) {
  writer::LogWriter log;
  std::uint64_t id = 1;
  for (const writer::Instance& content : records) log.append({id++, kForgedTime, content});
  return log.finish();
}

// The last records of a log's first chunk become slack space, as where Windows writes it anew.
inline Buffer retire_records(Buffer log, std::size_t count) {
  const MutableBytes chunk = MutableBytes(log).subspan(evtx::kFileHeaderSize, evtx::kChunkSize);
  const evtx::ChunkFrames frames = evtx::find_records(chunk);
  const std::uint32_t free = count == 0 ? frames.header->free_space_offset
                                        : frames.records[frames.records.size() - count].offset;
  store(chunk, evtx::kChunkFreeSpaceOffset, free);
  store(chunk, evtx::kChunkDataChecksumOffset,
        crc32(Bytes(chunk).subspan(evtx::kChunkHeaderSize, free - evtx::kChunkHeaderSize)));
  evtx::seal_chunk_header(chunk);
  return log;
}

}  // namespace evtxhound::test
