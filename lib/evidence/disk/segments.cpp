#include "evtxhound/evidence/disk/segments.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "evtxhound/base/file.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSegments = 100'000;

// The name without its dot, or nothing where it has none.
std::string suffix_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension.empty() ? extension : extension.substr(1);
}

bool is_all(const std::string& text, char from, char to) {
  return !text.empty() && std::ranges::all_of(text, [=](char c) { return c >= from && c <= to; });
}

// The place of a raw segment's suffix: its number, or its letters as a number to base 26.
std::optional<std::size_t> place_of(const std::string& suffix) {
  const bool digits = is_all(suffix, '0', '9');
  const bool letters = is_all(suffix, 'a', 'z');
  if ((!digits && !letters) || suffix.size() < 2 || suffix.size() > 5) return std::nullopt;
  std::size_t place = 0;
  for (const char c : suffix) {
    place = place * (digits ? 10 : 26) + static_cast<std::size_t>(c - (digits ? '0' : 'a'));
  }
  return place;
}

// Whether a suffix is that of a first segment: 00, 001, 0001 …, aa, aaa.
bool is_first(const std::string& suffix) {
  const auto place = place_of(suffix);
  if (!place) return false;
  return *place == 0 || (*place == 1 && is_all(suffix, '0', '9') && suffix.size() >= 3);
}

// Files of the same folder and stem, by their suffix. No links: they could lead out of the
// evidence.
std::map<std::string, fs::path> siblings(const fs::path& path) {
  std::map<std::string, fs::path> found;
  std::error_code error;
  fs::directory_iterator entry(path.parent_path(), error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().stem() == path.stem() &&
        fs::is_regular_file(entry->symlink_status(ignored))) {
      found.emplace(suffix_of(entry->path()), entry->path());
    }
  }
  return found;
}

// Segments by their place, the first one at `begin`.
Segments in_order(const std::map<std::size_t, fs::path>& placed, std::size_t begin) {
  Segments segments;
  for (const auto& [place, path] : placed) {
    if (place < begin || place - begin >= kMaxSegments) continue;
    segments.resize(place - begin);
    segments.emplace_back(path);
  }
  return segments;
}

}  // namespace

Segments raw_segments(const fs::path& first) {
  const std::string suffix = suffix_of(first);
  if (!is_first(suffix)) return {first};
  std::map<std::size_t, fs::path> placed;
  const bool digits = is_all(suffix, '0', '9');
  for (const auto& [other, path] : siblings(first)) {
    if (other.size() != suffix.size() || is_all(other, '0', '9') != digits) continue;
    if (const auto place = place_of(other)) placed.emplace(*place, path);
  }
  placed[*place_of(suffix)] = first;
  return in_order(placed, *place_of(suffix));
}

bool is_later_raw_segment(const fs::path& path) {
  const std::string suffix = suffix_of(path);
  if (!place_of(suffix) || is_first(suffix)) return false;
  const bool digits = is_all(suffix, '0', '9');
  return std::ranges::any_of(siblings(path), [&](const auto& sibling) {
    const std::string& other = sibling.first;
    return other.size() == suffix.size() && is_all(other, '0', '9') == digits && is_first(other);
  });
}

std::optional<std::uint16_t> ewf_segment_number(Bytes head) {
  constexpr std::size_t kNumber = 9;  // behind the signature and a byte that is 1
  const bool known = stands_at(head, 0, std::string_view("EVF\x09\x0d\x0a\xff\x00", 8));
  if (!known || !holds(head, kNumber, 2)) return std::nullopt;
  return load<std::uint16_t>(head, kNumber);
}

Segments ewf_segments(const fs::path& first) {
  std::map<std::size_t, fs::path> placed;
  const std::size_t length = suffix_of(first).size();
  for (const auto& [suffix, path] : siblings(first)) {
    if (suffix.size() != length) continue;
    const auto file = ReadOnlyFile::open(path);
    Buffer head(16);
    if (!file || !file->read_at(0, head)) continue;
    const auto number = ewf_segment_number(head);
    if (!number) continue;
    placed.emplace(*number, path);
    if (path == first) placed[*number] = path;
  }
  return in_order(placed, 1);
}

}  // namespace evtxhound::evidence
