#include "evtxhound/indicators/host_rule.hpp"

#include <algorithm>
#include <array>

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

// Characters of a host name with its dots (RFC 1035); walks through a text stop there.
constexpr std::size_t kLongestHost = 253;

// Folder and registry key names under which a host name stands: network paths, Internet Explorer's
// zones and its storage by site, the servers of Remote Desktop. Everything else behind a single `\`
// is a file's or key's name.
constexpr std::array kHostFolders{"UNC"sv,        "Mup"sv,        "Domains"sv,
                                  "EscDomains"sv, "DOMStorage"sv, "Servers"sv};

bool is_at(CodePoint c, char32_t value) { return c.size != 0 && c.value == value; }

// Where the label starts that ends at `end`; `end` itself where there is none.
std::size_t label_begin(std::string_view text, std::size_t end) {
  std::size_t at = end;
  for (CodePoint c = char_before(text, at); c.size != 0 && is_label(c.value);
       c = char_before(text, at)) {
    at -= c.size;
    if (end - at > kLongestHost) return end;
  }
  return at;
}

// Where the host name starts that has `at` at the start of one of its labels.
std::size_t host_begin(std::string_view text, std::size_t at) {
  const std::size_t found = at;
  for (CodePoint dot = char_before(text, at); is_at(dot, U'.') && found - at <= kLongestHost;
       dot = char_before(text, at)) {
    const std::size_t label = label_begin(text, at - dot.size);
    if (label == at - dot.size) break;
    at = label;
  }
  return at;
}

// Whether `\\` at `at` can start a network path: not behind a name or a drive, where it is a
// path's separator written twice.
bool network_path_may_start(std::string_view text, std::size_t at) {
  const CodePoint before = char_before(text, at);
  if (before.size == 0) return true;
  if (before.value == U':') {
    const CodePoint drive = char_before(text, at - before.size);
    return drive.size == 0 || !is_alphanumeric(drive.value) ||
           alphanumeric_before(text, at - before.size - drive.size);
  }
  constexpr std::u32string_view kOfNames = U".~$%)";
  return !is_label(before.value) && kOfNames.find(before.value) == std::u32string_view::npos;
}

// What the `\` before a host name makes of it.
enum class Backslash { kNone, kNetworkPath, kHostFolder, kOtherFolder };

Backslash backslash_before(std::string_view text, std::size_t begin) {
  std::size_t run = begin;
  std::size_t length = 0;
  for (CodePoint c = char_before(text, run); is_at(c, U'\\'); c = char_before(text, run)) {
    run -= c.size;
    ++length;
  }
  if (length == 0) return Backslash::kNone;
  if (length > 1 && network_path_may_start(text, run)) return Backslash::kNetworkPath;
  const std::size_t folder_begin = label_begin(text, run);
  const CodePoint separator = char_before(text, folder_begin);
  const bool is_host_folder =
      separator.size != 0 && is_separator(separator.value) &&
      std::any_of(kHostFolders.begin(), kHostFolders.end(), [&](std::string_view folder) {
        return ascii_iequals(folder, text.substr(folder_begin, run - folder_begin));
      });
  return is_host_folder ? Backslash::kHostFolder : Backslash::kOtherFolder;
}

// Whether `:` at `at` starts the password of a URL's user: `http://name:secret@host/`.
bool password_follows(std::string_view text, std::size_t at) {
  const auto end = text.substr(0, at + kLongestHost).find_first_of("@/?#\\\"'<>;, \t\r\n", at + 1);
  return end != std::string_view::npos && text[end] == '@';
}

// Whether the host name that starts at `begin` ends at `end`. In a network path `@` gives the
// port (`\\host@SSL\share`), anywhere else the name before it is a user.
bool host_ends(std::string_view text, Range host, bool network_path) {
  if (name_goes_on(text, host.end)) return false;
  const CodePoint next = char_after(text, host.end);
  if (is_at(next, U'@')) return network_path;
  return !is_at(next, U':') || !is_at(char_before(text, host.begin), U'/') ||
         !password_follows(text, host.end);
}

bool label_before(std::string_view text, std::size_t at) {
  const CodePoint c = char_before(text, at);
  return c.size != 0 && is_label(c.value);
}

}  // namespace

std::optional<Range> confirm_domain(std::string_view value, Range found) {
  if (label_before(value, found.begin)) return std::nullopt;
  const Range host{host_begin(value, found.begin), found.end};
  const Backslash backslash = backslash_before(value, host.begin);
  if (backslash == Backslash::kOtherFolder) return std::nullopt;
  if (!host_ends(value, host, backslash == Backslash::kNetworkPath)) return std::nullopt;
  return host;
}

std::optional<Range> confirm_url(const Needle& needle, std::string_view value, Range found) {
  if (label_before(value, found.begin) || is_at(char_before(value, found.begin), U'.')) {
    return std::nullopt;
  }
  if (!needle.has_path) {
    return host_ends(value, found, false) ? std::optional(found) : std::nullopt;
  }
  if (needle.folder) return found;
  const CodePoint next = char_after(value, found.end);
  const bool goes_on = name_goes_on(value, found.end) || is_at(next, U'~') || is_at(next, U'+');
  return goes_on ? std::nullopt : std::optional(found);
}

std::optional<Range> confirm_email(std::string_view value, Range found) {
  const CodePoint before = char_before(value, found.begin);
  const bool local_part_goes_on =
      label_before(value, found.begin) || is_at(before, U'+') ||
      (is_at(before, U'.') && label_before(value, found.begin - before.size));
  if (local_part_goes_on || name_goes_on(value, found.end)) return std::nullopt;
  return found;
}

bool behind_folder(std::string_view value, std::size_t begin) {
  return backslash_before(value, begin) == Backslash::kOtherFolder;
}

}  // namespace evtxhound::indicators
