// What the tests of subcommands share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tandem/subcommand.hpp"

namespace tandem::program::test {

// Runs one command line in this process; what it prints is kept from the terminal.
inline int quietly(std::vector<std::string> arguments, std::string* errors = nullptr, std::string* output = nullptr) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int status = dispatch(std::move(arguments));
  const std::string text = ::testing::internal::GetCapturedStderr();
  const std::string out = ::testing::internal::GetCapturedStdout();
  if (errors != nullptr) *errors = text;
  if (output != nullptr) *output = out;
  return status;
}

}  // namespace tandem::program::test
