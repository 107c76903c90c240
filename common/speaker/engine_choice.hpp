// Which engine runs, and which is wanted: `engine NAME` sets a wish, the program starts the other engine and says how that went.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/executor.hpp"
#include "common/base/error.hpp"
#include "common/base/time.hpp"

namespace tandem::speaker {

class EngineChoice {
 public:
  explicit EngineChoice(std::vector<std::string> known) : known_(std::move(known)) {}

  // --- for commands --------------------------------------------------------------------------------------------------
  [[nodiscard]] base::Result<void> request(std::string_view name);
  // What became of the wish; nullopt: it is not decided yet.
  [[nodiscard]] std::optional<base::Result<void>> outcome(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& known() const { return known_; }

  // --- for the program -------------------------------------------------------------------------------------------------
  [[nodiscard]] const std::string& wanted() const { return wanted_; }
  void started(std::string_view name, base::TimePoint now);
  void refused(std::string_view reason);  // it could not begin: the one before goes on
  void close(std::string_view reason);    // from now on the one that runs stays

  // --- for the round -------------------------------------------------------------------------------------------------
  [[nodiscard]] bool wants_another() const { return !wanted_.empty() && wanted_ != running_.name; }
  // Says that the engine runs, once. True: another one ran before.
  bool first_round();
  [[nodiscard]] const std::string& before() const { return before_.name; }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [known, running, before, wanted, refusal, is_new, closed] = self;
    archive.object(self, "engine_choice")("running", running)("before", before)("wanted", wanted)("refusal", refusal)(
        "is_new", is_new)("closed", closed);
  }

  [[nodiscard]] const std::string& name() const { return running_.name; }
  [[nodiscard]] base::TimePoint since() const { return running_.since; }
  [[nodiscard]] std::uint64_t switches() const { return running_.starts == 0 ? 0 : running_.starts - 1; }

 private:
  struct Engine {
    std::string name;
    base::TimePoint since{};
    std::uint64_t starts = 0;
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [name, since, starts] = self;
      archive.object(self, "engine")("name", name)("since", since)("starts", starts);
    }
  };
  std::vector<std::string> known_;
  Engine running_;
  Engine before_;         // goes on when the one that was started cannot begin
  std::string wanted_;
  std::string refusal_;   // why the last one that was wanted does not run
  bool is_new_ = false;   // no round of it has run
  bool closed_ = false;
};

}  // namespace tandem::speaker
