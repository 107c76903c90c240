// Where the messages, or the lines, of a stream end.
#pragma once

#include <cstddef>

#include "common/base/outbox.hpp"

namespace tandem::replay {

enum class Framing { messages, lines };

// The size of the first message, or line with its end; 0 when it is not there as a whole. What is no message counts as one as a whole.
[[nodiscard]] std::size_t first_unit(base::Bytes stream, Framing framing);

// What is behind the last whole message, or line.
[[nodiscard]] base::Bytes behind_units(base::Bytes stream, Framing framing);

// What is gone already of the message, or line, that the outbox goes on with.
[[nodiscard]] base::Buffer begun_unit(const base::Outbox& outbox, Framing framing);

}  // namespace tandem::replay
