#include "conformance/stage/kept_recording.hpp"

#include "common/recording/encoder.hpp"
#include "common/replay/player.hpp"
#include "common/replay/report.hpp"
#include "conformance/stage/stage.hpp"

namespace tandem::conformance {

bool KeptRecording::File::put(base::Bytes records) {
  wanted = wanted && name != "full" && (name != "slow" || puts == 0);
  if (!wanted) return false;
  octets.insert(octets.end(), records.begin(), records.end());
  ++puts;
  return true;
}

base::Result<void> KeptShadow::start(const base::ShadowRequest& wanted) {
  if (!refusal_.empty()) return base::Error(refusal_);
  facts_ = {};
  facts_.on = true;
  facts_.engine = wanted.engine;
  facts_.leader = wanted.leader;
  return {};
}

bool KeptShadow::put(base::Bytes records) {
  if (dies_at_ && given_.size() >= *dies_at_) {
    facts_.on = false;
    facts_.ended = "it has died";
    return false;
  }
  octets_.insert(octets_.end(), records.begin(), records.end());
  given_.push_back(octets_.size());
  return true;
}

process::Host& KeptRecording::host_in_front_of(process::Host& host) {
  host_ = std::make_unique<recording::RecordingHost>(host, recorder_, [](std::string_view text) { return std::string(text); }, &recordings(), &shadow_);
  return *host_;
}

std::vector<base::Buffer> KeptRecording::finish() {
  recorder_.stop(recording::EndReason::stopped, "");
  recorder_.stop(recording::EndReason::stopped, "", recording::Purpose::shadow);
  std::vector<base::Buffer> all;
  for (const auto& file : files_) all.push_back(file->octets);
  return all;
}

base::Result<void> KeptRecording::open(const base::RecordingRequest& wanted) {
  if (wanted.file == "no") return base::Error("cannot record to no: No such file or directory");
  add(wanted.file);
  return {};
}

base::Result<recording::Sink*> KeptRecording::next() {
  rounds_ *= 2;
  return static_cast<recording::Sink*>(&add(files_.back()->name));
}

base::RecordingFacts KeptRecording::facts() const {
  if (files_.empty()) return {};
  const File& file = *files_.back();
  return {recorder_.on(recording::Purpose::recording), file.name, file.octets.size(), file.octets.size(), 0, file.wanted ? "" : "the disk does not keep up"};
}

Records records_of(base::Bytes octets) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(octets));
  Records records;
  for (auto record = reader.next(); record && *record != nullptr; record = reader.next()) records.emplace_back(**record);
  return records;
}

base::Buffer octets_of(const Records& records) {
  base::Buffer octets;
  recording::Encoder encoder;
  for (const recording::Owned& record : records) encoder.append(record.view(), octets);
  return octets;
}

std::string replayed(base::Bytes records) {
  recording::Reader reader(std::make_unique<recording::MemorySource>(records));
  replay::Player player(reader, {});
  const auto played = player.play();
  if (!played) return played.error().reason();
  if (played->difference) return replay::report(*played->difference);
  if (played->unanswered > 0) return "the speaker has asked for what is not in the recording";
  const bool whole = played->ended == "stopped" || played->ended.ends_with("(another file follows)");
  return whole ? "" : "the recording does not say that it was stopped";
}

}  // namespace tandem::conformance
