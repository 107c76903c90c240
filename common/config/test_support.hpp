// What the tests of this room share: a probe that knows a few files, and parsing of a text in one call.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/parser.hpp"

namespace tandem::config::test {

class FakeProbe : public ProgramProbe {
 public:
  FakeProbe() {
    Answer program;
    program.exists = program.readable = program.regular = program.executable = true;
    for (const char* path : {"/usr/bin/program", "/conf/run/local", "/conf/program", "/etc/exabgp/run/etc"}) files[path] = program;
    Answer folder = program;
    folder.directory = true;
    folder.regular = false;
    files["/usr"] = folder;
  }
  Answer probe(const std::string& path) const override {
    const auto found = files.find(path);
    return found == files.end() ? Answer{} : found->second;
  }
  std::vector<std::string> search_path() const override { return {"/usr/local/bin", "/usr/bin"}; }
  std::string etc_directory() const override { return etc; }

  std::optional<std::string> found_before(const std::string& folder, std::string_view name) const override {
    const auto entry = memory.find(folder + " " + std::string(name));
    return entry == memory.end() ? std::nullopt : std::optional(entry->second);
  }
  void found(const std::string& folder, std::string_view name, const std::string& path) const override { memory[folder + " " + std::string(name)] = path; }

  mutable std::map<std::string, std::string> memory;
  std::string etc = "/etc/exabgp";
  std::map<std::string, Answer> files;
};

// A pool and a probe that outlive what is parsed with them.
struct Parsing {
  rib::AttributePool pool;
  FakeProbe probe;
  ParseOptions options;

  base::Result<Configuration> parse(std::string_view text) {
    return config::parse({"test.conf", "/conf", std::string(text)}, options, probe, pool);
  }
  // For texts that must be right.
  Configuration good(std::string_view text) {
    auto parsed = parse(text);
    EXPECT_TRUE(parsed) << text << "\n" << (parsed ? "" : render(parsed.error()));
    return parsed ? std::move(*parsed) : Configuration{};
  }
};

inline const std::string k_program = "process p {\nrun program;\n}\n";

// A complete neighbor with more in it; the addition begins at line 6.
inline std::string neighbor_with(std::string_view statements, std::string_view before = "") {
  return std::string(before) +
         "neighbor 127.0.0.1 {\nrouter-id 1.2.3.4;\nlocal-address 127.0.0.2;\nlocal-as 65000;\npeer-as 65001;\n" +
         std::string(statements) + "\n}\n";
}

// One with a route; these attributes stand in line 7.
inline std::string route_with(std::string_view attributes) {
  return neighbor_with("static {\nroute 10.0.0.0/24 next-hop 1.1.1.1 " + std::string(attributes) + ";\n}");
}

}  // namespace tandem::config::test
