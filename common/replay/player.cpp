#include "common/replay/player.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/recording/octets.hpp"
#include "common/replay/explain.hpp"
#include "common/replay/unit.hpp"
#include "common/speaker/connection.hpp"
#include "common/speaker/recorded_options.hpp"

namespace tandem::replay {

using recording::ChannelId;
using recording::Kind;
using recording::Record;
using speaker::Channel;
using speaker::ChannelKind;

namespace {

constexpr std::size_t k_led_to = 12;
constexpr std::int64_t k_sleep_max = std::int64_t{1} << 61;  // nanoseconds: sums of times stay numbers
constexpr std::size_t k_shown_octets = 120;
constexpr std::size_t k_shown_hexadecimal = 400;
constexpr std::size_t k_unit_max = 1024 * 1024;   // of a message or line that is shown
constexpr std::size_t k_records_ahead = 100'000;  // that are looked through for its end

Framing framing_of(ChannelKind kind) { return kind == ChannelKind::connection ? Framing::messages : Framing::lines; }

base::Buffer first_octets(const base::Outbox& outbox, std::size_t limit) {
  std::vector<base::Bytes> pieces(1024);
  const std::size_t found = outbox.gather(pieces);
  base::Buffer octets;
  for (std::size_t i = 0; i < found && octets.size() < limit; ++i) {
    const base::Bytes piece = pieces[i].first(std::min(pieces[i].size(), limit - octets.size()));
    octets.insert(octets.end(), piece.begin(), piece.end());
  }
  return octets;
}

// Whether the first octets of the outbox are these.
bool begins_with(const base::Outbox& outbox, base::Bytes octets) {
  if (outbox.size() < octets.size()) return false;
  std::vector<base::Bytes> pieces(64);
  std::size_t found = outbox.gather(pieces);
  const auto gathered = [&] {
    std::size_t size = 0;
    for (std::size_t i = 0; i < found; ++i) size += pieces[i].size();
    return size;
  };
  while (gathered() < octets.size()) {
    pieces.resize(pieces.size() * 4);
    found = outbox.gather(pieces);
  }
  for (std::size_t i = 0; i < found && !octets.empty(); ++i) {
    const base::Bytes piece = pieces[i].first(std::min(pieces[i].size(), octets.size()));
    if (!std::equal(piece.begin(), piece.end(), octets.begin())) return false;
    octets = octets.subspan(piece.size());
  }
  return true;
}

std::string in_words(const Channel& channel, base::Bytes unit, Framing framing) {
  if (unit.empty()) return {};
  if (framing == Framing::lines) return std::string(base::as_text(unit.first(std::min(unit.size(), k_unit_max))));
  std::optional<bgp::Negotiated> agreed;
  if (const auto* connection = dynamic_cast<const speaker::Connection*>(&channel); connection != nullptr && connection->session().negotiated() != nullptr) {
    agreed = *connection->session().negotiated();
    agreed->add_path_receive = agreed->add_path_send;  // we read what was sent
  }
  return explain(unit, agreed);
}

// A driver that does nothing: the channel only wants to know that it has one.
int g_driver = 0;

}  // namespace

std::string describe(ChannelKind kind, std::string_view name) {
  if (kind != ChannelKind::connection) return fmt::format("{} {}", to_string(kind), name);
  const std::size_t space = name.find(' ');
  if (space == std::string_view::npos) return fmt::format("connection {}", name);
  return fmt::format("neighbor {} ({})", name.substr(0, space), name.substr(space + 1));
}

Player::~Player() = default;

base::Error Player::wrong(std::string_view what) const { return base::Error(fmt::format("record {}: {}", step_.record, what)); }

// --- reading -------------------------------------------------------------------------------------------------------------------

// Takes the next input, and all that is recorded behind it up to the one that follows.
base::Result<bool> Player::next_step() {
  step_ = Step();
  if (next_) {
    step_.input = std::move(*next_);
    step_.record = next_record_;
    next_.reset();
  }
  while (!read_all_) {
    const auto found = reader_.next();
    if (!found && !options_.partial) return found.error();
    if (!found) played_.broken = found.error().reason();
    if (!found || *found == nullptr) {
      read_all_ = true;
      break;
    }
    const Record& record = **found;
    if (recording::is_input(record.kind)) {
      if (step_.record != 0) {
        next_.emplace(record);
        next_record_ = reader_.count();
        break;
      }
      step_.input = recording::Owned(record);
      step_.record = reader_.count();
      continue;
    }
    switch (record.kind) {
      case Kind::host: step_.answers.emplace_back(record); break;
      case Kind::channel: step_.channels.emplace_back(record); break;
      case Kind::ends: break;  // for those who only look at it
      case Kind::end:
        stopped_ = record.detail == static_cast<std::uint8_t>(recording::EndReason::stopped);
        played_.ended = std::string(recording::to_string(static_cast<recording::EndReason>(record.detail)));
        if (!record.octets.empty()) played_.ended += fmt::format(" ({})", base::as_text(record.octets));
        read_all_ = true;
        break;
      default: break;
    }
  }
  return step_.record != 0;
}

base::Result<Played> Player::play() {
  for (;;) {
    const auto more = next_step();
    if (!more) return more.error();
    if (!*more) break;
    const Record input = step_.input.view();
    // Its beginning is known from then on.
    const bool begins = input.kind == Kind::made || input.kind == Kind::start || input.kind == Kind::snapshot;
    if (options_.until && !begins && input.at > start_ + *options_.until && speaker_ != nullptr) break;
    // What came of the last one may not be there as a whole. It is played: perhaps the daemon did not survive it.
    const bool cut = read_all_ && !next_ && !stopped_;
    const std::uint64_t unanswered = host_.unanswered();
    if (auto applied = apply(); !applied) return applied.error();
    ++played_.inputs;
    if (cut) {
      played_.difference.reset();
      played_.unanswered = unanswered;
      break;
    }
    played_.unanswered = host_.unanswered();
    if (played_.difference) break;
  }
  if (speaker_ == nullptr) {
    return base::Error(played_.broken.empty() ? "the recording is empty: it does not say what the speaker was made with" : played_.broken + "; nothing in front of that can be played");
  }
  played_.records = reader_.count();
  return std::move(played_);
}

// --- one input -----------------------------------------------------------------------------------------------------------------

base::Result<void> Player::apply() {
  const Record input = step_.input.view();
  host_.expect(std::move(step_.answers));
  if (input.kind == Kind::made) return make(input);
  if (speaker_ == nullptr) return wrong(fmt::format("'{}' before it is said what the speaker was made with", recording::to_string(input.kind)));
  note(input);
  switch (input.kind) {
    case Kind::start: {
      start_ = input.at;
      const auto started = speaker_->start(input.at);
      if (!started) differ("", fmt::format("the speaker does not start: {}", started.error().reason()));
      break;
    }
    case Kind::snapshot:
      if (auto restored = restore(input); !restored) return restored;
      break;
    case Kind::engine_started: speaker_->engine_started(base::as_text(input.octets), input.at); break;
    case Kind::upgrade_refused: speaker_->upgrade_refused(base::as_text(input.octets)); break;
    case Kind::engine_refused: speaker_->engine_refused(base::as_text(input.octets)); break;
    case Kind::signal:
      if (input.detail >= speaker::k_handled_signals.size()) return wrong("there is no signal of this number");
      speaker_->signal(static_cast<speaker::Signal>(input.detail));
      break;
    case Kind::engine_failed: static_cast<void>(speaker_->engine_failed()); break;
    case Kind::waiting:
      speaker_->waiting(input.detail != 0 ? std::optional(input.at + base::Duration(std::clamp(input.value, -k_sleep_max, k_sleep_max))) : std::nullopt,
                        input.at);
      break;
    case Kind::resumed:
      if (const Channel* const channel = find(input.channel)) speaker_->resumed(*channel, input.at);
      break;
    case Kind::round:
      ++played_.rounds;
      static_cast<void>(speaker_->round(input.at));
      break;
    default:
      if (auto told = tell_channel(input); !told) return told;
  }
  if (input.at > start_) played_.length = since_start(input.at);
  if (!played_.difference) compare_channels();
  return {};
}

base::Result<void> Player::make(const Record& input) {
  if (speaker_ != nullptr) return wrong("a second speaker is made");
  auto made = recording::read_made(input.octets);
  if (!made) return wrong(made.error().reason());
  played_.version = made->version;
  auto options = speaker::from_made(std::move(*made));
  if (!options) return wrong(options.error().reason());
  speaker_ = std::make_unique<speaker::Speaker>(host_, std::move(*options));
  return {};
}

base::Result<void> Player::restore(const Record& input) {
  if (played_.inputs > 1) return wrong("a snapshot stands in the middle");
  start_ = input.at;
  speaker::Restore with;
  with.descriptors = [this](int) { return host_.next_descriptor(); };
  const auto restored = speaker_->restore(input.octets, with, input.at);
  if (!restored) return wrong(fmt::format("the snapshot cannot be gone on from: {}", restored.error().reason()));
  played_.channels = speaker_->runtime().last_id();
  for (const auto& channel : speaker_->runtime().all()) streams_[channel->notes.id].begun = begun_unit(channel->outbox(), framing_of(channel->kind()));
  return {};
}

Channel* Player::find(ChannelId id) {
  const auto& runtime = speaker_->runtime();
  if (runtime.changes() != known_changes_) {
    known_changes_ = runtime.changes();
    channels_.clear();
    for (const auto& channel : runtime.all()) channels_.emplace(channel->notes.id, channel.get());
  }
  const auto found = channels_.find(id);
  return found == channels_.end() ? nullptr : found->second;
}

base::Result<void> Player::tell_channel(const Record& input) {
  Channel* const channel = find(input.channel);
  if (channel == nullptr) {
    differ("", fmt::format("the recording has '{}' of channel {}, which is not there any more, or never was", recording::to_string(input.kind), input.channel));
    return {};
  }
  // Of a recording that is no recording, what no driver says. Some lists of calls are checked here, so that the speaker need not.
  const bool driven = channel->driver() != nullptr;
  if (input.kind == Kind::attached ? driven : !driven && input.kind != Kind::ended) {
    return wrong(fmt::format("'{}' of a channel that {} a driver", recording::to_string(input.kind), driven ? "has" : "has not"));
  }
  if (channel->finished() && input.kind != Kind::attached && input.kind != Kind::detached) {
    return wrong(fmt::format("'{}' of a channel that has ended", recording::to_string(input.kind)));
  }
  tell(*channel, input);
  return {};
}

void Player::tell(Channel& channel, const Record& input) {
  const int error = static_cast<int>(input.value);
  switch (input.kind) {
    case Kind::attached: channel.attach(&g_driver); break;
    case Kind::detached: channel.detach(); break;
    case Kind::connected: channel.connected(input.local, input.remote, input.at); break;
    case Kind::connect_failed: channel.connect_failed(error, input.at); break;
    case Kind::received: channel.receive(input.octets, input.at); break;
    case Kind::input_ended: static_cast<void>(channel.input_ended(input.at)); break;
    case Kind::sent:
      compare_sent(channel, input);
      if (!played_.difference) channel.sent(std::min(input.octets.size(), channel.outbox().size()), input.at);
      break;
    case Kind::accepted:
      channel.accepted({host_.next_descriptor(), input.local, input.remote, std::string(base::as_text(input.key))});
      break;
    case Kind::accept_failed: channel.accept_failed(error, input.at); break;
    case Kind::ended:
      compare_left(channel, input);
      if (!played_.difference) channel.ended(static_cast<speaker::EndCause>(std::min<std::uint8_t>(input.detail, 2)), error, input.at);
      break;
    default: break;
  }
}

// --- comparing -----------------------------------------------------------------------------------------------------------------

bool Player::compared(const Channel& channel) const {
  if (options_.neighbor.empty()) return true;
  return channel.kind() == ChannelKind::connection && channel.name().substr(0, channel.name().find(' ')) == options_.neighbor;
}

void Player::compare_sent(Channel& channel, const Record& input) {
  const Framing framing = framing_of(channel.kind());
  (framing == Framing::messages ? played_.octets_to_peers : played_.octets_to_programs) += input.octets.size();
  if (!compared(channel)) return;
  base::Buffer& begun = streams_[input.channel].begun;
  if (begins_with(channel.outbox(), input.octets)) {
    if (begun.empty()) {
      const base::Bytes rest = behind_units(input.octets, framing);
      begun.assign(rest.begin(), rest.end());
      return;
    }
    begun.insert(begun.end(), input.octets.begin(), input.octets.end());
    const base::Bytes rest = behind_units(begun, framing);
    begun.erase(begun.begin(), begun.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return;
  }
  base::Buffer replayed = begun;
  const base::Buffer waiting = first_octets(channel.outbox(), k_unit_max);
  replayed.insert(replayed.end(), waiting.begin(), waiting.end());
  base::Buffer recorded = std::move(begun);
  recorded.insert(recorded.end(), input.octets.begin(), input.octets.end());
  base::Bytes left(recorded);
  base::Bytes right(replayed);
  for (std::size_t size = first_unit(left, framing); size > 0 && size <= right.size() && std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size), right.begin());
       size = first_unit(left, framing)) {
    left = left.subspan(size);
    right = right.subspan(size);
  }
  const base::Buffer one = recorded_unit(input.channel, framing == Framing::lines, {left.begin(), left.end()});
  const std::size_t size = first_unit(right, framing);
  const base::Bytes other = size > 0 ? right.first(size) : right;
  const bool line = framing == Framing::lines;
  differ(describe(channel.kind(), channel.name()),
         other.empty() ? fmt::format("a {} is missing", line ? "line" : "message") : fmt::format("another {} is sent", line ? "line" : "message"));
  Difference& difference = *played_.difference;
  difference.channel = input.channel;
  difference.lines = line;
  difference.recorded_unit = one;
  difference.replayed_unit.assign(other.begin(), other.end());
  difference.recorded = in_words(channel, one, framing);
  difference.replayed = in_words(channel, other, framing);
  if (line) return;
  difference.recorded_octets = in_hexadecimal(one, k_shown_hexadecimal);
  difference.replayed_octets = in_hexadecimal(other, k_shown_hexadecimal);
}

// The whole message that was recorded: its rest stands in records that follow.
base::Buffer Player::recorded_unit(ChannelId id, bool lines, base::Buffer begun) {
  const Framing framing = lines ? Framing::lines : Framing::messages;
  const auto take = [&](const Record& record) {
    if (record.kind == Kind::sent && record.channel == id) begun.insert(begun.end(), record.octets.begin(), record.octets.end());
  };
  if (first_unit(begun, framing) == 0 && next_) take(next_->view());
  for (std::size_t ahead = 0; first_unit(begun, framing) == 0 && begun.size() < k_unit_max && ahead < k_records_ahead && !read_all_; ++ahead) {
    const auto found = reader_.next();
    if (!found || *found == nullptr) break;
    take(**found);
  }
  const std::size_t size = first_unit(begun, framing);
  if (size > 0) begun.resize(size);
  return begun;
}

void Player::compare_left(const Channel& channel, const Record& input) {
  if (!compared(channel)) return;
  recording::FieldReader in(input.octets);
  const std::uint64_t left = in.number();
  if (left == channel.outbox().size()) return;
  differ(describe(channel.kind(), channel.name()),
         fmt::format("it ends with {} octets unwritten; {} were recorded", channel.outbox().size(), left));
}

void Player::compare_channels() {
  const ChannelId before = played_.channels;
  for (const recording::Owned& recorded : step_.channels) {
    const Record record = recorded.view();
    played_.channels = std::max(played_.channels, record.channel);
    const Channel* const made = find(record.channel);
    const auto kind = static_cast<ChannelKind>(record.detail);
    if (made == nullptr) {
      if (record.channel <= speaker_->runtime().last_id()) continue;  // it has come and gone
      return differ(describe(kind, base::as_text(record.octets)), "there was one, and now there is none");
    }
    if (made->kind() == kind && made->name() == base::as_text(record.octets)) continue;
    return differ(describe(made->kind(), made->name()), fmt::format("it was {} then", describe(kind, base::as_text(record.octets))));
  }
  const ChannelId last = speaker_->runtime().last_id();
  if (last <= std::max(before, played_.channels)) return;
  const Channel* const made = find(last);
  differ(made == nullptr ? "" : describe(made->kind(), made->name()), "it is new: there was none then");
}

void Player::differ(std::string where, std::string what) {
  if (played_.difference) return;
  const Record input = step_.input.view();
  Difference difference;
  difference.at = since_start(input.at);
  difference.record = step_.record;
  difference.where = std::move(where);
  difference.what = std::move(what);
  difference.led_to.assign(led_.begin(), led_.end());
  played_.difference = std::move(difference);
}

// Keeps the last inputs that may have caused something, for the report.
void Player::note(const Record& input) {
  const bool quiet = input.kind == Kind::waiting || input.kind == Kind::resumed || input.kind == Kind::round || input.kind == Kind::sent || input.kind == Kind::attached || input.kind == Kind::detached;
  if (quiet) return;
  if (led_.size() == k_led_to) led_.pop_front();
  led_.push_back({since_start(input.at), step_.record, std::string(recording::to_string(input.kind))});
  std::string& what = led_.back().what;
  const auto* const row = recording::find_kind(static_cast<std::uint8_t>(input.kind));
  if (row->has(recording::field::k_channel)) {
    const Channel* const channel = find(input.channel);
    what = fmt::format("{}: {}", channel == nullptr ? "?" : describe(channel->kind(), channel->name()), what);
    if (channel != nullptr && input.kind == Kind::received) {
      const base::Bytes shown = input.octets.first(std::min(input.octets.size(), k_shown_octets));
      what += fmt::format(" {} octets: {}", input.octets.size(),
                          channel->kind() == ChannelKind::connection ? in_hexadecimal(shown, k_shown_octets) : std::string(base::as_text(shown)));
      return;
    }
  }
  if (row->has(recording::field::k_value)) what += fmt::format(" (error {})", input.value);
  if (input.kind == Kind::signal) what += fmt::format(" {}", speaker::k_handled_signals[std::min<std::size_t>(input.detail, speaker::k_handled_signals.size() - 1)].name);
  if (input.kind == Kind::engine_started || input.kind == Kind::engine_refused) what += fmt::format(" {}", base::as_text(input.octets));
}

}  // namespace tandem::replay
