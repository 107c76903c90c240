#include "common/speaker/rejections.hpp"

#include "common/bgp/message/notification.hpp"
#include "common/speaker/limits.hpp"

namespace tandem::speaker {

Rejection::Rejection(ChannelKeeper& keeper, base::UniqueFd fd, base::Bytes last_words, base::TimePoint give_up)
    : Channel(keeper, ChannelKind::connection, "rejected"), RejectionMemory{give_up} {
  set_descriptors(std::move(fd));
  outbox_.append(last_words);
}

Interest Rejection::interest() const {
  Interest wanted;
  wanted.write = !finished() && !outbox_.empty();
  wanted.close = !finished() && outbox_.empty();
  return wanted;
}

bool Rejection::on_sent(std::size_t count, base::TimePoint) {
  outbox_.consume(count);
  wake();
  return true;
}

// Rejections, which knows it by its address, forgets and retires it.
void Rejection::on_ended(EndCause, int, base::TimePoint) { finish(); }

void Rejection::drop() {
  outbox_.clear();
  wake();
}

void Rejections::add(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now) {
  base::Buffer message;
  bgp::encode_notification(cause.code, cause.subcode, cause.data, message);
  adopt(std::move(fd), message, now);
}

void Rejections::add(base::UniqueFd fd, std::string_view line, base::TimePoint now) { adopt(std::move(fd), base::as_bytes(line), now); }

void Rejections::adopt(base::UniqueFd fd, base::Bytes last_words, base::TimePoint now) {
  auto rejection = std::make_unique<Rejection>(runtime_, std::move(fd), last_words, now + k_shutdown_peers);
  waiting_.push_back(rejection.get());
  runtime_.adopt(std::move(rejection));
}

std::optional<base::TimePoint> Rejections::deadline() const {
  std::optional<base::TimePoint> first;
  for (const Rejection* rejection : waiting_) first = base::earliest(first, rejection->give_up());
  return first;
}

void Rejections::expired(base::TimePoint now) {
  std::erase_if(waiting_, [&](Rejection* rejection) {
    if (rejection->finished()) {
      runtime_.retire(*rejection);
    } else if (rejection->give_up() <= now) {
      rejection->drop();
    }
    return rejection->finished();
  });
}

}  // namespace tandem::speaker
