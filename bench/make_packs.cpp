// evtxhound_make_packs: makes indicator packs to measure with, up to a million indicators.
//
// Nobody's feed may be copied into a benchmark, and none has the shapes that are slow. So these are
// made up, of the kinds, lengths and characters that feeds have, and always the same bytes. None of
// their indicators stands in the stress log, and none in a real log unless by a rare accident.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/human.hpp"
#include "made_up.hpp"
#include "program.hpp"
#include "random.hpp"

namespace evtxhound::bench {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path out;
  std::uint32_t divide = 1;
  bool force = false;
};

// Every domain of the stress log, and the domains that these are subdomains of.
std::unordered_set<std::string> stress_names() {
  std::unordered_set<std::string> names;
  for (std::uint32_t i = 0; i < kStressDomains; ++i) {
    std::string name = stress_domain(i);
    while (name.find('.') != std::string::npos) {
      names.insert(name);
      name.erase(0, name.find('.') + 1);
    }
  }
  return names;
}

bool is_in_stress_log(const std::string& domain) {
  static const std::unordered_set<std::string> names = stress_names();
  return names.contains(domain);
}

// A word that no log has: with a `q` that is followed by no `u`.
std::string odd_word(Random& random, std::size_t size) {
  std::string word = made_up_word(random, size);
  const std::size_t at = random.below(static_cast<std::uint32_t>(size - 1));
  word[at] = 'q';
  word[at + 1] = random.one_of(std::string_view("aeio"));
  return word;
}

// Letters and digits, at least one of each, as a generator of names would give them. Short words
// could be somebody's: short names are of this kind.
std::string code(Random& random, std::size_t size) {
  std::string text = random.text(size, kLettersAndDigits);
  const auto digit = random.below(static_cast<std::uint32_t>(size));
  const auto letter = (digit + 1) % size;
  text[digit] = static_cast<char>('0' + random.below(10));
  text[letter] = static_cast<char>('a' + random.below(26));
  return text;
}

std::string label(Random& random, std::size_t shortest, std::size_t longest) {
  const std::size_t size =
      random.between(static_cast<std::uint32_t>(shortest), static_cast<std::uint32_t>(longest));
  if (size < 8 || random.chance(20)) return code(random, size);
  std::string word = made_up_word(random, size);
  if (size >= 11 && random.chance(15)) word[random.between(4, 6)] = '-';
  return word;
}

// One to three labels below the ending.
std::string domain(Random& random) {
  while (true) {
    std::string name = label(random, 4, 20).append(made_up_ending(random));
    if (is_in_stress_log(name)) continue;
    const std::uint32_t levels = random.below(10);
    if (levels >= 5) name.insert(0, (random.chance(30) ? "www" : label(random, 4, 12)) + '.');
    if (levels >= 8) name.insert(0, label(random, 4, 8) + '.');
    return name;
  }
}

// A public IPv4 address. Versions of programs look like addresses, but have small numbers.
std::string ipv4(Random& random) {
  std::uint32_t first = 0;
  do {
    first = random.between(23, 223);
  } while (first == 100 || first == 127 || first == 169 || first == 172 || first == 192 ||
           first == 198 || first == 203);
  return fmt::format("{}.{}.{}.{}", first, random.between(16, 254), random.between(2, 254),
                     random.between(2, 254));
}

std::string url(Random& random) {
  constexpr std::array<std::string_view, 6> kFiles = {".php", ".exe", ".zip", ".ps1", ".html", "/"};
  std::string out = random.chance(60) ? "https://" : "http://";
  out += random.chance(20) ? ipv4(random) : domain(random);
  for (std::uint32_t folders = random.below(3); folders > 0; --folders) {
    out += '/' + label(random, 4, 10);
  }
  return out + '/' + code(random, random.between(5, 12)) + std::string(random.one_of(kFiles));
}

std::string file_name(Random& random) {
  constexpr std::array<std::string_view, 12> kEndings = {".exe", ".exe", ".exe", ".dll",
                                                         ".dll", ".ps1", ".bat", ".vbs",
                                                         ".js",  ".lnk", ".iso", ".docm"};
  return label(random, 5, 16).append(random.one_of(kEndings));
}

std::string path(Random& random) {
  constexpr std::array<std::string_view, 8> kFolders = {R"(\Users\Public\Libraries\)",
                                                        R"(C:\ProgramData\)",
                                                        R"(\AppData\Local\Temp\)",
                                                        R"(\AppData\Roaming\)",
                                                        R"(C:\Windows\Temp\)",
                                                        R"(\System32\spool\drivers\color\)",
                                                        R"(C:\Perflogs\)",
                                                        R"(\$Recycle.Bin\)"};
  std::string out(random.one_of(kFolders));
  if (random.chance(50)) out += label(random, 6, 12) + '\\';
  return out + file_name(random);
}

std::string email(Random& random) {
  std::string user = label(random, 4, 10);
  if (random.chance(40)) user += '.' + label(random, 5, 10);
  return user + '@' + domain(random);
}

// What one finds in memory or on command lines: options, names of mutexes, marks of a program.
std::string text(Random& random) {
  switch (random.below(3)) {
    case 0:
      return fmt::format("--{}={}", odd_word(random, random.between(5, 9)), code(random, 6));
    case 1:
      return fmt::format(R"(Global\{}-{})", odd_word(random, random.between(6, 12)),
                         random.text(8, kHexDigits));
    default:
      return fmt::format("{} {}", odd_word(random, random.between(5, 9)),
                         odd_word(random, random.between(5, 9)));
  }
}

std::string hash(Random& random, std::size_t digits) { return random.text(digits, kHexDigits); }

struct Row {
  std::string_view kind;
  std::string value;
};

// Every hundred rows in turn have each kind as often as its share says, well mixed.
Row mixed(Random& random, std::uint32_t number) {
  const std::uint32_t percent = number % 100 * 37 % 100;
  if (percent < 40) return {"domain", domain(random)};
  if (percent < 55) return {"sha256", hash(random, 64)};
  if (percent < 65) return {"md5", hash(random, 32)};
  if (percent < 70) return {"sha1", hash(random, 40)};
  if (percent < 80) return {"ip", ipv4(random)};
  if (percent < 88) return {"url", url(random)};
  if (percent < 93) return {"file_name", file_name(random)};
  if (percent < 97) return {"path", path(random)};
  if (percent < 99) return {"email", email(random)};
  return {"text", text(random)};
}

Row slow_words(Random& random, std::uint32_t /*number*/) {
  return {"text", odd_word(random, random.between(8, 12))};
}

Row slow_suffix(Random& random, std::uint32_t /*number*/) {
  return {"domain", code(random, random.between(6, 16)) + ".cdn-static-content.com"};
}

// A domain of the stress log with another first letter, which no name there has.
Row slow_neighbours(Random& /*random*/, std::uint32_t number) {
  std::string name = stress_domain(number);
  name.front() = 'q';
  return {"domain", name};
}

Row slow_paths(Random& random, std::uint32_t /*number*/) {
  return {"path", R"(C:\Users\Public\)" + code(random, random.between(8, 16))};
}

// Names of five to seven characters.
Row slow_short(Random& random, std::uint32_t number) {
  constexpr std::array<std::string_view, 8> kFiles = {".exe", ".dll", ".ps1", ".bat",
                                                      ".vbs", ".cmd", ".hta", ".lnk"};
  constexpr std::array<std::string_view, 10> kEndings = {".co", ".ru", ".cn", ".io", ".me",
                                                         ".cc", ".pw", ".in", ".tv", ".de"};
  if (number % 2 == 0) {
    return {"file_name", code(random, random.between(2, 3)).append(random.one_of(kFiles))};
  }
  return {"domain", code(random, random.between(2, 4)).append(random.one_of(kEndings))};
}

struct Pack {
  std::string_view name;
  std::uint32_t rows;
  Row (*make)(Random& random, std::uint32_t number);
};

constexpr std::array<Pack, 8> kPacks = {
    Pack{"mixed-1000.csv", 1000, mixed},
    Pack{"mixed-100000.csv", 100'000, mixed},
    Pack{"mixed-1000000.csv", 1'000'000, mixed},
    Pack{"slow-words.csv", 100'000, slow_words},
    Pack{"slow-suffix.csv", 100'000, slow_suffix},
    Pack{"slow-neighbours.csv", kStressDomains, slow_neighbours},
    Pack{"slow-paths.csv", 100'000, slow_paths},
    Pack{"slow-short.csv", 100'000, slow_short},
};

// Every pack has a seed of its own: how many another one has changes nothing here.
std::string pack_text(const Pack& pack, std::uint64_t seed, std::uint32_t rows) {
  Random random(seed);
  std::unordered_set<std::string> seen;
  std::string out = "kind,value,product,description,severity,source\n";
  for (std::uint32_t i = 0; i < rows; ++i) {
    Row row = pack.make(random, i);
    // Two of ours being equal is an accident of short names: the next numbers give another one.
    while (!seen.insert(row.value).second) row = pack.make(random, i);
    out +=
        fmt::format("{},{},,Made up for measuring,{},Feed {} of evtxhound_make_packs\n", row.kind,
                    row.value, random.chance(30) ? "critical" : "high", random.between(1, 40));
  }
  return out;
}

void make_packs(const Options& options) {
  std::vector<std::string> names;
  for (const Pack& pack : kPacks) names.emplace_back(pack.name);
  refuse_to_overwrite(options.out, names, options.force);
  fs::create_directories(options.out);
  for (std::size_t i = 0; i < kPacks.size(); ++i) {
    const Pack& pack = kPacks[i];
    const std::uint32_t rows = std::max(pack.rows / options.divide, 1U);
    const std::string text = pack_text(pack, 100 + i, rows);
    write_file_atomically(options.out / pack.name,
                          Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    fmt::print("{}: {}, {}\n", pack.name, human_size(text.size()),
               counted(rows, "indicator", "indicators"));
  }
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Makes indicator packs to measure with, of 1,000 to 1,000,000 indicators.");
  app.name("evtxhound_make_packs");
  app.add_option("OUT", options.out, "The folder to write into; made where it is not there")
      ->required();
  app.add_option("--divide", options.divide,
                 "Only the first rows of each pack, one N-th of them: quick, for trying out")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--force", options.force, "Overwrite packs that are there already");
  app.footer(
      "Writes mixed-1000.csv, mixed-100000.csv and mixed-1000000.csv, and five packs of 100,000\n"
      "that are chosen to be slow; bench/README.md says what they are. The bytes are always the\n"
      "same.\n\n"
      "Examples:\n"
      "  evtxhound_make_packs build/bench-logs/packs\n"
      "  evtxhound_make_packs --divide 100 --force build/bench-logs/packs\n");
  return run_program(app, argc, argv, [&options] { make_packs(options); });
}

}  // namespace
}  // namespace evtxhound::bench

int main(int argc, char** argv) { return evtxhound::bench::run(argc, argv); }
