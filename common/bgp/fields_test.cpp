#include "common/bgp/fields.hpp"

#include <gtest/gtest.h>

#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/codec.hpp"
#include "common/bgp/nlri/nlri_samples.hpp"
#include "common/bgp/testing.hpp"

namespace tandem::bgp::testing {
namespace {

template <typename T>
base::Buffer written(const T& value) {
  state::Writer writer({}, state::Secrets::left_out);
  writer.section("values", 1, [&] { writer.value(value); });
  return std::move(writer).finish();
}

template <typename T>
T read(const base::Buffer& octets) {
  T value;
  state::Reader reader(octets, {});
  reader.section("values", 1, [&] { reader.value(value); });
  const auto done = reader.finish();
  EXPECT_TRUE(done) << done.error().reason();
  return value;
}

TEST(StateOfBgp, EveryNlriIsReadAsItWasWritten) {
  for (const NlriSample& sample : nlri_samples()) {
    SCOPED_TRACE(sample.text);
    NlriKey key;
    ASSERT_TRUE(nlri_codec(sample.context().family)->decode(sample.context(), octets(sample.octets), key));
    const NlriKey again = read<NlriKey>(written(key));
    EXPECT_EQ(again, key);
    EXPECT_EQ(hex(again.extra()), hex(key.extra()));
  }
}

TEST(StateOfBgp, AnOpenIsReadAsItWasWritten) {
  Open open;
  open.as_field = 23456;
  open.hold_time_s = 180;
  open.router_id = base::RouterId{0x0A000001};
  Capabilities& all = open.capabilities;
  for (const auto code : {CapabilityCode::multiprotocol, CapabilityCode::asn4, CapabilityCode::graceful_restart, CapabilityCode::add_path,
                          CapabilityCode::hostname, CapabilityCode::software_version, CapabilityCode::role}) {
    all.announce(code);
  }
  all.multiprotocol = {k_ipv4_unicast, k_ipv6_unicast};
  all.asn4 = base::Asn{70000};
  all.graceful_restart = GracefulRestart{GracefulRestart::k_restart, 120, {{k_ipv4_unicast, GracefulRestart::k_forwarding}}};
  all.add_path = {{k_ipv4_unicast, 3}};
  all.hostname = Hostname{"a", "b"};
  all.software_version = "x";
  all.roles = {3};
  all.unknown = {{200, {1, 2, 3}}};
  base::Buffer before;
  encode_open(open, before);
  base::Buffer after;
  encode_open(read<Open>(written(open)), after);
  EXPECT_EQ(hex(after), hex(before));
  const Open decoded = decode_open(base::Bytes(before).subspan(k_header_size)).value();
  base::Buffer received;
  encode_open(read<Open>(written(decoded)), received);
  EXPECT_EQ(hex(received), hex(before));
}

}  // namespace
}  // namespace tandem::bgp::testing
