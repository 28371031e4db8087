// Writes bytes that are made to make carving slow, to measure with: NAME MEBIBYTES FILE. Without
// arguments, says which there are.
#include <fstream>
#include <iostream>

#include "tests/support/carve_shapes.hpp"

int main(int argc, char** argv) {
  if (argc != 4) {
    for (const auto& shape : evtxhound::test::carve_shapes()) {
      std::cout << shape.name << '\t' << shape.what << '\n';
    }
    return argc == 1 ? 0 : 2;
  }
  for (const auto& shape : evtxhound::test::carve_shapes()) {
    if (shape.name != argv[1]) continue;
    const auto bytes = shape.make(std::stoul(argv[2]) << 20U);
    std::ofstream out(argv[3], std::ios::binary);
    out << "no log\n";  // whose chunks would stand at known places
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    return out ? 0 : 3;
  }
  return 2;
}
