// Hashes and plain text.
#include "finding.hpp"

using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;

namespace {
constexpr auto kNone = std::nullopt;
}  // namespace

TEST_CASE("a hash is a token of its own, in any case") {
  const std::string md5 = "bb915073385dd16a846dfa318afa3c19";
  const std::string upper = "BB915073385DD16A846DFA318AFA3C19";
  check_rows(indicator(Kind::kMd5, md5), {{md5, md5},
                                          {"MD5=" + upper + ",SHA256=00", upper},
                                          {"SHA1=00,MD5=" + upper, upper},
                                          {"0x" + md5, md5},
                                          {"0X" + upper, upper},
                                          {md5 + ".exe", md5},
                                          {"x_" + md5 + "_y", md5},
                                          {"%3D" + md5 + "%26", md5},
                                          {"a" + md5, kNone},
                                          {"x" + md5, kNone},
                                          {"f0x" + md5, kNone},
                                          {md5 + "0", kNone},
                                          {md5 + "g", kNone},
                                          {"é" + md5, kNone},
                                          {md5 + md5, kNone}});
}

TEST_CASE("each hash kind is looked for by its digits") {
  for (const auto& [kind, size] : {std::pair{Kind::kSha1, 40U}, {Kind::kSha256, 64U}}) {
    const std::string hash(size, 'a');
    check_rows(indicator(kind, hash), {{"Hashes: " + hash, hash}, {hash + "a", kNone}});
  }
}

TEST_CASE("text is found anywhere, in any case") {
  check_rows(indicator(Kind::kText, "/Update/win32/18.12"),
             {{"https://x/electron/update/WIN32/18.12.416/RELEASES", "/update/WIN32/18.12"},
              {"/update/win32/18_12", kNone}});
  check_rows(indicator(Kind::kText, "größe"),
             {{"Die GRÖSSE", kNone}, {"Die GRÖẞE", "GRÖẞE"}, {"xgrößex", "größe"}});
}
