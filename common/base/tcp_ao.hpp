// Algorithms of the TCP authentication option (RFC 5925): those of RFC 5926, and one that Linux has besides.
#pragma once

#include <cstdint>

namespace tandem::base {

enum class TcpAoAlgorithm : std::uint8_t { hmac_sha_1_96, aes_128_cmac_96, hmac_sha_256 };

}  // namespace tandem::base
