#include "common/speaker/runtime.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace tandem::speaker {

Runtime::Runtime() = default;
Runtime::~Runtime() = default;

void Runtime::take_woken(std::vector<Channel*>& out) {
  out.clear();
  out.swap(woken_);
  for (Channel* channel : out) channel->woken_ = false;
  // One that ended after it was woken wants no driver.
  std::erase_if(out, [](const Channel* channel) { return channel->finished_ && channel->driver_ == nullptr; });
}

void Runtime::wake_all() {
  for (const auto& channel : channels_) wake(*channel);
}

std::size_t Runtime::driven() const {
  return static_cast<std::size_t>(
      std::count_if(channels_.begin(), channels_.end(), [](const auto& channel) { return channel->driver() != nullptr; }));
}

void Runtime::wake(Channel& channel) {
  if (channel.woken_ || channel.finished_) return;
  channel.woken_ = true;
  woken_.push_back(&channel);
}

void Runtime::adopt(std::unique_ptr<Channel> channel) {
  wake(*channel);
  channels_.push_back(std::move(channel));
}

void Runtime::retire(Channel& channel) {
  TANDEM_ASSERT(std::find(retired_.begin(), retired_.end(), &channel) == retired_.end());
  // A retired channel wants no driver: an engine that takes the list must not find it.
  if (channel.driver_ == nullptr) std::erase(woken_, &channel);
  retired_.push_back(&channel);
}

void Runtime::collect() {
  if (retired_.empty()) return;
  const auto gone = [this](const std::unique_ptr<Channel>& channel) {
    if (channel->driver_ != nullptr) return false;
    const auto found = std::find(retired_.begin(), retired_.end(), channel.get());
    if (found == retired_.end()) return false;
    retired_.erase(found);
    std::erase(woken_, channel.get());
    return true;
  };
  std::erase_if(channels_, gone);
}

}  // namespace tandem::speaker
