#include "evtxhound/casefile/export/stix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/export/stix_id.hpp"
#include "evtxhound/casefile/export/stix_objects.hpp"
#include "evtxhound/casefile/export/stix_pattern.hpp"

namespace evtxhound::casefile {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLargestCount = 999'999'999;  // of STIX's counts

// The case file's seven fractional digits cut off to as many as other libraries read. Created and
// modified have exactly three. Empty where the text is no time.
std::string stix_time(const std::string& iso, std::size_t digits) {
  const auto time = parse_iso8601(iso);
  if (!time) return {};
  return to_iso8601(*time).substr(0, std::string_view("2023-03-29T15:04:05.").size() + digits) +
         'Z';
}

// One indicator on one host.
struct Group {
  std::int64_t indicator = 0;
  std::string host;       // in lower case
  std::string host_name;  // as one of the events has it
  std::int64_t events = 0;
  std::string first_seen;  // empty where no event has a time
  std::string last_seen;
};

class Bundle {
 public:
  Bundle(Database& database, const EventFilter& filter,
         const std::function<void(const std::string&)>& write)
      : db_(database), condition_(hit_condition(filter)), write_(write) {}

  void run() {
    created_ = stix_time(db_.text("SELECT value FROM meta WHERE key = 'created'"), 3);
    if (created_.empty()) created_ = "1970-01-01T00:00:00.000Z";
    write_("{\"type\":\"bundle\",\"objects\":[");
    tool_ = add(object("identity", {{"name", "evtxhound"}, {"identity_class", "system"}}));
    // Groups come by indicator; of the last one only the id is kept.
    std::int64_t last = 0;
    std::string id;
    for (const Group& group : groups()) {
      if (group.indicator != last) id = add_indicator(group.indicator);
      last = group.indicator;
      add_sighting(group, id);
    }
    const std::string bundle = stix::object_id({{"type", "bundle"}, {"ids", ids_.hex()}});
    write_("],\n\"id\":\"" + bundle + "\"}\n");
  }

 private:
  // A group is a line of an answer, an indicator on a host: of them there are few.
  std::vector<Group> groups();
  std::string add_indicator(std::int64_t row);
  void add_sighting(const Group& group, const std::string& indicator);
  std::vector<std::string> add_observables(const Group& group);

  // The properties with those that all but observables have, and their id.
  [[nodiscard]] Json object(const std::string& type, Json properties) const {
    properties["type"] = type;
    properties["spec_version"] = "2.1";
    properties["created"] = created_;
    properties["modified"] = created_;
    if (!tool_.empty()) properties["created_by_ref"] = tool_;
    properties["id"] = stix::object_id(properties);
    return properties;
  }

  // Writes an object unless it is there already. Returns its id.
  std::string add(const Json& object) {
    std::string id = object.at("id");
    if (!written_.insert(id).second) return id;
    ids_.update(as_bytes(id));
    write_((written_.size() == 1 ? "\n" : ",\n") +
           object.dump(-1, ' ', false, Json::error_handler_t::replace));
    return id;
  }

  static Bytes as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }

  Database& db_;
  SqlCondition condition_;
  const std::function<void(const std::string&)>& write_;
  std::string created_;
  std::string tool_;
  std::set<std::string> written_;
  Sha256 ids_;
};

constexpr std::string_view kHits =
    "FROM hit JOIN indicator USING (indicator_id) JOIN event USING (event_id) WHERE ";

std::vector<Group> Bundle::groups() {
  // What is no time sorts somewhere, so only what looks like one is asked for the first and last.
  const std::string time =
      "CASE WHEN event.time_created GLOB '[0-9]*T*Z' THEN "
      "event.time_created END";
  Statement rows(db_, fmt::format("SELECT hit.indicator_id, lower(event.computer), "
                                  "min(event.computer), count(DISTINCT event.event_id), min({0}), "
                                  "max({0}) {1}{2} GROUP BY 1, 2 ORDER BY 1, 2",
                                  time, kHits, condition_.sql));
  condition_.bind(rows);
  std::vector<Group> all;
  while (rows.step()) {
    all.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.integer(3),
                   stix_time(rows.text(4), 6), stix_time(rows.text(5), 6)});
  }
  return all;
}

std::string Bundle::add_indicator(std::int64_t row) {
  Statement indicator(db_,
                      "SELECT kind, value, product, pack, description, severity, source, "
                      "(SELECT min(time_created) FROM hit JOIN event USING (event_id) WHERE "
                      "hit.indicator_id = indicator.indicator_id AND time_created <> '') "
                      "FROM indicator WHERE indicator_id = ?");
  indicator.bind(row);
  indicator.step();
  const auto text = [&indicator](int column) { return valid_utf8(indicator.text(column)); };
  const stix::Pattern pattern = stix::pattern_of(text(0), text(1), text(2));
  // It was valid when it was first seen, long before the case file was made.
  const std::string first = stix_time(text(7), 3);
  Json properties = {{"name", text(0) + " " + text(1)},
                     {"indicator_types", {"malicious-activity"}},
                     {"pattern", pattern.text},
                     {"pattern_type", pattern.type},
                     {"valid_from", first.empty() ? created_ : first},
                     {"labels", {"severity:" + text(5), "pack:" + text(3)}}};
  if (pattern.type == "stix") properties["pattern_version"] = "2.1";
  if (!text(4).empty()) properties["description"] = text(4);
  if (!text(6).empty()) {
    properties["external_references"] =
        Json::array({{{"source_name", text(3)}, {"description", text(6)}}});
  }
  return add(object("indicator", properties));
}

std::vector<std::string> Bundle::add_observables(const Group& group) {
  Statement rows(db_, fmt::format("SELECT DISTINCT indicator.kind, indicator.product, hit.matched "
                                  "{}{} AND hit.indicator_id = {} AND lower(event.computer) = ? "
                                  "ORDER BY 3",
                                  kHits, condition_.sql, group.indicator));
  condition_.bind(rows);
  rows.bind_at(static_cast<int>(condition_.arguments.size()) + 1, group.host);
  std::vector<std::string> ids;
  while (rows.step()) {
    const auto objects =
        stix::observables(rows.text(0), valid_utf8(rows.text(1)), valid_utf8(rows.text(2)));
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const std::string id = add(objects[i]);
      if (i == 0 && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  return ids;
}

void Bundle::add_sighting(const Group& group, const std::string& indicator) {
  const std::int64_t count = std::min(group.events, kLargestCount);
  Json sighting = {{"sighting_of_ref", indicator}, {"count", count}};
  if (!group.host.empty()) {
    const std::string name = valid_utf8(group.host_name);
    const Json host = object("identity", {{"name", name}, {"identity_class", "system"}});
    sighting["where_sighted_refs"] = Json::array({add(host)});
  }
  if (!group.first_seen.empty() && !group.last_seen.empty()) {
    sighting["first_seen"] = group.first_seen;
    sighting["last_seen"] = group.last_seen;
    const std::vector<std::string> seen = add_observables(group);
    if (!seen.empty()) {
      const Json data = object("observed-data", {{"first_observed", group.first_seen},
                                                 {"last_observed", group.last_seen},
                                                 {"number_observed", count},
                                                 {"object_refs", seen}});
      sighting["observed_data_refs"] = Json::array({add(data)});
    }
  }
  add(object("sighting", sighting));
}

}  // namespace

void write_stix(Database& database, const EventFilter& filter,
                const std::function<void(const std::string& text)>& write) {
  Bundle(database, filter, write).run();
}

}  // namespace evtxhound::casefile
