// Tables of expected rows, as they stand beside the made logs.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace evtxhound::test {

using TsvRows = std::set<std::vector<std::string>>;

// The rows of a file of values separated by tabs, without its first line, the names of the columns.
inline TsvRows tsv_rows(const std::filesystem::path& path) {
  TsvRows all;
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    all.insert(row);
  }
  return all;
}

}  // namespace evtxhound::test
