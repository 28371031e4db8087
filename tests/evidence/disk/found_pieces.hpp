// What was found in disk images and other containers.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/made_disk.hpp"

namespace evtxhound::test {

// The piece whose path ends so; fails where there is none.
inline const evidence::Piece& ending_in(const evidence::Findings& findings,
                                        const std::string& end) {
  const auto found = std::ranges::find_if(findings.pieces, [&](const evidence::Piece& piece) {
    return piece.path.string().ends_with(end);
  });
  if (found == findings.pieces.end()) FAIL("no piece " << end);
  return *found;
}

// The piece at this path; fails where there is none.
inline const evidence::Piece& named(const evidence::Findings& findings, const std::string& path) {
  const auto found =
      std::ranges::find(findings.pieces, std::filesystem::path(path), &evidence::Piece::path);
  if (found == findings.pieces.end()) FAIL("no piece " << path);
  return *found;
}

inline std::string text_of(const evidence::Piece& piece) {
  const auto opened = piece.open();
  REQUIRE(opened.ok());
  return all_of(**opened);
}

}  // namespace evtxhound::test
