// Another engine beside the one that leads, in a process of its own: it is given what happens to the speaker as it happens, through its standard
// input, and says on its standard output how it stands. Nothing that becomes of it holds up the loop: what waits for it is bounded, what it says is
// read without waiting, and when it does not keep up, or ends, that is all.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/process/temporary_folder.hpp"
#include "common/recorder/file_sink.hpp"
#include "common/recording/shadows.hpp"

namespace tandem::recorder {

// What it says: a length of four octets, big-endian, and so many octets (recording::put).
inline constexpr std::size_t k_report_max = 64 * 1024;
[[nodiscard]] base::Buffer to_frame(const base::ShadowReport& report);

// One of them.
class ShadowProcess final : public recording::Sink {
 public:
  // `host` sends it signals. `folder`: what it has put there goes with it, however it has ended.
  ShadowProcess(process::Host& host, base::ShadowRequest wanted, process::Spawned process, process::TemporaryFolder folder, std::size_t waiting_max);
  // What waits for it is not waited for: whoever ends does not wait for his shadow.
  ~ShadowProcess() override;
  ShadowProcess(const ShadowProcess&) = delete;
  ShadowProcess& operator=(const ShadowProcess&) = delete;

  [[nodiscard]] bool put(base::Bytes records) override;
  [[nodiscard]] bool put_later(base::Bytes in_front, const recording::Unmade& record) override { return records_->put_later(in_front, record); }
  // It is given what waits, and comes to its end. Asked again: it ends at once.
  void stop(std::string_view why);
  void child_ended(const process::ChildEnd& end);
  [[nodiscard]] bool over() const { return gone_ && records_->done(); }  // nobody has anything to do with it any more
  [[nodiscard]] base::ShadowFacts facts();

 private:
  void end_at_once(int signal) const;
  void listen();
  void take_reports();
  [[nodiscard]] std::string why_ended(const process::ChildEnd& end) const;

  process::Host& host_;
  const base::ShadowRequest wanted_;
  const base::WallTime since_;
  const std::int64_t pid_;
  process::TemporaryFolder folder_;
  std::unique_ptr<FileSink> records_;
  base::UniqueFd reports_;
  base::Buffer heard_;        // of a report that is not there as a whole
  base::ShadowReport said_;
  base::TimePoint listened_at_{};
  std::string why_;           // it is to end; empty: it is not
  bool given_ = true;         // what happens
  bool gone_ = false;
};

class ProcessShadows final : public recording::Shadows {
 public:
  // What runs an engine as a shadow, with a folder for its sockets. An error: it cannot begin here.
  using Plan = std::function<base::Result<process::SpawnPlan>(const std::string& engine, const std::string& folder)>;
  static constexpr std::size_t k_waiting_max = 64 * 1024 * 1024;  // octets of records, besides the snapshot
  ProcessShadows(process::Host& host, Plan plan, std::size_t waiting_max = k_waiting_max) : host_(host), plan_(std::move(plan)), waiting_max_(waiting_max) {}

  [[nodiscard]] base::Result<void> start(const base::ShadowRequest& wanted) override;
  [[nodiscard]] recording::Sink& sink() override { return *process_; }
  void stop(std::string_view why) override;
  void child_ended(const process::ChildEnd& end) override;
  // The one that is not over yet, in words; "": there is none.
  [[nodiscard]] std::string in_the_way() const;
  [[nodiscard]] base::ShadowFacts facts() override { return process_ ? process_->facts() : base::ShadowFacts(); }

 private:
  process::Host& host_;
  Plan plan_;
  std::size_t waiting_max_;
  std::unique_ptr<ShadowProcess> process_;  // null: there was none
};

}  // namespace tandem::recorder
