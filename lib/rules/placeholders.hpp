// What the placeholders of the modifier `expand` stand for.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::rules {

// Names and their values. Values are texts as in rules: `*` and `?` are wildcards there, too.
class Placeholders {
 public:
  // Adds to the values that the name has.
  void add(const std::string& name, const std::vector<std::string>& values);

  // Adds what a YAML file says: a map of names, without percent signs, each with a value or a list
  // of them. Throws Failure (kUsage), naming file and line, where it cannot be read or is no such
  // map, or where a name begins with `indicators.`, which has its meaning already.
  void add_file(const std::filesystem::path& path);

  // The values of a name (one at least), or null. Letters of either case are different.
  [[nodiscard]] const std::vector<std::string>* find(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace evtxhound::rules
