// A recording of a scenario, changed record by record, and played. Nothing guards a record: whoever has a recording may have written it.
#include <algorithm>

#include "common/base/assert.hpp"
#include "common/recording/encoder.hpp"
#include "common/recording/owned.hpp"
#include "common/replay/player.hpp"
#include "common/replay/report.hpp"
#include "conformance/fuzz/entries.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance::fuzz {

namespace {

using Records = std::vector<base::Buffer>;  // each as it stands in a recording

// Two sessions, of which one begins again, a program, a client, a reload: the calls that drivers and host have.
base::Buffer scenario() {
  const auto made = Stage::make("sim");
  Stage& stage = *made;
  stage.record();
  NeighborText first;
  first.peer = "127.0.0.10";
  first.connect = stage.peer_at(first.peer);
  first.api = {"processes [ watch ];", "receive {\n parsed;\n update;\n }"};
  first.routes = {"10.0.0.0/24 next-hop 10.0.0.1"};
  NeighborText second = first;
  second.peer = "127.0.0.11";
  second.connect = stage.peer_at(second.peer);
  const std::string text = process_text("watch", stage.program("watch"), "json") + to_text(first);
  stage.configuration(text);
  stage.start();
  stage.run_until_established();
  stage.peer()->send(update({{"10.1.0.0/24"}, {}, 3}));
  if (ScriptedProgram* const watch = stage.program_running("watch")) watch->say("peer * announce route 10.2.0.0/24 next-hop 10.0.0.1 med 2");
  stage.command("show adj-rib out");
  stage.rewrite(text + to_text(second));
  stage.signal(speaker::Signal::reload);
  stage.run_until_established(2);
  stage.command("peer 127.0.0.10 teardown 4");
  stage.run_until_established(2);
  stage.stop();
  return stage.recording();
}

// The times of records are differences, so each is taken as it stands.
Records taken_apart(base::Bytes octets) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  recording::Encoder encoder;
  Records records;
  for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) encoder.append(**record, records.emplace_back());
  return records;
}

const Records& original() {
  static const Records k_records = taken_apart(scenario());
  return k_records;
}

enum Change : std::uint8_t { k_remove, k_repeat, k_exchange, k_octet, k_truncate, k_insert, k_end, k_changes };

// The input says what is changed: what, in which record, and how.
void change(Records& records, Change what, std::size_t at, base::ByteReader& how) {
  const auto place = records.begin() + static_cast<std::ptrdiff_t>(at);
  base::Buffer& record = *place;
  switch (what) {
    case k_remove: records.erase(place); break;
    case k_repeat: records.insert(records.begin() + static_cast<std::ptrdiff_t>(how.u16() % records.size()), base::Buffer(record)); break;
    case k_exchange: std::swap(record, records[how.u16() % records.size()]); break;
    case k_octet: {
      const std::size_t octet = how.u16() % record.size();
      record[octet] = static_cast<std::uint8_t>(record[octet] ^ how.u8());
      break;
    }
    case k_truncate: record.resize(how.u16() % record.size() + 1); break;
    case k_insert: {
      const base::Bytes more = how.take(std::min<std::size_t>(how.u8() % 32, how.left()));
      record.insert(record.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(record.size(), 2)), more.begin(), more.end());
      break;
    }
    default: records.resize(at + 1);
  }
}

void run(base::Bytes input) {
  Records records = original();
  base::ByteReader how(input);
  constexpr std::size_t k_step = 8;  // what a change may read
  for (std::size_t changes = 0; changes < 64 && how.left() >= k_step && records.size() > 1; ++changes) {
    const auto what = static_cast<Change>(how.u8() % k_changes);
    const std::size_t at = how.u16() % records.size();
    change(records, what, at, how);
  }
  base::Buffer octets;
  for (const base::Buffer& record : records) octets.insert(octets.end(), record.begin(), record.end());
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  replay::Player player(reader, {.until = std::nullopt, .partial = true, .neighbor = {}});
  const auto played = player.play();
  if (!played) return TANDEM_ASSERT(!played.error().reason().empty());
  if (played->difference) TANDEM_ASSERT(!replay::report(*played->difference).empty());
  TANDEM_ASSERT(input.size() >= k_step || !played->difference);  // as it is it is identical
}

}  // namespace

Entry played() {
  Entry entry{run, {{0}}};
  for (std::uint8_t what = 0; what < k_changes; ++what) {
    for (const std::uint8_t at : {3, 40, 90, 150}) entry.seeds.push_back({what, 0, at, 0, 5, 0x80, 0, 1, 2, 3});
  }
  return entry;
}

}  // namespace tandem::conformance::fuzz
