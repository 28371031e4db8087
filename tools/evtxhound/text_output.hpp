// Where a command's text goes: standard output, or a file that is there whole or not at all.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace evtxhound::tool {

// Throws Failure (kUsage) where the file is there already and `force` is not set.
void require_absent(const std::filesystem::path& file, bool force);

// Not thread-safe.
class TextOutput {
 public:
  // To `file`, or to standard output where it is empty. The file grows under the name
  // `FILE.partial` and is renamed by finish(). Throws Failure: kUsage where the file is there
  // already and `force` is not set; kCannotGoOn where it cannot be made.
  TextOutput(const std::filesystem::path& file, bool force);

  // Takes the partial file away where finish() was not reached.
  ~TextOutput();
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  // Writes whole lines. On a terminal everything but line ends that it would obey is made visible.
  // Throws Failure (kCannotGoOn) where the disk is full or the like.
  void write_lines(std::string_view lines);

  // As write_lines, of text that may hold the program's own colours and comes already made visible.
  void write_visible(std::string_view text);

  // Call once, last. Throws as write_lines.
  void finish();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] void fail() const;

  std::filesystem::path path_;     // empty: standard output
  std::filesystem::path partial_;  // empty where there is nothing to take away
  std::unique_ptr<std::FILE, Closer> file_;
  std::FILE* to_ = stdout;
  bool terminal_ = false;
};

}  // namespace evtxhound::tool
