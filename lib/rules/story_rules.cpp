#include "evtxhound/rules/story_rules.hpp"

#include <string_view>

namespace evtxhound::embedded {
extern const std::string_view kRule3cxNetwork;
extern const std::string_view kRule3cxHunting;
extern const std::string_view kRule3cxVulnerable;
extern const std::string_view kRule3cxChrome;
extern const std::string_view kRule3cxFirefox;
}  // namespace evtxhound::embedded

namespace evtxhound::rules {

std::vector<RuleText> story_rules() {
  const auto text = [](const char* name, std::string_view yaml) {
    return RuleText{std::string("builtin:3cx/") + name + ".yml", std::string(yaml)};
  };
  return {text("3cx_supply_chain_attack_network_indicators", embedded::kRule3cxNetwork),
          text("hunting_3cxdesktopapp_software", embedded::kRule3cxHunting),
          text("windows_vulnerable_3cx_software", embedded::kRule3cxVulnerable),
          text("non_chrome_process_accessing_chrome_default_dir", embedded::kRule3cxChrome),
          text("non_firefox_process_access_firefox_profile_dir", embedded::kRule3cxFirefox)};
}

}  // namespace evtxhound::rules
