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

void Runtime::wake(Channel& channel) {
  if (channel.woken_ || channel.finished_) return;
  channel.woken_ = true;
  woken_.push_back(&channel);
}

void Runtime::adopt(std::unique_ptr<Channel> channel) {
  wake(*channel);
  channel->index_ = channels_.size();
  channels_.push_back(std::move(channel));
}

void Runtime::retire(Channel& channel) {
  TANDEM_ASSERT(!channel.retired_);
  channel.retired_ = true;
  // A retired channel wants no driver: an engine that takes the list must not find it.
  if (channel.driver_ == nullptr) forget_woken(channel);
  retired_.push_back(&channel);
}

void Runtime::collect() {
  if (retired_.empty()) return;
  std::erase_if(retired_, [this](Channel* channel) {
    if (channel->driver_ != nullptr) return false;
    forget_woken(*channel);
    const std::size_t index = channel->index_;
    if (index + 1 != channels_.size()) {
      std::swap(channels_[index], channels_.back());
      channels_[index]->index_ = index;
    }
    channels_.pop_back();
    return true;
  });
}

void Runtime::forget_woken(Channel& channel) {
  if (!channel.woken_) return;
  channel.woken_ = false;
  std::erase(woken_, &channel);
}

}  // namespace tandem::speaker
