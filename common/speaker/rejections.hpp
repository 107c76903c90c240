// Connections that are not wanted: told why, then closed. Whoever does not read it is given up after a second.
#pragma once

#include <vector>

#include "common/base/error.hpp"
#include "common/speaker/channel.hpp"
#include "common/speaker/runtime.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::speaker {

// What a rejection knows beside what channels do.
struct RejectionMemory {
  base::TimePoint give_up_{};
  base::Outbox outbox_{};
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [give_up, outbox] = self;
    archive.object(self, "rejection")("give_up", give_up)("outbox", outbox);
  }
};

// Last words and goodbye.
class Rejection final : public Channel, private RejectionMemory {
 public:
  Rejection(ChannelKeeper& keeper, base::UniqueFd fd, base::Bytes last_words, base::TimePoint give_up);
  [[nodiscard]] Interest interest() const override;
  [[nodiscard]] const base::Outbox& outbox() const override { return outbox_; }
  bool on_sent(std::size_t count, base::TimePoint now) override;
  void on_ended(EndCause cause, int error, base::TimePoint now) override;
  [[nodiscard]] base::TimePoint give_up() const { return give_up_; }
  void drop();
  void store(state::Writer& writer) const;
  void load(state::Reader& reader);
};

class Rejections {
 public:
  explicit Rejections(Runtime& runtime) : runtime_(runtime) {}

  void add(base::UniqueFd fd, const base::NotificationCause& cause, base::TimePoint now);
  void add(base::UniqueFd fd, std::string_view line, base::TimePoint now);  // of the control socket

  [[nodiscard]] std::optional<base::TimePoint> deadline() const;
  void expired(base::TimePoint now);

  void store(state::Writer& writer) const;
  void load(state::Reader& reader);

 private:
  void adopt(base::UniqueFd fd, base::Bytes last_words, base::TimePoint now);
  Runtime& runtime_;
  std::vector<Rejection*> waiting_;  // owned by the runtime
};

}  // namespace tandem::speaker
