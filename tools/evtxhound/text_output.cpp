#include "text_output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "terminal.hpp"

namespace evtxhound::tool {

namespace fs = std::filesystem;

void require_absent(const fs::path& file, bool force) {
  std::error_code ignored;
  if (force || !fs::exists(file, ignored)) return;
  throw Failure(ExitStatus::kUsage,
                fmt::format("{}: is there already (--force overwrites it)", file.string()));
}

TextOutput::TextOutput(const fs::path& file, bool force) : path_(file) {
  if (file.empty()) {
    terminal_ = stdout_is_terminal();
    return;
  }
  require_absent(file, force);
  const fs::path partial = file.string() + ".partial";
  file_.reset(std::fopen(partial.c_str(), "wbe"));
  if (file_ == nullptr) fail();
  partial_ = partial;
  to_ = file_.get();
}

TextOutput::~TextOutput() {
  std::error_code ignored;
  if (!partial_.empty()) fs::remove(partial_, ignored);
}

void TextOutput::fail() const {
  throw Failure(ExitStatus::kCannotGoOn,
                fmt::format("{}: {}", path_.empty() ? "standard output" : path_.string(),
                            std::strerror(errno)));
}

void TextOutput::write_visible(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), to_) != text.size()) fail();
}

void TextOutput::write_lines(std::string_view lines) {
  if (!terminal_) return write_visible(lines);
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    write_visible(visible(line) + '\n');
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void TextOutput::finish() {
  if (std::fflush(to_) != 0) fail();
  if (path_.empty()) return;
  if (std::fclose(file_.release()) != 0) fail();
  std::error_code error;
  fs::rename(partial_, path_, error);
  if (error) {
    throw Failure(ExitStatus::kCannotGoOn, fmt::format("{}: {}", path_.string(), error.message()));
  }
  partial_.clear();
}

}  // namespace evtxhound::tool
