// Indicators against events, and a look at what could be one in raw bytes.
//
// All values of an event are scanned together; what that reports are candidates. Each candidate is
// then confirmed as its kind means it: a domain at label borders, a hash as a whole token, a
// version with its product (docs/indicator-packs.md).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {

// An indicator found in an event.
struct Match {
  std::size_t indicator = 0;  // of the IndicatorSet
  // The field: an index into Event::data, or absent for the System field Computer.
  std::optional<std::size_t> field;
  std::size_t begin = 0;  // of the matched text in the field's value, in bytes
  std::size_t end = 0;
};

// Finds the indicators of a set in events. One per thread. REQUIRES: the set outlives it.
class Matcher {
 public:
  explicit Matcher(const IndicatorSet& set);

  // All matches, ordered by field, begin and indicator; each (indicator, field, begin) once.
  // The result is valid until the next call.
  // REQUIRES: the event's texts are valid UTF-8, together below 4 GiB
  const std::vector<Match>& find(const evtx::Event& event);

  // Calls `on_candidate` with the end, in text(), of everything in a block of raw bytes that an
  // indicator could be found by. In the block stands the whole of every value that has a hit, as
  // text, but for what IndicatorSet::blind_spots() says.
  void look(const match::StrippedText& block,
            const std::function<void(std::size_t end)>& on_candidate);

  // The same with the indicator that could be found there, each end once or several times.
  using OnIndicator = std::function<void(std::size_t indicator, std::size_t end)>;
  void look_for(const match::StrippedText& block, const OnIndicator& on_candidate);

  // Looks in text for what that does not find: expressions without a fixed text.
  // REQUIRES: `text` is valid UTF-8, below 4 GiB
  void look_for_unseen(std::string_view text, const OnIndicator& on_candidate);

 private:
  void join(const evtx::Event& event);
  void confirm_candidate(const evtx::Event& event, std::size_t indicator, std::size_t joined_end);
  bool is_first_of_regex(const Needle& needle, std::size_t indicator, std::size_t place,
                         std::string_view value, std::size_t end);

  const IndicatorSet* set_;
  match::Scanner anywhere_;
  match::Scanner values_;
  match::Scanner raw_;
  std::string joined_;               // Computer and the data values, a NUL behind each
  std::vector<std::size_t> starts_;  // where each of them starts in joined_
  // The regexes that were looked for, each with the place of a value: it has one hit there, from
  // wherever it is looked for.
  std::vector<std::pair<std::size_t, std::size_t>> regexes_;
  std::vector<Match> matches_;
};

}  // namespace evtxhound::indicators
