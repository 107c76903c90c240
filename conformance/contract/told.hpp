// A peer's UPDATEs to a speaker that keeps routes and tells a program of them: what is told and what is kept.
#pragma once

#include <algorithm>

#include "conformance/contract/scene.hpp"

namespace tandem::conformance {

// An UPDATE of withdrawn routes, attributes and announced routes, all in hexadecimal with blanks.
inline base::Buffer update_of(std::string_view withdrawn, std::string_view attributes, std::string_view announced) {
  const auto octets = [](std::string_view text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
    return *base::from_hex(digits);
  };
  base::Buffer body;
  base::ByteWriter writer(body);
  for (const auto part : {withdrawn, attributes}) {
    const base::Buffer section = octets(part);
    writer.u16(static_cast<std::uint16_t>(section.size()));
    writer.bytes(section);
  }
  writer.bytes(octets(announced));
  return wrap(k_update, body);
}

// Sends the messages one after the other to a speaker that keeps routes and tells a program of them; gives what it told.
struct Told {
  std::vector<std::string> events;
  std::vector<std::string> routes;  // of `show adj-rib in extensive`
};
inline Told tell(Stage& stage, const std::vector<base::Buffer>& messages, bool text = false, const std::string& peer_as = "65001",
          std::vector<std::string> statements = {"adj-rib-in true;"}) {
  Scene scene(stage);
  if (text) stage.settings.api_version = 4;
  PeerOptions options;
  if (peer_as != "65001") options.mirror.as = base::Asn{65000};
  scene.neighbor(k_far, options).statements = std::move(statements);
  scene.at(0).peer_as = peer_as;
  scene.at(0).api = {"receive { parsed; update; }"};
  scene.program("p", nullptr, text ? "text" : "json");
  scene.start();
  EXPECT_TRUE(stage.run_until_established());
  if (stage.peer() == nullptr) return {};
  auto& program = *stage.program_running("p");
  const std::size_t before = program.lines().size();
  for (const auto& octets : messages) stage.peer()->send(octets);
  stage.peer()->send(update_of("20FFFFFFFF", "", ""));  // the last thing that is told
  EXPECT_TRUE(stage.run_until([&] { return program.containing("255.255.255.255/32") != 0; }));
  Told told;
  const auto texts = program.texts();
  told.events.assign(texts.begin() + static_cast<std::ptrdiff_t>(before), texts.end());
  std::erase_if(told.events, [](const std::string& line) { return line.find("255.255.255.255/32") != std::string::npos; });
  told.routes = stage.command("rib show in extensive");
  told.routes.pop_back();  // done
  EXPECT_FALSE(stage.peer()->has_closed());
  return told;
}

inline std::size_t count(const std::vector<std::string>& lines, std::string_view part) {
  std::size_t found = 0;
  for (const auto& line : lines) {
    for (auto at = line.find(part); at != std::string::npos; at = line.find(part, at + 1)) ++found;
  }
  return found;
}

}  // namespace tandem::conformance
