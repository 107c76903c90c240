#include "common/replay/unit.hpp"

#include <algorithm>

#include "common/bgp/message/header.hpp"

namespace tandem::replay {

std::size_t first_unit(base::Bytes stream, Framing framing) {
  if (framing == Framing::lines) {
    const auto end = std::find(stream.begin(), stream.end(), '\n');
    return end == stream.end() ? 0 : static_cast<std::size_t>(end - stream.begin()) + 1;
  }
  if (stream.size() < bgp::k_header_size) return 0;
  const std::size_t size = static_cast<std::size_t>(stream[16]) << 8 | stream[17];
  if (size < bgp::k_header_size) return stream.size();
  return size <= stream.size() ? size : 0;
}

base::Bytes behind_units(base::Bytes stream, Framing framing) {
  for (std::size_t size = first_unit(stream, framing); size > 0; size = first_unit(stream, framing)) stream = stream.subspan(size);
  return stream;
}

}  // namespace tandem::replay
