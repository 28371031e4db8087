// The program as a process that can be stopped in the middle.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace evtxhound::test {

// Runs `evtxhound ARGUMENTS...` with its output thrown away, from construction to its end.
class Process {
 public:
  explicit Process(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {EVTXHOUND_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    child_ = ::fork();
    if (child_ < 0) throw std::runtime_error("fork");
    if (child_ == 0) {
      const int nowhere = ::open("/dev/null", O_RDWR);
      for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
  }
  ~Process() {
    if (child_ > 0) end(SIGKILL);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Whether it has ended by itself.
  bool has_ended() {
    if (child_ > 0 && ::waitpid(child_, &status_, WNOHANG) == child_) child_ = -1;
    return child_ < 0;
  }

  // Sends a signal, where it has not ended, and waits for the end. Returns its exit status, or 128
  // and the signal that ended it.
  int end(int signal) {
    if (child_ > 0) ::kill(child_, signal);
    return wait();
  }

  // Waits for its end. Returns as end().
  int wait() {
    if (child_ > 0) ::waitpid(child_, &status_, 0);
    child_ = -1;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

 private:
  pid_t child_ = -1;
  int status_ = 0;
};

}  // namespace evtxhound::test
