#include <catch2/catch.hpp>
#include <string>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/writer/spec.hpp"

using namespace evtxhound;

namespace {

// A log of four records in two chunks, damaged as `damage` says.
Buffer forge(const std::string& damage) {
  std::string spec = R"({"log": {"provider": "P", "channel": "C", "computer": "H",
"records_per_chunk": 2, "damage": )";
  spec.erase(spec.find('\n'), 1);
  spec += damage + "}}\n";
  for (int i = 0; i < 4; ++i) {
    spec += R"({"event_id": 1, "time": "2023-03-29T10:00:00Z", "data": {"Text": "x"}})";
    spec += '\n';
  }
  return evtx::writer::forge(spec, "spec");
}

Bytes chunk(const Buffer& log, std::size_t number) {
  return Bytes(log).subspan(4096 + 65536 * number, 65536);
}

bool file_checksum_fits(const Buffer& log) {
  return load<std::uint32_t>(log, 124) == crc32(Bytes(log).first(120));
}

bool header_checksum_fits(Bytes bytes) {
  return load<std::uint32_t>(bytes, 124) == crc32(bytes.subspan(128, 384), crc32(bytes.first(120)));
}

bool data_checksum_fits(Bytes bytes) {
  return load<std::uint32_t>(bytes, 52) ==
         crc32(bytes.subspan(512, load<std::uint32_t>(bytes, 48) - 512));
}

bool all_fit(const Buffer& log) {
  bool fit = file_checksum_fits(log);
  for (const std::size_t number : {0, 1}) {
    fit = fit && header_checksum_fits(chunk(log, number)) && data_checksum_fits(chunk(log, number));
  }
  return fit;
}

// How many bytes differ in logs of one size.
std::size_t differences(const Buffer& a, const Buffer& b) {
  REQUIRE(a.size() == b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("no damage is asked for, none is done") {
  CHECK(all_fit(forge("{}")));
  CHECK(forge(R"({"dirty": false, "file_checksum": false})") == forge("{}"));
}

TEST_CASE("a dirty log has a header of the time when it had one chunk") {
  const Buffer log = forge(R"({"dirty": true})");
  CHECK(load<std::uint32_t>(log, 120) == 1);
  CHECK(load<std::uint16_t>(log, 42) == 1);
  CHECK(load<std::uint64_t>(log, 16) == 0);
  CHECK(load<std::uint64_t>(log, 24) == 3);
  CHECK(all_fit(log));  // as measured: the flag is not covered, and the rest was sound once
}

TEST_CASE("each checksum can be made wrong alone") {
  const Buffer file = forge(R"({"file_checksum": true})");
  CHECK_FALSE(file_checksum_fits(file));
  CHECK(differences(file, forge("{}")) == 4);

  const Buffer header = forge(R"({"chunk_header_checksum": [1]})");
  CHECK_FALSE(header_checksum_fits(chunk(header, 1)));
  CHECK(data_checksum_fits(chunk(header, 1)));
  CHECK(differences(header, forge("{}")) == 4);

  const Buffer data = forge(R"({"chunk_data_checksum": [0]})");
  CHECK_FALSE(data_checksum_fits(chunk(data, 0)));
  CHECK(header_checksum_fits(chunk(data, 0)));
  CHECK(header_checksum_fits(chunk(data, 1)));

  const Buffer both = forge(R"({"chunk_header_checksum": [0], "chunk_data_checksum": [0]})");
  CHECK_FALSE(header_checksum_fits(chunk(both, 0)));
  CHECK_FALSE(data_checksum_fits(chunk(both, 0)));
}

TEST_CASE("a file is cut, a chunk header zeroed") {
  CHECK(forge(R"({"cut_at": 70000})").size() == 70000);
  CHECK(forge(R"({"cut_at": 0})").empty());
  const Buffer log = forge(R"({"zero_chunk_header": [1]})");
  const Bytes header = chunk(log, 1).first(512);
  CHECK(std::all_of(header.begin(), header.end(), [](auto byte) { return byte == 0; }));
  CHECK(load<std::uint32_t>(log, 4096 + 65536 + 512) == 0x2a2a);  // its records still stand
}

TEST_CASE("each part of a record can be damaged") {
  const Buffer sound = forge("{}");
  const std::size_t first = 4096 + 512;
  const std::size_t second = first + load<std::uint32_t>(sound, first + 4);
  const std::size_t size = load<std::uint32_t>(sound, second + 4);
  const auto damaged = [](const std::string& part) {
    return forge(R"({"records": [{"record_id": 2, "part": ")" + part + "\"}]}");
  };
  CHECK(load<std::uint32_t>(damaged("signature"), second) == 0);
  CHECK(load<std::uint32_t>(damaged("size"), second + 4) > 65536);
  CHECK(load<std::uint32_t>(damaged("size_copy"), second + size - 4) == 0);
  CHECK(load<std::uint64_t>(damaged("content"), second + 24) == ~std::uint64_t{0});
  CHECK_FALSE(data_checksum_fits(chunk(damaged("content"), 0)));
  CHECK(differences(damaged("content"), sound) <= 16);
}
