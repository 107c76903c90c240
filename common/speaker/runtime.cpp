#include "common/speaker/runtime.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/recording/recorder.hpp"

namespace tandem::speaker {

Runtime::Runtime() = default;
Runtime::~Runtime() = default;

void Runtime::take_woken(std::vector<Channel*>& out) {
  out.clear();
  out.swap(woken_);
  for (Channel* channel : out) channel->notes.woken = false;
  // One that ended after it was woken wants no driver.
  std::erase_if(out, [](const Channel* channel) { return channel->finished() && channel->driver() == nullptr; });
}

void Runtime::wake_all() {
  for (const auto& channel : channels_) wake(*channel);
}

void Runtime::wake(Channel& channel) {
  if (channel.notes.woken || channel.finished()) return;
  channel.notes.woken = true;
  woken_.push_back(&channel);
}

void Runtime::adopt(std::unique_ptr<Channel> channel) {
  wake(*channel);
  channel->notes.index = channels_.size();
  if (channel->notes.id == 0) channel->notes.id = last_id_ + 1;
  last_id_ = std::max(last_id_, channel->notes.id);
  ++changes_;
  if (recorder != nullptr) recorder->channel(channel->notes.id, static_cast<std::uint8_t>(channel->kind()), channel->name());
  channels_.push_back(std::move(channel));
}

void Runtime::retire(Channel& channel) {
  TANDEM_ASSERT(!channel.notes.retired);
  channel.notes.retired = true;
  // A retired channel wants no driver: an engine that takes the list must not find it.
  if (channel.driver() == nullptr) forget_woken(channel);
  retired_.push_back(&channel);
}

void Runtime::collect() {
  if (retired_.empty()) return;
  std::erase_if(retired_, [this](Channel* channel) {
    if (channel->driver() != nullptr) return false;
    forget_woken(*channel);
    const std::size_t index = channel->notes.index;
    if (index + 1 != channels_.size()) {
      std::swap(channels_[index], channels_.back());
      channels_[index]->notes.index = index;
    }
    channels_.pop_back();
    ++changes_;
    return true;
  });
}

void Runtime::forget_woken(Channel& channel) {
  if (!channel.notes.woken) return;
  channel.notes.woken = false;
  std::erase(woken_, &channel);
}

}  // namespace tandem::speaker
