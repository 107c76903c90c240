// What a speaker is made with.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/settings.hpp"
#include "common/process/host.hpp"

namespace tandem::recording {
class Recorder;
class Recordings;
class Shadows;
}  // namespace tandem::recording

namespace tandem::speaker {

struct SpeakerOptions {
  config::Settings settings;
  std::vector<std::string> configurations;  // paths; the first is loaded, debug.rotate takes the next at each reload
  std::vector<std::string> engines;         // names that `engine NAME` accepts
  std::string control_socket;               // path; empty: no control socket
  std::string control_pipes;                // path of the named pipes without .in and .out; empty: none
  std::string version;                      // what `version` answers
  bool log_program_errors = false;          // what programs write to standard error is logged; else it goes where ours does
  // May change where a neighbor's connections go and how they are made; null: as configured. `tandem compare` sends them all to
  // its own scripted peer, whatever addresses the configuration has.
  std::function<void(std::string_view peer_key, process::DialPlan&)> redirect;
  // Writes down what happens, from the beginning on when it is on; the host must be one that records, too. Null: nobody does.
  recording::Recorder* recorder = nullptr;
  // Where it writes to when a command asks for it. Null: no command can.
  recording::Recordings* recordings = nullptr;
  // Where another engine beside this one gets what happens from. Null: there is none.
  recording::Shadows* shadows = nullptr;
};

}  // namespace tandem::speaker
