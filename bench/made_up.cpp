#include "made_up.hpp"

#include <array>

namespace evtxhound::bench {
namespace {

constexpr std::uint64_t kStressSeed = 2;

// As common as they are among the domains of threat feeds, roughly.
constexpr std::array<std::string_view, 36> kEndings = {
    ".com",  ".com",  ".com",  ".com", ".com",  ".com", ".com", ".com",   ".net",
    ".net",  ".net",  ".org",  ".org", ".info", ".xyz", ".top", ".site",  ".online",
    ".club", ".shop", ".live", ".biz", ".ru",   ".cn",  ".de",  ".in",    ".io",
    ".co",   ".me",   ".tv",   ".cc",  ".us",   ".eu",  ".pw",  ".co.uk", ".com.br"};

}  // namespace

std::string made_up_word(Random& random, std::size_t size) {
  constexpr std::string_view kConsonants = "bcdfghjklmnprstvwz";
  constexpr std::string_view kVowels = "aeiouy";
  std::string word;
  bool vowel = random.chance(30);
  while (word.size() < size) {
    word += random.one_of(vowel ? kVowels : kConsonants);
    vowel = vowel ? random.chance(10) : random.chance(80);
  }
  return word;
}

std::string_view made_up_ending(Random& random) { return random.one_of(kEndings); }

std::string stress_domain(std::uint32_t index) {
  Random random(kStressSeed, index);
  std::string domain = made_up_word(random, random.between(11, 20));
  if (random.chance(50)) domain += '.' + made_up_word(random, random.between(4, 12));
  return domain.append(made_up_ending(random));
}

}  // namespace evtxhound::bench
