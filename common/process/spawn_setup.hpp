// What every child of ours is given: a process group of its own, signals at their defaults and unblocked, and no descriptor but its
// standard ones.
#pragma once

#include <spawn.h>

#include <string>
#include <vector>

namespace tandem::process {

// posix_spawn's two objects, released whatever happens.
struct SpawnSetup {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSetup();
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup();

  // The descriptors that become the child's standard ones; `errors`: -1 leaves standard error as it is. An errno, or 0.
  [[nodiscard]] int prepare(int input, int output, int errors);
};

// The form that posix_spawn takes; it points into `strings`.
[[nodiscard]] std::vector<char*> argument_pointers(std::vector<std::string>& strings);

}  // namespace tandem::process
