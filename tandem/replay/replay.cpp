// tandem replay: a recording once more, through this binary, and whether everything came out as it did then.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>

#include "common/process/clock.hpp"
#include "common/process/system_error.hpp"
#include "common/replay/export.hpp"
#include "common/replay/player.hpp"
#include "common/replay/report.hpp"
#include "common/replay/shrink.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/environment.hpp"
#include "tandem/options.hpp"
#include "tandem/replay/apart.hpp"
#include "tandem/replay/engine_run.hpp"
#include "tandem/replay/file.hpp"
#include "tandem/replay/following.hpp"
#include "tandem/replay/shadow.hpp"
#include "tandem/subcommand.hpp"

namespace tandem::program {

namespace {

constexpr int k_nicer = 10;  // than the daemon that is followed
constexpr base::Duration k_told_every = std::chrono::seconds(5);

struct Flags {
  std::string file;
  std::string neighbor;
  double until_s = 0;
  bool partial = false;
  std::string form;
  std::string output;
  bool shrink = false;
  std::string engine;
  bool follow = false;
  std::string shadow;  // a folder
};

std::string size_text(std::uint64_t octets) {
  constexpr std::uint64_t k_kib = 1024;
  return octets < k_kib ? fmt::format("{} octets", octets) : octets < k_kib * k_kib ? fmt::format("{} KiB", octets / k_kib) : fmt::format("{} MiB", octets / k_kib / k_kib);
}

int judge(const replay::Played& played, const Flags& flags) {
  fmt::print("recorded by version {}, {} of it, {} inputs in {} rounds\n", played.version, replay::seconds_text(played.length), played.inputs, played.rounds);
  if (played.unanswered > 0) fmt::print("note: the speaker asked the host {} questions that it did not ask then\n", played.unanswered);
  if (played.difference) {
    fmt::print("verdict: different. First difference:\n{}", replay::report(*played.difference));
    return k_exit_failure;
  }
  if (!played.ended.empty() && played.ended != "stopped") fmt::print("note: the recording ended because {}\n", played.ended);
  if (played.ended.empty() && flags.until_s == 0) fmt::print("note: the recording does not say that it has ended: the daemon was killed, or still runs\n");
  fmt::print("verdict: identical. {} to peers{}.\n", size_text(played.octets_to_peers),
             flags.neighbor.empty() ? fmt::format(", {} to programs and clients", size_text(played.octets_to_programs)) : fmt::format(", of which {} was compared", flags.neighbor));
  return k_exit_ok;
}

// Writes the recording in another form; nothing is played.
int export_as(recording::Reader& reader, const Flags& flags, const std::optional<base::Duration>& until) {
  std::FILE* const file = flags.output.empty() ? stdout : std::fopen(flags.output.c_str(), "wbe");
  if (file == nullptr) {
    complain(process::system_error("open", flags.output, errno));
    return k_exit_failure;
  }
  const auto write = [file](base::Bytes octets) { static_cast<void>(std::fwrite(octets.data(), 1, octets.size(), file)); };
  const auto visitor = replay::make_export(flags.form, write);
  const auto read = replay::visit_dialogues(reader, {until, flags.neighbor}, *visitor);
  const bool bad = std::fflush(file) != 0 || std::ferror(file) != 0;
  if (file != stdout) std::fclose(file);
  if (bad) complain(fmt::format("{} cannot be written", flags.output.empty() ? "standard output" : flags.output));
  if (!read) complain(fmt::format("{}: {}", flags.file, read.error().reason()));
  return !bad && (read || flags.partial) ? k_exit_ok : k_exit_failure;
}

// All records of a file.
base::Result<std::vector<recording::Owned>> read_all(recording::Reader& reader, const Flags& flags) {
  std::vector<recording::Owned> records;
  for (;;) {
    const auto record = reader.next();
    if (!record && flags.partial) fmt::print("note: {}: {}; what is in front of that was played\n", flags.file, record.error().reason());
    if (!record && !flags.partial) return base::Error(fmt::format("{}: {}", flags.file, record.error().reason()));
    if (!record || *record == nullptr) return base::Result<std::vector<recording::Owned>>(boost::system::in_place_value, std::move(records));
    records.emplace_back(**record);
  }
}

std::string how_many(std::size_t sessions) { return fmt::format("{} session{}", sessions, sessions == 1 ? "" : "s"); }

base::Result<replay::EngineReplay> through_engine(const Flags& flags) {
  const auto begins = [&flags](const std::string& version) {
    fmt::print("recorded by version {}, replayed with engine {}\n", version, flags.engine);
    static_cast<void>(std::fflush(stdout));  // it may take its time
  };
  if (flags.follow) {
    static_cast<void>(::nice(k_nicer));
    auto following = replay::Following::open(flags.file);
    if (!following) return following.error();
    std::size_t told_inputs = 0;
    base::TimePoint told_at{};
    const auto tells = [&](const replay::EngineReplay& so_far) {
      const base::TimePoint now = process::now();
      if (now - told_at <= k_told_every || told_inputs == so_far.inputs) return;
      told_at = now;
      told_inputs = so_far.inputs;
      fmt::print("{} of it, {} behind, {} inputs, {} messages of {}: {}\n", replay::seconds_text(so_far.recorded), replay::seconds_text(so_far.behind), so_far.inputs, so_far.messages,
                 how_many(so_far.sessions), replay::to_string(so_far.judgement.verdict));
      static_cast<void>(std::fflush(stdout));
    };
    return replay::follow_with_engine(**following, flags.engine, {begins, tells});
  }
  auto source = replay::open_recording(flags.file);
  if (!source) return source.error();
  recording::Reader reader(std::move(*source));
  auto records = read_all(reader, flags);
  if (!records) return records.error();
  auto played = replay::replay_with_engine(std::move(*records), flags.engine, begins);
  return played ? std::move(played) : base::Error(fmt::format("{}: {}", flags.file, played.error().reason()));
}

int replay_through(const Flags& flags) {
  if (const auto refusal = find_engine(flags.engine)->refusal()) {
    complain(fmt::format("engine {} cannot begin: {}", flags.engine, *refusal));
    return k_exit_failure;
  }
  const auto played = through_engine(flags);
  if (!played) {
    complain(played.error());
    return k_exit_failure;
  }
  fmt::print("{} of it, {} inputs, in {}\n", replay::seconds_text(played->recorded), played->inputs, replay::seconds_text(played->taken));
  if (!played->note.empty()) fmt::print("note: {}\n", played->note);
  if (!played->other_line.empty()) fmt::print("note: what programs and clients were told differs, as what depends on times does. First:\n{}", played->other_line);
  const compare::Judgement& judgement = played->judgement;
  if (judgement.verdict == replay::Verdict::different) {
    fmt::print("verdict: different. First difference:\n{}", judgement.difference);
    return k_exit_failure;
  }
  fmt::print("verdict: {}. {}, {} messages{}.\n", replay::to_string(judgement.verdict), how_many(played->sessions), played->messages,
             played->streams_of_lines > 0 && played->other_line.empty() ? ", and every line to programs and clients" : "");
  if (!judgement.difference.empty()) fmt::print("The same states, merged in another way. First octets that differ:\n{}", judgement.difference);
  return k_exit_ok;
}

// A smaller recording with the same difference, as a file.
int shrink_to(recording::Reader& reader, const Flags& flags) {
  auto records = read_all(reader, flags);
  if (!records) {
    complain(records.error());
    return k_exit_failure;
  }
  const auto shrunk = replay::shrink(std::move(*records), replay::run_apart, {});
  if (!shrunk) {
    complain(fmt::format("{}: {}", flags.file, shrunk.error().reason()));
    return k_exit_failure;
  }
  if (auto written = replay::write_recording(flags.output, shrunk->records); !written) {
    complain(written.error());
    return k_exit_failure;
  }
  fmt::print("{} inputs from outside of {} are left, after {} runs; 'tandem replay {}' {}\n", shrunk->inputs, shrunk->inputs_before, shrunk->runs, flags.output,
             shrunk->signal == 0 ? "has the same difference" : fmt::format("ends in the same way ({})", ::strsignal(shrunk->signal)));
  return k_exit_ok;
}

}  // namespace

int run_replay(const Invocation& invocation) {
  Options app(
      "Plays a recording of a speaker (tandem server --record FILE) to the speaker of this binary: in virtual time, as fast as it goes, without\n"
      "network, programs or files. Every octet to each peer and every line to each program is compared with what was written then. A\n"
      "recording of another version is played as well: what differs then differs between the versions.");
  Flags flags;
  app.add_option("FILE", flags.file, "the recording").required();
  app.add_option("--until", flags.until_s, "only so many seconds from its beginning").type_name("SECONDS").positive();
  app.add_option("--neighbor", flags.neighbor, "only compare what this neighbor was sent").type_name("ADDRESS");
  app.add_flag("--partial", flags.partial, "of a recording that is cut or damaged, play what is in front of that");
  app.add_option("--export", flags.form, "play nothing, write the recording in another form: packets, messages as collectors keep them, lines")
      .one_of(replay::export_forms());
  app.add_flag("--shrink", flags.shrink, "of a recording that differs, or that the program does not survive, make a small one with the same end (-o FILE)");
  app.add_option("-o,--output", flags.output, "where --export and --shrink write; without it --export writes on standard output").type_name("FILE");
  app.add_option("--engine", flags.engine,
                 "through this engine, over sockets, as a daemon does it: the inputs cut as they were, and without the pauses in which nothing\n"
                 "happened. The verdict is 'equivalent' where time has merged routes in another way (docs/contract.md)")
      .one_of(engine_names()).excludes("--until").excludes("--neighbor").excludes("--export").excludes("--shrink");
  app.add_flag("--follow", flags.follow,
               "the recording is still being written: what comes is played as it comes, a second later, with less priority, until the recording\n"
               "ends, something differs, or a signal comes; now and then a line says how it stands (docs/recording.md)")
      .needs("--engine").excludes("--partial");
  app.add_option("--shadow", flags.shadow).needs("--follow").hidden();  // for the daemon that is followed: shadow.hpp
  app.footer(settings_hint() + "\nExit status: 0 when everything is identical or equivalent, 1 when something differs or the recording cannot be read, 2 on wrong options.\n");
  int status = 0;
  if (!app.parse(invocation, status)) return status;
  if (const auto settings = read_settings(invocation); !settings) {
    complain(settings.error());
    return k_exit_failure;
  }
  if (!flags.shadow.empty()) return replay::run_shadow(flags.engine, flags.shadow);
  if (!flags.engine.empty()) return replay_through(flags);
  auto source = replay::open_recording(flags.file);
  if (!source) {
    complain(source.error());
    return k_exit_failure;
  }
  recording::Reader reader(std::move(*source));
  replay::PlayOptions options;
  options.neighbor = flags.neighbor;
  options.partial = flags.partial;
  if (flags.until_s > 0) options.until = base::Duration(static_cast<std::int64_t>(flags.until_s * 1e9));
  if (flags.shrink && flags.output.empty()) {
    fmt::print(stderr, "{}: --shrink needs -o FILE\n", invocation.name);
    return k_exit_usage;
  }
  if (flags.shrink) return shrink_to(reader, flags);
  if (!flags.form.empty()) return export_as(reader, flags, options.until);
  replay::Player player(reader, std::move(options));
  const auto played = player.play();
  if (!played) {
    complain(fmt::format("{}: {}", flags.file, played.error().reason()));
    return k_exit_failure;
  }
  if (!played->broken.empty()) fmt::print("note: {}: {}; what is in front of that was played\n", flags.file, played->broken);
  return judge(*played, flags);
}

}  // namespace tandem::program
