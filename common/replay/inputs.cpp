#include "common/replay/inputs.hpp"

#include <algorithm>

namespace tandem::replay {

using recording::HostCall;
using recording::Kind;
using recording::Record;

Inputs::Inputs(std::vector<recording::Owned> records) : records_(std::move(records)) {
  std::map<std::string, std::size_t> made;
  bool started = false;
  for (std::size_t place = 0; place < records_.size(); ++place) {
    const Record record = records_[place].view();
    if (record.kind == Kind::channel) {
      const std::string name(base::as_text(record.octets));
      channels_[record.channel] = {name, made[name]++};
    } else if (record.kind == Kind::host) {
      answers_[{record.detail, base::Buffer(record.key.begin(), record.key.end())}].push_back(place);
    } else if (recording::is_input(record.kind)) {
      const bool begins = record.kind == Kind::start || record.kind == Kind::snapshot;
      const bool own = record.kind == Kind::made || begins || record.kind == Kind::round || record.kind == Kind::sent || record.kind == Kind::waiting ||
                       record.kind == Kind::resumed ||
                       record.kind == Kind::attached || record.kind == Kind::detached;
      if (!own && started) external_.push_back(place);
      started = started || begins;
    }
  }
}

const recording::Owned* Inputs::answer(HostCall call, const base::Buffer& asked, std::size_t place) const {
  const auto found = answers_.find({static_cast<std::uint8_t>(call), asked});
  if (found == answers_.end()) return nullptr;
  const auto next = std::lower_bound(found->second.begin(), found->second.end(), place);
  return &records_[next == found->second.end() ? found->second.back() : *next];
}

}  // namespace tandem::replay
