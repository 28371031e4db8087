// Runs a program as a user would.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {

struct Ran {
  int status = 0;  // exit status, or 128 + signal
  std::string out;
  std::string err;
};

// A word of a shell command.
inline std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}
inline std::string quoted(const std::filesystem::path& path) { return quoted(path.string()); }

// Runs a shell command; standard input is empty.
inline Ran shell(const std::string& command) {
  const TemporaryFolder folder;
  const std::string redirected =
      "( " + command + " ) </dev/null >" + quoted(folder / "out") + " 2>" + quoted(folder / "err");
  const int status = std::system(redirected.c_str());
  if (status == -1) throw std::runtime_error("cannot run: " + command);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          read_file(folder / "out"), read_file(folder / "err")};
}

// Runs `evtxhound ARGUMENTS`.
inline Ran run_evtxhound(const std::string& arguments) {
  return shell(quoted(std::string(EVTXHOUND_PROGRAM)) + " " + arguments);
}

inline bool has_program(const std::string& name) { return shell("command -v " + name).status == 0; }

}  // namespace evtxhound::test
