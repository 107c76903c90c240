#include "common/replay/inputs.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tandem::replay {

using recording::HostCall;
using recording::Kind;
using recording::Record;

Inputs::Inputs(std::vector<recording::Owned> records) {
  for (recording::Owned& record : records) append(std::move(record));
}

// What the engine and the speaker do by themselves is no input of another run.
bool Inputs::is_external(Kind kind) {
  constexpr Kind k_own[] = {Kind::made, Kind::start, Kind::snapshot, Kind::round, Kind::sent, Kind::waiting, Kind::resumed, Kind::attached, Kind::detached};
  return recording::is_input(kind) && std::find(std::begin(k_own), std::end(k_own), kind) == std::end(k_own);
}

void Inputs::append(recording::Owned owned) {
  const std::size_t place = size();
  const Record record = records_.emplace_back(std::move(owned)).view();
  if (record.kind == Kind::channel) {
    const std::string name(base::as_text(record.octets));
    channels_[record.channel] = {name, made_[name]++};
  } else if (record.kind == Kind::host) {
    answers_[{record.detail, base::Buffer(record.key.begin(), record.key.end())}].push_back({place, {record.octets.begin(), record.octets.end()}});
  } else if (started_ && is_external(record.kind)) {
    external_.push_back(place);
  }
  started_ = started_ || record.kind == Kind::start || record.kind == Kind::snapshot;
}

void Inputs::forget_before(std::size_t place) {
  for (; forgotten_ < place && !records_.empty(); ++forgotten_) records_.pop_front();
  external_.clear();
  for (auto& [question, answers] : answers_) {
    while (answers.size() > 1 && answers[1].place < place) answers.pop_front();
  }
}

std::optional<base::Buffer> Inputs::answer(HostCall call, const base::Buffer& asked, std::size_t place) const {
  const auto found = answers_.find({static_cast<std::uint8_t>(call), asked});
  if (found == answers_.end()) return std::nullopt;
  const std::deque<Answer>& answers = found->second;
  const auto next = std::lower_bound(answers.begin(), answers.end(), place, [](const Answer& answer, std::size_t at) { return answer.place < at; });
  return next == answers.end() ? answers.back().octets : next->octets;
}

}  // namespace tandem::replay
