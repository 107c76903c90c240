#include <algorithm>

#include "common/base/assert.hpp"
#include "common/recording/blocks.hpp"
#include "common/recording/octets.hpp"
#include "common/recording/recorder.hpp"
#include "common/replay/export.hpp"
#include "conformance/fuzz/entries.hpp"
#include "harness/messages.hpp"

namespace tandem::conformance::fuzz {

namespace {

using speaker::ChannelKind;

base::Endpoint endpoint(const char* address, std::uint16_t port) { return {*base::IpAddress::parse(address), port}; }

// A session that was dialled and one that was accepted, a program, and what the host has said.
base::Buffer sample() {
  class Kept final : public recording::Sink {
   public:
    bool put(base::Bytes records) override {
      octets.insert(octets.end(), records.begin(), records.end());
      return true;
    }
    base::Buffer octets;
  } sink;
  recording::Recorder recorder(sink);
  const base::TimePoint now(std::chrono::seconds(5));
  recorder.made({{{"tcp.port", "179"}}, {"a.conf"}, {"sync", "async"}, "", "", "1", false});
  recorder.start(now);
  base::Buffer wall;
  recording::put_signed(wall, 1'800'000'000'000'000'000);
  recorder.host(34, {}, wall);
  recorder.channel(1, static_cast<std::uint8_t>(ChannelKind::connection), "10.0.0.2 out");
  recorder.channel(2, static_cast<std::uint8_t>(ChannelKind::listener), "0.0.0.0:179");
  recorder.channel(3, static_cast<std::uint8_t>(ChannelKind::program), "p");
  recorder.attached(1);
  recorder.round(now);
  recorder.connected(1, endpoint("10.0.0.1", 40000), endpoint("10.0.0.2", 179), now);
  recorder.accepted(2, endpoint("2001:db8::1", 179), endpoint("2001:db8::2", 40001), "");
  recorder.round(now);
  recorder.channel(4, static_cast<std::uint8_t>(ChannelKind::connection), "2001:db8::2 in");
  recorder.received(3, base::as_bytes("announce route 10.0.0.0/24 next-hop 10.0.0.1\n"), now);
  for (const std::uint64_t channel : {1U, 4U}) {
    base::Outbox outbox;
    outbox.append(harness::open({}));
    outbox.append(harness::keepalive());
    outbox.append(harness::update({{"10.0.0.0/24"}, base::Asn{65000}, 5}));
    recorder.sent(channel, outbox, outbox.size(), now);
    recorder.received(channel, harness::open({}), now);
    recorder.ended(channel, 1, 0, 0, now);
  }
  recorder.stop(recording::EndReason::stopped, "");
  return sink.octets;
}

void read(std::unique_ptr<recording::Source> source, std::string_view form) {
  recording::Reader reader(std::move(source));
  const auto exported = replay::make_export(form, [](base::Bytes) {});
  const auto result = replay::visit_dialogues(reader, {}, *exported);
  if (!result) TANDEM_ASSERT(!result.error().reason().empty());
}

// The first octet: the form it is exported in, and whether the octets are a file or its records.
void run(base::Bytes input) {
  if (input.empty()) return;
  const std::vector<std::string> forms = replay::export_forms();
  const std::string& form = forms[input[0] / 2 % forms.size()];
  const bool file = input[0] % 2 != 0;
  input = input.subspan(1);
  if (!file) return read(std::make_unique<recording::MemorySource>(input), form);
  read(std::make_unique<recording::FileSource>([input](std::span<std::uint8_t> into) mutable -> base::Result<std::size_t> {
         const std::size_t count = std::min(into.size(), input.size());
         std::copy_n(input.begin(), count, into.begin());
         input = input.subspan(count);
         return count;
       }),
       form);
}

}  // namespace

Entry recording() {
  const base::Buffer records = sample();
  base::Buffer file = tandem::recording::file_head();
  tandem::recording::pack_block(records, file);
  Entry entry{run, {}};
  for (std::uint8_t first = 0; first < 6; ++first) {
    base::Buffer seed{first};
    const base::Buffer& octets = first % 2 != 0 ? file : records;
    seed.insert(seed.end(), octets.begin(), octets.end());
    entry.seeds.push_back(std::move(seed));
  }
  return entry;
}

}  // namespace tandem::conformance::fuzz
