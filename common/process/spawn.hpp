// Starts API programs and collects those that have ended. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "common/process/host.hpp"

namespace tandem::process {

// The child: own process group, signals at their defaults and unblocked, cwd "/", two pipes (a third one for its standard error, where the
// plan says so), else standard error inherited, no other descriptor of ours, TERM=dumb.
//
// `user`: whom the privileges were given up for, or empty. A file that whoever started the daemon may run need not be one that this user
// may reach, so an error about permission names him.
[[nodiscard]] base::Result<Spawned> spawn_program(const SpawnPlan& plan, const std::string& user = {});

// Our environment as a child gets it: "NAME=value", TERM replaced, exabgp_cli_pipe left out.
[[nodiscard]] std::vector<std::string> child_environment();

}  // namespace tandem::process
