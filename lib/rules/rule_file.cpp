#include "evtxhound/rules/rule_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/fault.hpp"
#include "evtxhound/rules/limits.hpp"

namespace evtxhound::rules {
namespace {

namespace fs = std::filesystem;

Failure unreadable(const fs::path& path, const std::string& why) {
  return {ExitStatus::kUsage, fmt::format("{}: {}", path.string(), why)};
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool is_rule_name(const fs::path& path) {
  const std::string extension = ascii_lower(path.extension().string());
  return extension == ".yml" || extension == ".yaml";
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (is_rule_name(entry->path()) && entry->is_regular_file(error)) {
      files.push_back(entry->path());
    }
    if (!error) entry.increment(error);
  }
  if (error) throw unreadable(folder, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<RuleFile> find_rule_files(std::span<const fs::path> paths) {
  std::vector<RuleFile> files;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& path, bool named) {
    std::error_code error;
    const fs::path canonical = fs::canonical(path, error);
    if (error) throw unreadable(path, error.message());
    if (seen.insert(canonical).second) files.push_back({path, named});
  };
  for (const fs::path& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      for (const fs::path& file : files_below(path)) add(file, false);
    } else {
      add(path, true);
    }
  }
  return files;
}

std::string read_rule_file(const fs::path& path) {
  const auto file = ReadOnlyFile::open(path);
  if (!file) throw unreadable(path, file.problem().message);
  if (file->size() > kMaxFileSize) {
    throw RuleFault({}, fmt::format("the file has {} bytes, more than a rule file may have ({})",
                                    file->size(), kMaxFileSize));
  }
  std::string text(static_cast<std::size_t>(file->size()), '\0');
  const auto size =
      file->read_at(0, MutableBytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
  if (!size) throw unreadable(path, size.problem().message);
  text.resize(*size);
  return text;
}

}  // namespace evtxhound::rules
