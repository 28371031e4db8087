// The cache file of a compiled database. Compiling 100,000 indicators takes seconds, reading them
// back a fraction of one.
//
// The file: `evtxhound.hsdb` and a line feed, the format number and a line feed; the key and the
// SHA-256 of the payload as 64 hexadecimal digits and a line feed each; the payload, which is
// match::Database::serialize(). Hyperscan does not check what it is given, so a file that differs
// in one byte from what was written counts as absent.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {

// What a compiled database depends on, in hexadecimal: its patterns and the platform. Being made
// from the patterns themselves, it changes when a pack changes and when the program makes other
// expressions of the same pack.
std::string cache_key(std::span<const match::Pattern> patterns);

// The payload of a cache file with this key; absent where the file is missing, unreadable, damaged
// or made for another key.
std::optional<Buffer> read_cache(const std::filesystem::path& path, const std::string& key);

// Writes a cache file whole, making its folder, or leaves things as they are where that is not
// possible.
void write_cache(const std::filesystem::path& path, const std::string& key, Bytes payload);

}  // namespace evtxhound::indicators
