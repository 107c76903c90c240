#include "tandem/capture/decoding.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "common/process/clock.hpp"
#include "common/process/posix_host.hpp"
#include "common/capture/conversations.hpp"
#include "tandem/capture/pcap.hpp"
#include "tandem/environment.hpp"

namespace tandem::capture {

namespace {

constexpr std::size_t k_block_size = 64 * 1024;
constexpr std::uint64_t k_complaints_max = 10;  // of a file; the others are counted
constexpr std::size_t k_kind_size = 12;         // octets that tell what a file is
constexpr base::Duration k_progress_interval = std::chrono::milliseconds(200);
constexpr std::uint64_t k_progress_messages = 1024;  // between two looks at the clock

// The first octets of a file; fewer than would tell where they are a line that somebody has typed.
[[nodiscard]] base::Result<base::Bytes> start_of(Reader& reader) {
  for (std::size_t count = 1;; ++count) {
    auto start = reader.peek(count);
    if (!start || start->size() < count || start->size() >= k_kind_size || start->back() == '\n') return start;
    count = start->size();
  }
}

[[nodiscard]] std::string from(const api::MessageSource& source) { return fmt::format("from {}", source.neighbor.peer.text()); }

}  // namespace

Decoding::Decoding(api::DaemonIdentity daemon, api::DecodeOptions options, rib::AttributePool& pool)
    : decoder_(std::move(daemon), options, pool),
      takes_messages_(options.kind != api::OctetsKind::nlri),
      now_(base::seconds(process::PosixHost().wall_time().time_since_epoch())) {}

bool Decoding::text(std::string_view hex) {
  refused_ = 0;
  HexText octets = hex_text();
  octets.add(hex);
  octets.finish();
  finish();
  return refused_ == 0;
}

bool Decoding::file(const std::string& name) {
  refused_ = messages_ = 0;
  progress_ = {};
  prefix_ = name == "-" ? "" : name + ": ";
  auto input = open_input(name, progress_);
  if (!input) {
    prefix_.clear();
    refuse(name == "-" || name.find('/') != std::string::npos ? input.error().reason() : fmt::format("not hexadecimal octets, nor a file: {}", input.error().reason()));
    return false;
  }
  Reader reader(std::move(*input));
  const auto start = start_of(reader);
  if (!start) {
    prefix_.clear();
    refuse(start.error().reason());
    return false;
  }
  shows_progress_ = ::isatty(STDERR_FILENO) == 1 && ::isatty(STDOUT_FILENO) != 1 && progress_.size != 0;
  if (is_packet_capture(*start)) packets(reader);
  else if (is_mrt(*start)) records(reader);
  else lines(reader);
  finish();
  return refused_ == 0;
}

bool Decoding::packets(Reader& reader) {
  Conversations conversations([this](const FoundMessage& found) { message(found); });
  const auto read = read_packet_capture(reader, [&](const Segment& segment, double time) { conversations.add(segment, time); });
  conversations.finish();
  if (!read) refuse(read.error().reason());
  if (conversations.lost_octets() != 0 || conversations.holes() != 0) {
    print(true);
    program::complain(fmt::format("{}{} octets are in no whole message, beside {} holes and the ends of the capture", prefix_,
                                  conversations.lost_octets(), conversations.holes()));
  }
  return read.has_value();
}

bool Decoding::records(Reader& reader) {
  MrtReader records(*this);
  const auto read = records.read(reader);
  if (!read) refuse(read.error().reason());
  if (records.passed_over() != 0) {
    print(true);
    program::complain(fmt::format("{}{} of {} records say nothing of routes", prefix_, records.passed_over(), records.records()));
  }
  return read.has_value();
}

bool Decoding::lines(Reader& reader) {
  HexText octets = hex_text();
  while (true) {
    const auto block = reader.peek(1);
    if (!block) {
      refuse(block.error().reason());
      return false;
    }
    if (block->empty()) break;
    octets.add(base::as_text(*block));
    reader.take(block->size());
    print(true);  // whoever writes lines may wait for what they mean
  }
  octets.finish();
  return true;
}

HexText Decoding::hex_text() {
  return HexText(takes_messages_, [this](base::Bytes octets) { return decode(octets, now_); }, [this](std::string reason) { refuse(reason); });
}

bool Decoding::decode(base::Bytes octets, double time) {
  ++messages_;
  const auto decoded = decoder_.decode(octets, time, out_);
  print(false);
  show_progress();
  if (decoded) return true;
  const base::NotificationCause* cause = decoded.error().notification();
  if (cause == nullptr) refuse(decoded.error().reason());
  else refuse(fmt::format("{} (NOTIFICATION {}/{})", decoded.error().reason(), cause->code, cause->subcode));
  return false;
}

void Decoding::message(const FoundMessage& found) {
  ++messages_;
  decoder_.set_source(*found.source);
  const auto decoded = decoder_.decode(found.whole, found.time, out_);
  if (!decoded) refuse(fmt::format("message {} {}: {}", messages_, from(*found.source), decoded.error().reason()));
  print(false);
  show_progress();
}

void Decoding::state(const StateChange& change) {
  decoder_.set_source(*change.source);
  decoder_.append_state(change.up, change.time, out_);
  print(false);
}

void Decoding::bad_record(std::uint64_t number, std::string reason) { refuse(fmt::format("record {}: {}", number, reason)); }

// In its place between the lines of standard output, as far as both go to the same terminal.
void Decoding::refuse(std::string_view reason) {
  if (++refused_ > k_complaints_max) return;
  print(true);
  program::complain(fmt::format("{}{}", prefix_, reason));
}

void Decoding::print(bool all) {
  if (!all && out_.size() < k_block_size) return;
  std::fwrite(out_.data(), 1, out_.size(), stdout);
  out_.clear();
  if (all) std::fflush(stdout);
}

void Decoding::show_progress() {
  if (!shows_progress_ || messages_ % k_progress_messages != 0) return;
  const base::TimePoint now = process::now();
  if (now - shown_at_ < k_progress_interval) return;
  shown_at_ = now;
  fmt::print(stderr, "\r{:3} %  {} messages", 100 * progress_.read / progress_.size, messages_);
  std::fflush(stderr);
}

void Decoding::finish() {
  print(true);
  if (shows_progress_) {
    constexpr std::string_view k_erase_line = "\r\x1b[K";
    fmt::print(stderr, "{}", k_erase_line);
    shows_progress_ = false;
  }
  if (refused_ > k_complaints_max) program::complain(fmt::format("{}{} more could not be decoded", prefix_, refused_ - k_complaints_max));
  prefix_.clear();
}

}  // namespace tandem::capture
