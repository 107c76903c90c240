#include "common/replay/shrink.hpp"

#include <algorithm>

#include "common/recording/encoder.hpp"
#include "common/replay/rig.hpp"

namespace tandem::replay {

using recording::Kind;
using recording::Record;

namespace {

using Places = std::vector<std::size_t>;

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

// What is left when as much as possible is taken away and `holds` still does: parts of half the inputs first, then of a quarter ...
Places reduce(Places places, const std::function<bool(const Places&)>& holds, const ShrinkProgress& progress) {
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

}  // namespace

base::Result<Shrunk> shrink(std::vector<recording::Owned> records, const ShrinkProgress& progress) {
  const base::Buffer whole = encoded(records);
  recording::Reader reader(std::make_unique<recording::MemorySource>(whole));
  Player player(reader, {});
  const auto played = player.play();
  if (!played) return played.error();
  if (!played->difference) return base::Error("the recording is identical: there is no difference to look for");
  const Difference& difference = *played->difference;
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
  const auto run = [&](const Places& places) {
    ++shrunk.runs;
    return play_until_sent(inputs, places, channel->second, difference.replayed_unit, framing);
  };
  if (!run(inputs.external())) return base::Error("the message that differs is not sent again when the speaker is left to its own rounds");
  const Places left = reduce(inputs.external(), [&run](const Places& places) { return run(places).has_value(); }, progress);
  shrunk.inputs = left.size();
  const auto last = run(left);
  if (!last) return base::Error("the reduced recording does not play the same twice");
  auto small = decoded(*last);
  if (!small) return small.error();
  exchange(*small, channel_of(*small, channel->second), difference.replayed_unit, difference.recorded_unit);
  shrunk.records = encoded(*small);
  return base::Result<Shrunk>(boost::system::in_place_value, std::move(shrunk));
}

}  // namespace tandem::replay
