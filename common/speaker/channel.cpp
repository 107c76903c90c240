#include "common/speaker/channel.hpp"

#include "common/base/assert.hpp"

namespace tandem::speaker {

std::string_view to_string(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::connection: return "connection";
    case ChannelKind::listener: return "listener";
    case ChannelKind::program: return "program";
    case ChannelKind::program_errors: return "program errors";
    case ChannelKind::control_listener: return "control listener";
    case ChannelKind::control_client: return "control client";
  }
  return "";
}

Channel::Channel(ChannelKeeper& keeper, ChannelKind kind, std::string name)
    : keeper_(keeper), name_(std::move(name)), kind_(kind) {}

void Channel::wake() { keeper_.wake(*this); }

void Channel::attach(void* driver) {
  TANDEM_ASSERT(driver_ == nullptr && driver != nullptr);
  driver_ = driver;
  keeper_.driver_attached();
}

void Channel::detach() {
  TANDEM_ASSERT(driver_ != nullptr);
  driver_ = nullptr;
  keeper_.driver_detached();
}

}  // namespace tandem::speaker
