// Base64 (RFC 4648 section 4), strict: the alphabet, the padding and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tandem::config {

// nullopt for anything that is not base64 of at least one octet.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

// A password under md5-base64 auto: decoded only when it is lower-case hexadecimal characters that are base64 once padded;
// as it is otherwise.
[[nodiscard]] std::string decode_base64_if_likely(std::string_view text);

}  // namespace tandem::config
