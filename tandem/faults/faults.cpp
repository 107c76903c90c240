// Faults to be found. FAULT_OCTET=HEX: where engine_async is about to write these octets to somebody, the last one is another one. FAULT_CRASH=HEX:
// the session that receives an UPDATE with these octets ends the process. FAULT_STATE: half of a state that is to be gone on from is missing.
// FAULT_PAUSE=FILE: it is read when there is such a file.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "common/base/assert.hpp"
#include "common/bgp/message/update.hpp"
#include "common/process/io.hpp"
#include "tandem/upgrade.hpp"

namespace tandem {

namespace {

const base::Buffer& wanted(const char* variable) {
  static const auto read = [](const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? base::Buffer() : base::from_hex(text).value_or(base::Buffer());
  };
  static const base::Buffer k_octet = read("FAULT_OCTET");
  static const base::Buffer k_crash = read("FAULT_CRASH");
  return std::string_view(variable) == "FAULT_OCTET" ? k_octet : k_crash;
}

// Where they begin; null when they are not there, or when nothing is wanted.
const std::uint8_t* find(base::Bytes octets, const base::Buffer& these) {
  const auto found = std::search(octets.begin(), octets.end(), these.begin(), these.end());
  return these.empty() || found == octets.end() ? nullptr : octets.data() + (found - octets.begin());
}

}  // namespace

namespace process {

// The octet is another one where it waits, as if the engine had written over it: whoever looks before or behind the write sees the same.
IoResult write_some_with_a_fault(int fd, const base::Outbox& outbox) {
  const base::Buffer& these = wanted("FAULT_OCTET");
  std::vector<base::Bytes> pieces(64);
  pieces.resize(outbox.gather(pieces));
  for (const base::Bytes piece : pieces) {
    if (const std::uint8_t* const found = find(piece, these)) const_cast<std::uint8_t*>(found)[these.size() - 1] ^= 1;
  }
  return write_some(fd, outbox);
}

}  // namespace process

namespace bgp {

base::Result<Update> decode_update_with_a_fault(base::Bytes body, const Negotiated& session) {
  TANDEM_ASSERT(find(body, wanted("FAULT_CRASH")) == nullptr);
  return decode_update(body, session);
}

}  // namespace bgp

namespace program {

base::Result<Handed> handed_over_with_a_fault(int state) {
  if (const char* const file = std::getenv("FAULT_PAUSE")) {
    while (::access(file, F_OK) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  auto handed = handed_over(state);
  if (handed && std::getenv("FAULT_STATE") != nullptr) handed->octets.resize(handed->octets.size() / 2);
  return handed;
}

}  // namespace program

}  // namespace tandem
