// Packet captures, pcap and pcapng, read by libpcap.
#pragma once

#include <functional>

#include "common/base/error.hpp"
#include "tandem/capture/input.hpp"
#include "common/capture/packet.hpp"

namespace tandem::capture {

[[nodiscard]] bool is_packet_capture(base::Bytes start);  // the first four octets of a file

// Calls take(segment, time) for each TCP segment. On failure those in front of what cannot be read were taken.
[[nodiscard]] base::Result<void> read_packet_capture(Reader& reader, const std::function<void(const Segment& segment, double time)>& take);

}  // namespace tandem::capture
