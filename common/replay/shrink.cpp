#include "common/replay/shrink.hpp"

#include <algorithm>

#include "common/recording/encoder.hpp"
#include "common/replay/rig.hpp"

namespace tandem::replay {

using recording::Kind;
using recording::Record;

namespace {

using Places = std::vector<std::size_t>;

// Inputs are played so close together when that is enough: what is left need then not keep a session up in between.
constexpr base::Duration k_gap_max = std::chrono::milliseconds(100);

base::Buffer encoded(const std::vector<recording::Owned>& records) {
  base::Buffer octets;
  recording::Encoder encoder;
  for (const recording::Owned& record : records) encoder.append(record.view(), octets);
  return octets;
}

base::Result<std::vector<recording::Owned>> decoded(base::Bytes octets) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  std::vector<recording::Owned> records;
  for (;;) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (*record == nullptr) return base::Result<std::vector<recording::Owned>>(boost::system::in_place_value, std::move(records));
    records.emplace_back(**record);
  }
}

// Often what counts is how sessions came up, and what was last: few inputs, and quickly tried. Else all of them.
Places both_ends(const Places& places, const std::function<bool(const Places&)>& holds) {
  constexpr std::size_t k_first = 16;
  constexpr std::size_t k_factor = 8;
  for (std::size_t count = k_first; count * k_factor < places.size(); count *= k_factor) {
    const auto many = static_cast<std::ptrdiff_t>(count);
    Places ends(places.begin(), places.begin() + many);
    ends.insert(ends.end(), places.end() - many, places.end());
    if (holds(ends)) return ends;
  }
  return places;
}

// What is left when as much as possible is taken away and `holds` still does: parts of half the inputs first, then of a quarter ...
Places reduce(const Places& all, const std::function<bool(const Places&)>& holds, const ShrinkProgress& progress) {
  Places places = both_ends(all, holds);
  for (std::size_t part = std::max<std::size_t>(places.size() / 2, 1);;) {
    bool removed = false;
    for (std::size_t at = 0; at < places.size();) {
      Places fewer(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(at));
      fewer.insert(fewer.end(), places.begin() + static_cast<std::ptrdiff_t>(std::min(at + part, places.size())), places.end());
      if (holds(fewer)) {
        places = std::move(fewer);
        removed = true;
        if (progress) progress(places.size());
      } else {
        at += part;
      }
    }
    if (part > 1) part = (part + 1) / 2;
    else if (!removed) return places;
  }
}

// In the last `sent` of the channel, `was` becomes `is`.
void exchange(std::vector<recording::Owned>& records, recording::ChannelId channel, base::Bytes was, base::Bytes is) {
  for (auto owned = records.rbegin(); owned != records.rend(); ++owned) {
    Record record = owned->view();
    if (record.kind != Kind::sent || record.channel != channel) continue;
    const auto found = std::search(record.octets.begin(), record.octets.end(), was.begin(), was.end());
    if (found == record.octets.end()) continue;
    base::Buffer octets(record.octets.begin(), found);
    octets.insert(octets.end(), is.begin(), is.end());
    octets.insert(octets.end(), found + static_cast<std::ptrdiff_t>(was.size()), record.octets.end());
    record.octets = octets;
    *owned = recording::Owned(record);
    return;
  }
}

recording::ChannelId channel_of(const std::vector<recording::Owned>& records, const ChannelName& wanted) {
  std::size_t ordinal = 0;
  for (const recording::Owned& owned : records) {
    const Record record = owned.view();
    if (record.kind == Kind::channel && base::as_text(record.octets) == wanted.name && ordinal++ == wanted.ordinal) return record.channel;
  }
  return 0;
}

// What is left of all inputs, and how far apart they are played.
struct Least {
  Places places;
  base::Duration gap_max{};
};

// None: it does not hold for all of them.
std::optional<Least> least_of(const Inputs& inputs, const std::function<bool(const Choice&)>& holds, const ShrinkProgress& progress) {
  for (const base::Duration gap_max : {k_gap_max, base::Duration::max()}) {
    if (!holds({inputs.external(), gap_max})) continue;
    const auto with = [&](const Places& places) { return holds({places, gap_max}); };
    return Least{reduce(inputs.external(), with, progress), gap_max};
  }
  return std::nullopt;
}

base::Result<Shrunk> shrink_difference(std::vector<recording::Owned> records, const Difference& difference, const ShrinkProgress& progress) {
  if (difference.replayed_unit.empty() || difference.recorded_unit.empty()) {
    return base::Error("the difference is no message or line that both have, and cannot be looked for: " + difference.what);
  }
  // What comes behind it is not needed.
  records.resize(std::min<std::size_t>(records.size(), difference.record));
  const Inputs inputs(std::move(records));
  const auto channel = inputs.channels().find(difference.channel);
  if (channel == inputs.channels().end()) return base::Error("the recording does not say which channel differs");
  const Framing framing = difference.lines ? Framing::lines : Framing::messages;

  Shrunk shrunk;
  shrunk.inputs_before = inputs.external().size();
  const auto run = [&](const Choice& chosen) {
    ++shrunk.runs;
    return play_until_sent(inputs, chosen, channel->second, difference.replayed_unit, framing);
  };
  const auto least = least_of(inputs, [&run](const Choice& chosen) { return run(chosen).has_value(); }, progress);
  if (!least) return base::Error("the message that differs is not sent again when the speaker is left to its own rounds");
  shrunk.inputs = least->places.size();
  const auto last = run({least->places, least->gap_max});
  if (!last) return base::Error("the reduced recording does not play the same twice");
  auto small = decoded(*last);
  if (!small) return small.error();
  exchange(*small, channel_of(*small, channel->second), difference.replayed_unit, difference.recorded_unit);
  shrunk.records = encoded(*small);
  return base::Result<Shrunk>(boost::system::in_place_value, std::move(shrunk));
}

base::Result<Shrunk> shrink_crash(std::vector<recording::Owned> records, int signal, const RunApart& run_apart, const ShrinkProgress& progress) {
  const Inputs inputs(std::move(records));
  Shrunk shrunk;
  shrunk.signal = signal;
  shrunk.inputs_before = inputs.external().size();
  std::optional<base::Error> failure;
  const auto crashes = [&](const Choice& chosen) {
    ++shrunk.runs;
    auto ended = run_apart([&](recording::Sink& sink) { play_to_the_end(inputs, chosen, sink); });
    if (!ended) failure = ended.error();
    if (!ended || ended->signal != signal) return false;
    shrunk.records = std::move(ended->records);
    shrunk.inputs = chosen.places.size();
    return true;
  };
  const auto least = least_of(inputs, crashes, progress);
  if (failure) return *failure;
  if (!least) return base::Error("the speaker does not crash when it is left to its own rounds");
  return base::Result<Shrunk>(boost::system::in_place_value, std::move(shrunk));
}

}  // namespace

base::Result<Shrunk> shrink(std::vector<recording::Owned> records, const RunApart& run_apart, const ShrinkProgress& progress) {
  const base::Buffer whole = encoded(records);
  const auto play = [&whole] {
    recording::Reader reader(std::make_unique<recording::MemorySource>(whole));
    return Player(reader, {}).play();
  };
  const auto first = run_apart([&play](recording::Sink&) { static_cast<void>(play()); });
  if (!first) return first.error();
  if (first->signal != 0) return shrink_crash(std::move(records), first->signal, run_apart, progress);
  const auto played = play();
  if (!played) return played.error();
  if (!played->difference) return base::Error("the recording is identical: there is no difference to look for");
  return shrink_difference(std::move(records), *played->difference, progress);
}

}  // namespace tandem::replay
