// Defanged text, as reports write it so that nobody clicks on it, back to what it stands for.
#pragma once

#include <string>
#include <string_view>

namespace evtxhound::indicators {

// `hxxps://evil[.]com` becomes `https://evil.com`; so do `(.)`, `{.}`, `[dot]`, `[:]`, `[://]`,
// `[/]`, `[@]`, `[at]` and `\.`. A text that is not defanged stays as it is. Pure and thread-safe.
std::string refang(std::string_view text);

}  // namespace evtxhound::indicators
