// The pair of named pipes that clients may use instead of the control socket: commands go into NAME.in, answers come out of NAME.out. The
// operator makes them; who finds none does without.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.hpp"
#include "common/process/control_socket.hpp"
#include "common/process/host.hpp"

namespace tandem::process {

[[nodiscard]] bool is_fifo(const std::string& path);
// The first directory (control_directories) that has both; without ".in" and ".out". A name with a slash is a path already.
[[nodiscard]] std::optional<std::string> find_control_pipes(const std::string& root, unsigned user_id, const std::string& base_name,
                                                            const PathTest& fifo_exists = is_fifo);

// NAME.in for the daemon: both ends are held, so that opening it waits for nobody, and clients may come and go without an end of file.
// NAME.out is an AnswerPipe.
[[nodiscard]] base::Result<base::UniqueFd> open_command_pipe(const std::string& path);
// For a client: alone, and without what is there for others. Waits for the daemon and for other clients no longer than `patience`.
// `speaker` is how messages call the daemon.
[[nodiscard]] base::Result<ControlPipes> connect_control_pipes(const std::string& path, std::chrono::milliseconds patience,
                                                               std::string_view speaker = "tandem");

}  // namespace tandem::process
