#include "evtxhound/indicators/refang.hpp"

#include <catch2/catch.hpp>
#include <utility>

using evtxhound::indicators::refang;

TEST_CASE("defanged text becomes what it stands for") {
  for (const auto& [defanged, plain] : {std::pair{"hxxps://evil[.]com/a", "https://evil.com/a"},
                                        {"HXXP://evil(.)com", "http://evil.com"},
                                        {"h**p://evil{.}com", "http://evil.com"},
                                        {"http[:]//evil[dot]com", "http://evil.com"},
                                        {"https[://]evil.com[/]a", "https://evil.com/a"},
                                        {"fxp://evil.com", "ftp://evil.com"},
                                        {"hxxp[://]evil[.]com[:]8080", "http://evil.com:8080"},
                                        {"a[@]evil[DOT]com", "a@evil.com"},
                                        {"a[at]evil(dot)com", "a@evil.com"},
                                        {"evil\\.com", "evil.com"}}) {
    CAPTURE(defanged);
    CHECK(refang(defanged) == plain);
  }
}

TEST_CASE("text that is not defanged stays as it is") {
  for (const char* text : {"", "evil.com", "https://evil.com/a?b=[1]", "http://[::1]/x", "a(b)c",
                           "hxx", "[", "[.", "(dot", "x[atlas]"}) {
    CHECK(refang(text) == text);
  }
}
