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

TEST_CASE("an imphash counts where it is called one") {
  const std::string hash = "f34d5f2d4577ed6d9ceec516c1f5a744";
  const auto wanted = indicator(Kind::kImphash, hash);
  check_rows(wanted, {{"MD5=00,IMPHASH=" + hash, hash},
                      {"imphash: " + hash, hash},
                      {R"({"ImpHash":")" + hash + "\"}", hash},
                      {"MD5=" + hash, kNone},
                      {"IMPHASH=" + hash + "0", kNone},
                      {"IMPHASH=0,MD5=" + hash, kNone},
                      {"IMPHASH " + hash, kNone},
                      {hash, kNone}});
  CHECK(found_in(wanted, event_of({{"Imphash", hash}})).size() == 1);
  CHECK(found_in(wanted, event_of({{"Md5", hash}})).empty());
}

TEST_CASE("a SID is a whole one") {
  const std::string sid = "S-1-5-21-11-22-33-500";
  check_rows(indicator(Kind::kSid, sid), {{sid, sid},
                                          {"{" + sid + "}", sid},
                                          {R"(HKU\)" + sid + R"(\Software)", sid},
                                          {R"(HKU\)" + sid + "_Classes", sid},
                                          {"(A;;GA;;;" + sid + ")", sid},
                                          {"s-1-5-21-11-22-33-500", "s-1-5-21-11-22-33-500"},
                                          {sid + "1", kNone},
                                          {sid + "-1", kNone},
                                          {"S-1-5-21-11-22-33", kNone},
                                          {"x" + sid, kNone}});
}

TEST_CASE("a GUID is found with and without braces, in any case") {
  const std::string guid = "0a1b2c3d-1111-2222-3333-abcdefabcdef";
  const std::string upper = "0A1B2C3D-1111-2222-3333-ABCDEFABCDEF";
  check_rows(indicator(Kind::kGuid, guid), {{guid, guid},
                                            {"{" + upper + "}", upper},
                                            {R"(CLSID\{)" + upper + R"(}\InProc)", upper},
                                            {"%7B" + guid + "%7D", guid},
                                            {guid + ".etl", guid},
                                            {"0" + guid, kNone},
                                            {guid + "0", kNone},
                                            {"ab-" + guid, kNone},
                                            {guid + "-ab", kNone}});
}
