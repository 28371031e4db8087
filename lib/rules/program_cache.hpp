// Compiled rules, kept for the next scan by the same rules: compiling thousands takes a second.
#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "evtxhound/rules/program.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// So few rules compile as fast as they are read back.
inline constexpr std::size_t kTooFewToKeep = 50;

// The program of the rules: taken from `file` where that was made of the same rules by the same
// program on such a machine, else compiled and left there. Without a file, or one that cannot be
// written, it does without.
Program load_or_compile(std::span<const Rule> rules,
                        const std::optional<std::filesystem::path>& file);

// The file in the user's cache folder for rules of these paths: one for each list of paths, so that
// rules that change do not fill the disk. Absent where there is no such folder.
std::optional<std::filesystem::path> cache_file_for(std::span<const std::filesystem::path> paths);

}  // namespace evtxhound::rules
