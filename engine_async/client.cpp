#include "engine_async/client.hpp"

namespace tandem::engine_async {

ClientDriver::ClientDriver(Loop& loop, speaker::Channel& channel) : Driver(loop, channel), stream_(*this, speaker::k_line_read) {}

asio::awaitable<void> ClientDriver::run() { co_await stream_.pump(); }

}  // namespace tandem::engine_async
