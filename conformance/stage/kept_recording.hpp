// Recordings in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/recording/owned.hpp"
#include "common/recording/recording_host.hpp"

namespace tandem::conformance {

using Records = std::vector<recording::Owned>;
[[nodiscard]] Records records_of(base::Bytes octets);
[[nodiscard]] base::Buffer octets_of(const Records& records);

// Another engine that is not there: what it would be given is kept.
class KeptShadow final : public recording::Shadows, private recording::Sink {
 public:
  void die_at(unsigned put) { dies_at_ = put; }  // 0: it is given nothing
  void refuse(std::string why) { refusal_ = std::move(why); }
  [[nodiscard]] const base::Buffer& octets() const { return octets_; }
  // How many octets it had, each time it was given some.
  [[nodiscard]] const std::vector<std::size_t>& given() const { return given_; }

 private:
  [[nodiscard]] base::Result<void> start(const base::ShadowRequest& wanted) override;
  [[nodiscard]] recording::Sink& sink() override { return *this; }
  void stop(std::string_view why) override { facts_.on = false, facts_.ended = why; }
  void child_ended(const process::ChildEnd&) override {}
  [[nodiscard]] base::ShadowFacts facts() override { return facts_; }
  [[nodiscard]] bool put(base::Bytes records) override;

  std::optional<unsigned> dies_at_;
  std::string refusal_;
  base::ShadowFacts facts_;
  base::Buffer octets_;
  std::vector<std::size_t> given_;
};

// From the beginning, or from when a command asks for it. Names mean what may happen to a file: "no" cannot be made, "slow" takes what it
// begins with, "full" nothing at all.
class KeptRecording final : private recording::Recordings {
 public:
  // `rounds`: how many are in the first file, in each that follows twice as many; 0: all are in one.
  KeptRecording(bool from_the_beginning, unsigned rounds) : rounds_(rounds) {
    if (from_the_beginning) recorder_.begin(add("from the beginning"));
  }
  [[nodiscard]] recording::Recorder& recorder() { return recorder_; }
  [[nodiscard]] recording::Recordings& recordings() { return *this; }
  [[nodiscard]] KeptShadow& shadow() { return shadow_; }
  [[nodiscard]] process::Host& host_in_front_of(process::Host& host);
  // All of them. Nothing is recorded any more.
  [[nodiscard]] std::vector<base::Buffer> finish();

 private:
  struct File final : recording::Sink {
    explicit File(std::string called) : name(std::move(called)) {}
    [[nodiscard]] bool put(base::Bytes records) override;
    std::string name;
    base::Buffer octets;
    unsigned puts = 0;
    bool wanted = true;
  };

  recording::Sink& add(const std::string& name) { return *files_.emplace_back(std::make_unique<File>(name)); }
  [[nodiscard]] base::Result<void> open(const base::RecordingRequest& wanted) override;
  [[nodiscard]] recording::Sink& current() override { return *files_.back(); }
  [[nodiscard]] bool full() const override { return rounds_ > 0 && files_.back()->puts > rounds_; }  // one a round, at least
  [[nodiscard]] base::Result<recording::Sink*> next() override;
  void close() override {}
  [[nodiscard]] base::RecordingFacts facts() const override;

  unsigned rounds_;
  std::vector<std::unique_ptr<File>> files_;
  KeptShadow shadow_;
  recording::Recorder recorder_;
  std::unique_ptr<recording::RecordingHost> host_;
};

}  // namespace tandem::conformance
