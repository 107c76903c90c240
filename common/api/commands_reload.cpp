// `reload check`: what a reload would do, of which nothing is done.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/api/commands.hpp"
#include "common/api/job_state.hpp"
#include "common/api/reload_report.hpp"
#include "common/base/format.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

using Effect = ReloadEffect::Effect;

struct EffectWords {
  Effect effect;
  std::string_view word;  // JSON
  std::string_view text;
};
constexpr EffectWords k_effects[] = {
    {Effect::nothing, "nothing", "nothing"},
    {Effect::routes, "routes", "routes only"},
    {Effect::refresh, "refresh", "route refresh"},
    {Effect::session, "session", "session restart"},
    {Effect::added, "added", "added"},
    {Effect::removed, "removed", "removed"},
    {Effect::started, "started", "started"},
    {Effect::stopped, "stopped", "stopped"},
    {Effect::outdated, "outdated", "goes on as it is until a full reload (SIGUSR2)"},
};

[[nodiscard]] const EffectWords& words_of(Effect effect) {
  return *std::find_if(std::begin(k_effects), std::end(k_effects), [effect](const EffectWords& row) { return row.effect == effect; });
}

void append_json(const ReloadEffect& effect, std::string_view name, std::string& out) {
  base::JsonWriter json(out);
  json.begin_object();
  json.member(name, effect.name);
  json.member("effect", words_of(effect.effect).word);
  json.key("keywords");
  json.begin_array();
  for (const std::string& keyword : effect.keywords) json.string(keyword);
  json.end_array();
  json.member("announced", effect.announced);
  json.member("withdrawn", effect.withdrawn);
  json.end_object();
}

// "FILE:3:5: reason" and the lines that show the place, one behind the other.
void append_error(std::string_view text, std::string& out) {
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += first ? "error: " : "  ";
    base::append_printable(out, text.substr(0, end));
    out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Reads the file, then answers in pieces: there may be a million neighbors.
class ReloadJob final : public Job {
 public:
  ReloadJob() = default;
  ReloadJob(std::string_view path, bool json, bool acknowledge) : path_(path), reads_(true), acknowledge_(acknowledge), json_(json) {}

  std::optional<Outcome> step(Executor& executor, std::size_t budget, std::string& out) override {
    if (reads_) {
      if (!checking_) checking_ = executor.check_reload(path_);
      auto checked = checking_->step();
      if (!checked) return std::nullopt;
      checking_.reset();
      reads_ = false;
      if (!*checked) return tell_error(checked->error().reason(), out);
      check_ = std::move(**checked);
    }
    const std::size_t enough = out.size() + budget;
    if (!json_) {
      if (!text_.step(check_, enough, out)) return std::nullopt;
      return Outcome::done;
    }
    if (!std::exchange(begun_, true)) begin_json(out);
    if (!list_json(check_.neighbors, "neighbor", enough, out)) return std::nullopt;
    if (!std::exchange(at_programs_, true)) {
      out += R"( ], "processes": [ )";
      first_ = true;
    }
    if (!list_json(check_.programs, "process", enough, out)) return std::nullopt;
    out += " ] }\n";
    return Outcome::done;
  }

  [[nodiscard]] std::string_view kind() const override { return "reload check"; }
  void store(state::Writer& writer) const override { fields(writer, *this); }
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    // Who goes on with a file that is being read begins it again.
    auto& [path, reads, acknowledge, checking, check, text, json, begun, at_programs, first, next] = self;
    archive.object(self, "reload_job")("check", check)("text", text)("json", json)("begun", begun)("at_programs", at_programs)("first", first)(
        "next", next)("path", path)("reads", reads)("acknowledge", acknowledge);
  }

 private:
  void begin_json(std::string& out) const {
    out += R"({ "file": )";
    base::JsonWriter json(out);
    json.string(check_.path);
    out += R"(, "warnings": )";
    base::JsonWriter warnings(out);
    warnings.begin_array();
    for (const std::string& warning : check_.warnings) warnings.string(warning);
    warnings.end_array();
    out += R"(, "neighbors": [ )";
  }
  // True: all are listed. What is listed is forgotten.
  bool list_json(std::vector<ReloadEffect>& effects, std::string_view name, std::size_t enough, std::string& out) {
    while (next_ < effects.size()) {
      if (out.size() >= enough) return false;
      if (!std::exchange(first_, false)) out += ", ";
      append_json(effects[next_++], name, out);
    }
    effects.clear();
    next_ = 0;
    return true;
  }

  Outcome tell_error(std::string_view text, std::string& out) const {
    if (json_) {
      base::JsonWriter json(out);
      json.begin_object();
      json.member("error", text);
      json.end_object();
      out += '\n';
    } else if (acknowledge_) {
      append_error(text, out);
    }
    return Outcome::error;
  }

  std::string path_;
  bool reads_ = false;
  bool acknowledge_ = true;
  std::unique_ptr<ReloadChecking> checking_;
  ReloadCheck check_;
  ReloadText text_;
  bool json_ = false;
  bool begun_ = false;
  bool at_programs_ = false;
  bool first_ = true;
  std::size_t next_ = 0;
};

}  // namespace

void append_text(const ReloadEffect& effect, std::string& out) {
  base::append(out, "{}: {}", effect.name, words_of(effect.effect).text);
  if (!effect.keywords.empty()) base::append(out, " ({})", fmt::join(effect.keywords, ", "));
  if (effect.announced > 0) base::append(out, ", {} routes announced", effect.announced);
  if (effect.withdrawn > 0) base::append(out, ", {} routes withdrawn", effect.withdrawn);
  out += '\n';
}

bool ReloadText::step(const ReloadCheck& check, std::size_t enough, std::string& out) {
  for (; at_ < check.warnings.size(); ++at_) {
    out += "warning: ";
    base::append_printable(out, check.warnings[at_]);
    out += '\n';
  }
  for (std::size_t i = at_ - check.warnings.size(); i < check.neighbors.size() + check.programs.size(); ++i, ++at_) {
    if (out.size() >= enough) return false;
    const bool program = i >= check.neighbors.size();
    if (program) out += "process ";
    append_text(program ? check.programs[i - check.neighbors.size()] : check.neighbors[i], out);
  }
  return true;
}

std::unique_ptr<Job> load_reload_job(state::Reader& reader) { return loaded<ReloadJob>(reader); }

Outcome check_reload(Call& call) {
  const std::string_view path = call.args.empty() ? std::string_view() : call.args[0].text;
  call.job = std::make_unique<ReloadJob>(path, call.json, call.client.acknowledge);
  return Outcome::job;
}

}  // namespace tandem::api
