#include "common/speaker/channel.hpp"

#include "common/base/assert.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::speaker {

std::string_view to_string(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::connection: return "connection";
    case ChannelKind::listener: return "listener";
    case ChannelKind::program: return "program";
    case ChannelKind::control_listener: return "control listener";
    case ChannelKind::control_client: return "control client";
  }
  return "";
}

Channel::Channel(Runtime& runtime, ChannelKind kind, std::string name)
    : runtime_(runtime), name_(std::move(name)), kind_(kind) {}

void Channel::wake() { runtime_.wake(*this); }

void Channel::attach(void* driver) {
  TANDEM_ASSERT(driver_ == nullptr && driver != nullptr);
  driver_ = driver;
  ++runtime_.driven_;
}

void Channel::detach() {
  TANDEM_ASSERT(driver_ != nullptr);
  driver_ = nullptr;
  --runtime_.driven_;
}

}  // namespace tandem::speaker
