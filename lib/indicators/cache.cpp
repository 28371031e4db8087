#include "evtxhound/indicators/cache.hpp"

#include <fmt/format.h>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"

namespace evtxhound::indicators {
namespace {

constexpr int kFormat = 1;

std::string header(const std::string& key, Bytes payload) {
  return fmt::format("evtxhound.hsdb\n{}\n{}\n{}\n", kFormat, key, sha256_hex(payload));
}

}  // namespace

std::string cache_key(std::span<const match::Pattern> patterns) {
  Sha256 hash;
  hash.update(as_bytes(fmt::format("{}\n{}\n", kFormat, match::Database::platform())));
  for (const match::Pattern& pattern : patterns) {
    // The length before it keeps one pattern's end from passing for the next one's start.
    hash.update(as_bytes(fmt::format("{} {} {} {}\n", pattern.number, pattern.caseless,
                                     pattern.expression.size(), pattern.expression)));
  }
  return hash.hex();
}

std::optional<Buffer> read_cache(const std::filesystem::path& path, const std::string& key) {
  std::string content;
  try {
    content = read_text_file(path);
  } catch (const Failure&) {
    return std::nullopt;
  }
  const std::size_t header_size = header(key, {}).size();
  if (content.size() < header_size) return std::nullopt;
  const Bytes payload = as_bytes(content).subspan(header_size);
  if (!content.starts_with(header(key, payload))) return std::nullopt;
  return Buffer(payload.begin(), payload.end());
}

void write_cache(const std::filesystem::path& path, const std::string& key, Bytes payload) {
  const std::string start = header(key, payload);
  Buffer content(start.begin(), start.end());
  content.insert(content.end(), payload.begin(), payload.end());
  std::error_code ignored;  // a folder that is not there makes the write fail
  std::filesystem::create_directories(path.parent_path(), ignored);
  try {
    write_file_atomically(path, content);
  } catch (const Failure&) {
    return;
  }
}

}  // namespace evtxhound::indicators
