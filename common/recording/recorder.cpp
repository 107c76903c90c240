#include "common/recording/recorder.hpp"

#include <algorithm>

#include "common/recording/octets.hpp"

namespace tandem::recording {

namespace {

constexpr std::size_t k_chunk = 64 * 1024;   // goes to the sink before the round is over
constexpr std::size_t k_pieces = 16;         // of an outbox at a time

void put_texts(base::Buffer& out, const std::vector<std::string>& texts) {
  put_number(out, texts.size());
  for (const std::string& text : texts) put_text(out, text);
}

std::vector<std::string> read_texts(FieldReader& in) {
  std::vector<std::string> texts;
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) texts.push_back(in.text());
  return texts;
}

}  // namespace

base::Buffer to_octets(const Made& made) {
  base::Buffer out;
  put_text(out, made.version);
  put_number(out, made.settings.size());
  for (const auto& [name, value] : made.settings) {
    put_text(out, name);
    put_text(out, value);
  }
  put_texts(out, made.configurations);
  put_texts(out, made.engines);
  put_text(out, made.control_socket);
  put_text(out, made.control_pipes);
  out.push_back(made.log_program_errors ? 1 : 0);
  return out;
}

base::Result<Made> read_made(base::Bytes octets) {
  FieldReader in(octets);
  Made made;
  made.version = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    std::string name = in.text();
    made.settings.emplace_back(std::move(name), in.text());
  }
  made.configurations = read_texts(in);
  made.engines = read_texts(in);
  made.control_socket = in.text();
  made.control_pipes = in.text();
  made.log_program_errors = in.flag();
  if (!in.done()) return base::Error("what the speaker was made with cannot be read");
  if (made.configurations.empty()) return base::Error("the speaker was made without a configuration");
  return made;
}

void Recorder::Stream::append(const Record& record, std::span<const base::Bytes> pieces) {
  encoder.append(record, pieces, records);
  if (records.size() >= k_chunk) put();
}

void Recorder::Stream::put() {
  if (records.empty()) return;
  const bool wanted = sink->put(records);
  records.clear();
  if (!wanted) sink = nullptr;
}

void Recorder::write(const Record& record, std::span<const base::Bytes> pieces) {
  for (Stream& one : streams_) {
    if (is_told(one)) one.append(record, pieces);
  }
}

void Recorder::Stream::append_later(Record record, const std::function<base::Buffer()>& make) {
  if (sink->put_later(records, {record, encoder, make})) {
    records.clear();
    base::Buffer passed;
    encoder.append(record, passed);  // the next time is the difference to its own
    return;
  }
  const base::Buffer octets = make();
  record.octets = octets;
  append(record, {&record.octets, 1});
}

void Recorder::snapshot(const std::function<base::Buffer()>& make, base::TimePoint now) {
  for (Stream& one : streams_) {
    if (is_told(one)) one.append_later({.kind = Kind::snapshot, .at = now}, make);
  }
}

void Recorder::put() {
  for (Stream& one : streams_) {
    if (is_told(one)) one.put();
  }
}

// What a round begins with leaves before it: should it be the last one, the recording has what led to it.
void Recorder::round(base::TimePoint now) {
  write({.kind = Kind::round, .at = now});
  put();
}

// What has come of it leaves before the engine sleeps: the next round may be hours away, and who reads this as it grows waits for that.
void Recorder::waiting(std::optional<base::TimePoint> until, base::TimePoint now) {
  write({.kind = Kind::waiting, .at = now, .detail = until ? std::uint8_t{1} : std::uint8_t{0}, .value = until ? (*until - now).count() : 0});
  if (!until || *until > now) put();
}

void Recorder::sent(ChannelId channel, const base::Outbox& outbox, std::size_t count, base::TimePoint now) {
  if (!on()) return;
  base::Bytes few[k_pieces];
  std::vector<base::Bytes> many;
  std::span<base::Bytes> pieces(few);
  std::size_t found = outbox.gather(pieces);
  const auto octets_in = [&] {
    std::size_t octets = 0;
    for (const base::Bytes piece : pieces.first(found)) octets += piece.size();
    return octets;
  };
  while (octets_in() < count && found == pieces.size()) {
    many.resize(pieces.size() * 4);
    pieces = many;
    found = outbox.gather(pieces);
  }
  std::size_t used = 0;
  for (std::size_t left = count; left > 0 && used < found; ++used) {
    pieces[used] = pieces[used].first(std::min(pieces[used].size(), left));
    left -= pieces[used].size();
  }
  write({.kind = Kind::sent, .at = now, .channel = channel}, pieces.first(used));
}

void Recorder::ended(ChannelId channel, std::uint8_t cause, int error, std::size_t left, base::TimePoint now) {
  if (!on()) return;
  scratch_.clear();
  put_number(scratch_, left);
  write({.kind = Kind::ended, .at = now, .channel = channel, .detail = cause, .value = error, .octets = scratch_});
}

void Recorder::begin(Sink& sink, Purpose purpose) {
  stop(EndReason::stopped, "", purpose);
  stream(purpose) = {&sink};
}

void Recorder::stop(EndReason reason, std::string_view why, Purpose purpose) {
  Stream& ending = stream(purpose);
  if (ending.sink == nullptr) return;
  const Record end{.kind = Kind::end, .detail = static_cast<std::uint8_t>(reason), .octets = base::as_bytes(why)};
  ending.append(end, {&end.octets, 1});
  if (ending.sink != nullptr) ending.put();
  ending.sink = nullptr;
}

}  // namespace tandem::recording
