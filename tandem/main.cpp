#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tandem/subcommand.hpp"

int main(int argc, char** argv) {
  try {
    return tandem::program::start_as(argc > 0 ? argv[0] : "", std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& failure) {
    // Only libraries throw, and engines catch what they use: memory is gone, or this is a mistake of ours.
    std::fputs("tandem: ", stderr);
    std::fputs(failure.what(), stderr);
    std::fputs("\n", stderr);
    return tandem::program::k_exit_failure;
  }
}
