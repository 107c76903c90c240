// The recording of all that happens to a daemon (docs/recording.md): what is asked for, and what has become of it.
#pragma once

#include <cstdint>
#include <string>

namespace tandem::base {

struct RecordingRequest {
  std::string file{};
  std::uint64_t size = 0;  // octets that a file may have; 0: any number
  unsigned keep = 0;       // files: when one is full the next one begins, and the oldest goes; 0: one, whose end is the end
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [file, size, keep] = self;
    archive.object(self, "recording_request")("file", file)("size", size)("keep", keep);
  }
};

struct RecordingFacts {
  bool on = false;
  std::string file;               // the one that is written, or was last; empty: there was none
  std::uint64_t octets = 0;       // of records
  std::uint64_t file_octets = 0;  // of them written, packed
  std::uint64_t waiting = 0;      // octets of records that wait to be written
  std::string ended;              // why it has ended by itself; empty: it has not
};

}  // namespace tandem::base
