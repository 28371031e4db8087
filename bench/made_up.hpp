// Names that nobody has, of the shape of those that somebody has. Pure and thread-safe.
//
// Neither a word nor a name of the stress log has a `q` or a digit in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "random.hpp"

namespace evtxhound::bench {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kLettersAndDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

// So many letters that can be spoken: consonants and vowels in turns, mostly.
std::string made_up_word(Random& random, std::size_t size);

// The last part of a domain, its dot before it: `.com`, `.co.uk`.
std::string_view made_up_ending(Random& random);

// The domains that the stress log is full of. Those up to kStressDomains are all different; the
// first label has 11 letters or more, so that what differs in its first letter alone looks the same
// eight bytes before the dot. REQUIRES: index < kStressDomains
inline constexpr std::uint32_t kStressDomains = 100'000;
std::string stress_domain(std::uint32_t index);

}  // namespace evtxhound::bench
