// What is wrong with a rule, and where.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace evtxhound::rules {

// A place in a file. Lines and columns count from 1; columns count characters.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// Something that can be used, but looks like a mistake.
struct Doubt {
  Place place;
  std::string message;
};

// Thrown where a rule cannot be used, and caught by load_rules(), which makes a value of it: no
// function that lib/rules offers to others throws it. The message names what is wrong, not where.
class RuleFault : public std::runtime_error {
 public:
  RuleFault(Place place, const std::string& message) : std::runtime_error(message), place_(place) {}

  [[nodiscard]] Place place() const { return place_; }

 private:
  Place place_;
};

}  // namespace evtxhound::rules
