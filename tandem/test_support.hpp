// What the tests of subcommands share.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tandem/subcommand.hpp"

namespace tandem::program::test {

// Runs one command line in this process; what it prints is kept from the terminal.
inline int quietly(std::vector<std::string> arguments, std::string* errors = nullptr, std::string* output = nullptr,
                   const std::string& name = "tandem") {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const int status = start_as(name, std::move(arguments));
  const std::string text = ::testing::internal::GetCapturedStderr();
  const std::string out = ::testing::internal::GetCapturedStdout();
  if (errors != nullptr) *errors = text;
  if (output != nullptr) *output = out;
  return status;
}

// A folder of its own that goes with the test.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / fmt::format("tandem-subcommand-{}", ::getpid());
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path / name) << text;
    return path / name;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

}  // namespace tandem::program::test
