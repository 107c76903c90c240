#include "conformance/contract/adjacent.hpp"

#include <sys/stat.h>
#include <utility>

namespace tandem::conformance {

namespace {

const std::string k_announce = "announce route 10.0.0.0/24 next-hop 10.0.0.1";
const std::string k_last = "announce route 10.9.9.0/24 next-hop 10.0.0.1";

// Each pair is answered before the next one is written.
const std::string k_python = R"(#!/usr/bin/python3
import os, subprocess, sys
@BEFORE@
def hear(what, times=1):
    heard = b''
    while heard.count(what) < times:
        octet = os.read(0, 1)
        if not octet:
            sys.exit(1)
        heard += octet
hear(b'"up"')
hear(b'\n')
for turn in range(@COUNT@):
    os.write(1, b'@FIRST@\n')
    os.write(1, b'@SECOND@\n')
    hear(b'done\n', 2)
os.write(1, b'@LAST@\n')
while os.read(0, 4096):
    pass
)";

const std::string k_shell = R"(#!/bin/sh
while read -r event; do
  case "$event" in *'"up"'*) break ;; esac
done
turn=0
while [ $turn -lt @COUNT@ ]; do
  echo '@FIRST@'
  echo '@SECOND@'
  read -r answer
  read -r answer
  turn=$((turn + 1))
done
echo '@LAST@'
while read -r answer; do :; done
)";

std::string fill(std::string text, const std::string& name, const std::string& value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) text.replace(at, name.size(), value);
  return text;
}

}  // namespace

std::vector<Adjacent> adjacent_programs() {
  std::vector<Adjacent> programs;
  for (const std::string second : {"withdraw route 10.0.0.0/24", "clear adj-rib out"}) {
    const auto filled = [&](const std::string& text, const std::string& before = "") {
      return fill(fill(fill(fill(text, "@FIRST@", k_announce), "@SECOND@", second), "@LAST@", k_last), "@BEFORE@", before);
    };
    const std::string child = "child = subprocess.Popen(['/bin/sleep', '1000'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)";
    // A shell gives what it starts in the background /dev/null to read, unless it is given something else under another number.
    const std::string relay = "#!/bin/sh\ncd \"$(dirname \"$0\")\" && mkfifo fifo && exec 3<&0 && { ./writer <&3 >fifo & exec cat fifo; }\n";
    programs.push_back({"python, " + second, filled(k_python), ""});
    programs.push_back({"sh, " + second, filled(k_shell), ""});
    programs.push_back({"python with a child, " + second, filled(k_python, child), ""});
    programs.push_back({"through a relay, " + second, relay, filled(k_python)});
  }
  return programs;
}

void expect_adjacent(Stage& stage, const Adjacent& program, int count) {
  SCOPED_TRACE(program.name);
  const TemporaryDirectory& directory = dynamic_cast<RealStage&>(stage).directory();
  for (const auto& [name, text] : {std::pair("p", program.text), std::pair("writer", program.writer)}) {
    directory.write(name, fill(text, "@COUNT@", std::to_string(count)));
    ASSERT_EQ(::chmod((directory.path() + "/" + name).c_str(), 0755), 0);
  }
  stage.settings.api_quiet = "known";
  NeighborText neighbor;
  neighbor.peer = k_far;
  neighbor.connect = stage.peer_at(k_far, {});
  neighbor.api = {"processes [ p ];", "neighbor-changes;"};
  stage.configuration(process_text("p", directory.path() + "/p", "json") + to_text(neighbor));
  stage.start();
  ASSERT_TRUE(stage.run_until([&] { return stage.peer() != nullptr && stage.peer()->table().has("10.9.9.0/24"); }, 300s));
  const auto told = announced(stage.peer()->transcript());
  EXPECT_EQ(std::count(told.begin(), told.end(), "10.0.0.0/24"), 0) << "of " << count;
}

}  // namespace tandem::conformance
