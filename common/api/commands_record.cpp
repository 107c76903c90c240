// The recording of all that happens to the daemon (docs/recording.md): its beginning, its end, and how it stands.
#include <fmt/format.h>

#include "common/api/outcome_job.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

constexpr std::uint64_t k_files_most = 1000;
constexpr std::uint64_t k_size_least = std::uint64_t{1} << 20;
constexpr std::uint64_t k_size_most = std::uint64_t{1'000'000} << 30;

// It begins between two rounds, from a snapshot.
constexpr Decided k_record{"record start", "record_job", &Executor::recording_outcome};
using RecordJob = OutcomeJob<k_record>;

using Value = std::optional<std::uint64_t>;

// A whole number from `least` to `most`.
Value whole_number(Unit unit, std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto figure = read_figure(unit, text);
  if (!figure || *figure < static_cast<double>(least) || *figure > static_cast<double>(most)) return std::nullopt;
  const auto number = static_cast<std::uint64_t>(*figure);
  return static_cast<double>(number) == *figure ? Value(number) : std::nullopt;
}

base::Error twice(std::string_view word) { return base::Error(fmt::format("'{}' stands there twice", word)); }

// <file> [size <octets>] [keep <n> files]
base::Result<base::RecordingRequest> parse_request(base::Tokens words) {
  base::RecordingRequest request;
  if (words.empty()) return base::Error("which file is missing: record start <file>");
  request.file = words[0].text;
  for (std::size_t at = 1; at < words.size(); at += 2) {
    const std::string_view word = words[at].text;
    const std::string_view value = at + 1 < words.size() ? words[at + 1].text : std::string_view();
    if (word == "size") {
      if (request.size > 0) return twice(word);
      const Value octets = whole_number(Unit::octets, value, k_size_least, k_size_most);
      if (!octets) return base::Error(fmt::format("size '{}': octets are expected, from 1M to 1000000G", value));
      request.size = *octets;
    } else if (word == "keep") {
      if (request.keep > 0) return twice(word);
      const Value files = whole_number(Unit::count, value, 1, k_files_most);
      if (!files) return base::Error(fmt::format("keep '{}': from 1 to {} files", value, k_files_most));
      request.keep = static_cast<unsigned>(*files);
      if (at + 2 < words.size() && (words[at + 2].text == "files" || words[at + 2].text == "file")) ++at;
    } else {
      return base::Error(fmt::format("unknown word '{}' (expected: size, keep)", word));
    }
  }
  if (request.keep > 0 && request.size == 0) return base::Error("keep: how large a file may be is missing: size <octets>");
  return request;
}

std::string in_words(const base::RecordingFacts& facts) {
  if (facts.file.empty()) return "nothing is recorded";
  const std::string size = fmt::format("{} octets of records, {} of file", facts.octets, facts.file_octets);
  if (facts.on) return fmt::format("recording to {}: {}, {} wait", facts.file, size, facts.waiting);
  return fmt::format("nothing is recorded; {} has {}{}{}", facts.file, size, facts.ended.empty() ? "" : ", and ended: ", facts.ended);
}

}  // namespace

std::unique_ptr<Job> load_record_job(state::Reader& reader) { return RecordJob::load(reader); }

Outcome record_start(Call& call) {
  const auto request = parse_request(call.args);
  if (!request) return call.fail(request.error().reason());
  return RecordJob::begin(call, call.executor.start_recording(*request));
}

// What follows in this round is recorded still.
Outcome record_stop(Call& call) {
  if (!call.executor.recording().on) return call.fail("nothing is recorded");
  call.executor.stop_recording();
  return Outcome::done;
}

Outcome record_status(Call& call) {
  const base::RecordingFacts facts = call.executor.recording();
  if (!call.json) {
    call.answer(in_words(facts));
    return Outcome::done;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("recording", facts.on);
  if (!facts.file.empty()) {
    json.member("file", facts.file);
    json.member("octets", facts.octets);
    json.member("file_octets", facts.file_octets);
    json.member("waiting", facts.waiting);
  }
  if (!facts.ended.empty()) json.member("ended", facts.ended);
  json.end_object();
  call.answer("");
  return Outcome::done;
}

}  // namespace tandem::api
