#include "tests/support/sampled_pack.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <set>
#include <string_view>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "tests/support/both_ways.hpp"

namespace evtxhound::test {
namespace {

// std::regex recurses for each character.
constexpr std::size_t kLongestSearched = 400;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }

// A piece between `least` and `most` bytes, or a little more, from and to a border of characters.
std::string piece_of(const std::string& text, std::size_t least, std::size_t most, Random& random) {
  if (text.size() < least) return {};
  std::size_t begin = random.below(text.size() - least + 1);
  while (begin > 0 && !starts_character(text[begin])) --begin;
  std::size_t end = std::min(text.size(), begin + least + random.below(most - least + 1));
  while (end < text.size() && !starts_character(text[end])) ++end;
  return text.substr(begin, end - begin);
}

std::string in_other_case(std::string text, Random& random) {
  if (random.below(2) == 0) return text;
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      c = static_cast<char>(std::isupper(byte) != 0 ? std::tolower(byte) : std::toupper(byte));
  }
  return text;
}

// Whether a number, a time, a GUID, a SID or bytes in hex could contain it.
bool could_be_rendered(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return std::string_view("0123456789abcdefABCDEF-+.:{}#xXtTzZsSqQnNiIrRuUlL").find(c) !=
           std::string_view::npos;
  });
}

struct Form {
  const char* kind;
  std::regex form;
};

const std::array<Form, 10>& forms() {
  static const std::array<Form, 10> all = {{
      {"sha256", std::regex("\\b[0-9A-Fa-f]{64}\\b")},
      {"sha1", std::regex("\\b[0-9A-Fa-f]{40}\\b")},
      {"md5", std::regex("\\b[0-9A-Fa-f]{32}\\b")},
      {"imphash", std::regex("\\b[0-9A-Fa-f]{32}\\b")},
      {"guid", std::regex("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")},
      {"sid", std::regex("S-1-5-21(-[0-9]+)+")},
      {"ip", std::regex("\\b[0-9]{1,3}(\\.[0-9]{1,3}){3}\\b")},
      {"url", std::regex("https?://[A-Za-z0-9.-]+/[A-Za-z0-9./_-]+")},
      {"domain", std::regex("\\b([A-Za-z0-9-]+\\.)+[A-Za-z]{2,6}\\b")},
      {"email", std::regex("\\b[A-Za-z0-9._]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+\\b")},
  }};
  return all;
}

void add_paths(const std::string& value, std::vector<std::string>& lines) {
  const auto last = value.find_last_of('\\');
  if (last == std::string::npos || last == 0 || value.find_first_of("*?\n\"") != value.npos) return;
  lines.push_back(pack_line("file_name", value.substr(last + 1)));
  const auto before = value.find_last_of('\\', last - 1);
  if (before != std::string::npos) lines.push_back(pack_line("path", value.substr(before)));
  lines.push_back(pack_line("path", value));
  lines.push_back(pack_line("path", value.substr(0, last + 1)));
  if (value.starts_with("HK")) lines.push_back(pack_line("registry_key", value));
  if (value.starts_with("HK")) lines.push_back(pack_line("registry_key", value.substr(0, last)));
}

// Both ends of a piece, with anything between.
void add_regex(const std::string& piece, std::vector<std::string>& lines) {
  const bool plain = std::ranges::all_of(
      piece, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == ' '; });
  if (!plain || piece.size() < 12) return;
  lines.push_back(
      pack_line("regex", piece.substr(0, 6) + ".{1,40}" + piece.substr(piece.size() - 3)));
}

void add_forms(const std::string& value, std::vector<std::string>& lines) {
  const std::string searched = value.substr(0, kLongestSearched);
  for (const Form& form : forms()) {
    std::smatch match;
    if (std::regex_search(searched, match, form.form)) {
      lines.push_back(pack_line(form.kind, match.str()));
    }
  }
}

// What is around the first sign that has to be escaped in XML, or is not ASCII.
std::string around_special(const std::string& value) {
  const auto special = std::ranges::find_if(value, [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("\"&<>'").find(c) != std::string_view::npos;
  });
  if (special == value.end()) return {};
  auto at = static_cast<std::size_t>(special - value.begin());
  std::size_t begin = at - std::min<std::size_t>(at, 4);
  while (begin > 0 && !starts_character(value[begin])) --begin;
  std::size_t end = std::min(value.size(), at + 6);
  while (end < value.size() && !starts_character(value[end])) ++end;
  return value.substr(begin, end - begin);
}

}  // namespace

std::vector<std::string> sample_values(const std::vector<std::filesystem::path>& logs,
                                       std::size_t count, Random& random) {
  std::set<std::string> all;
  evtx::TemplateCache templates;
  evtx::ChunkReader reader(templates);
  for (const auto& path : logs) {
    const auto file = ReadOnlyFile::open(path);
    if (!file) continue;
    const std::uint64_t chunks = evtx::chunk_count(std::filesystem::file_size(path));
    for (std::uint64_t i = 0; i < chunks; ++i) {
      Buffer buffer;
      const auto chunk = evtx::read_chunk_bytes(*file, i, buffer);
      if (!chunk) continue;
      reader.open(*chunk);
      for (const evtx::RecordFrame& frame : reader.frames().records) {
        const auto event = reader.event(frame);
        if (!event) continue;
        for (const evtx::Field& field : event->data) {
          if (field.value.size() >= 4) all.insert(field.value);
        }
      }
    }
  }
  std::vector<std::string> values(all.begin(), all.end());
  for (std::size_t i = 0; i < std::min(count, values.size()); ++i) {
    std::swap(values[i], values[i + random.below(values.size() - i)]);
  }
  values.resize(std::min(count, values.size()));
  return values;
}

std::vector<std::string> lines_of(const std::vector<std::string>& values, bool numbers,
                                  Random& random) {
  std::vector<std::string> lines;
  for (const std::string& value : values) {
    const std::string piece = piece_of(value, 8, 32, random);
    if (numbers || !could_be_rendered(piece)) {
      lines.push_back(pack_line("text", in_other_case(piece, random)));
    }
    if (numbers && could_be_rendered(value)) {
      lines.push_back(pack_line("text", piece_of(value, 4, 9, random)));
    }
    if (const auto special = around_special(value); !special.empty()) {
      if (numbers || !could_be_rendered(special)) lines.push_back(pack_line("text", special));
    }
    add_paths(value, lines);
    add_regex(piece, lines);
    add_forms(value, lines);
  }
  std::erase_if(lines, [](const std::string& line) {
    return line.find('\0') != std::string::npos || line.find('\n') != std::string::npos ||
           line.find('\r') != std::string::npos;
  });
  return lines;
}

}  // namespace evtxhound::test
