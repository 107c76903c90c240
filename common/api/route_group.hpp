// Changes that take effect together: `group start` to `group end`, and those of one line. They are read as they come and are in no RIB
// until all of them are there, so that no UPDATE is generated in between and routes with equal attributes share UPDATEs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/route_changes.hpp"

namespace tandem::api {

class RouteGroup {
 public:
  // Whether a line belongs to the block that is open: those that begin with `announce` or `withdraw`, in letters of any case.
  [[nodiscard]] static bool takes(base::Tokens line);

  // Adds one command: announce or withdraw of routes, or the attributes of all that follow. What cannot be read is an error of the
  // summary. `text` is the command in normal form. The tokens of attributes must live as long as the group.
  // `wait`: what the first command says of that, where its last words have been taken off already.
  void add(base::Tokens command, std::string_view text, rib::RouteParser& parser, std::optional<bool> wait = {});
  // Too many commands or octets of them; nothing more may be added.
  [[nodiscard]] bool full() const;

  [[nodiscard]] std::size_t commands() const { return commands_; }
  // `sync` or `async` behind the first command.
  [[nodiscard]] std::optional<bool> wait() const { return wait_; }

  // A group that stays open from line to line: it has no attributes of its own.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [changes, failures, attributes, merged, commands, octets, wait] = self;
    archive.object(self, "route_group")("changes", changes)("failures", failures)("commands", commands)("octets", octets)("wait", wait);
  }

  // Carries all of it out, and answers with the summary.
  Outcome apply(Call& call);

 private:
  void read(rib::RouteUse use, base::Tokens words, std::string_view text, rib::RouteParser& parser);
  [[nodiscard]] base::Tokens with_attributes(base::Tokens words, bool listed);
  void check(const Call& call, std::span<const PeerId> peers);
  void fail(std::string_view what, std::string_view text, std::string_view reason);
  void answer(Call& call) const;

  struct Failure {
    std::string text;
    std::string reason;  // beyond it, for clients that ask
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [text, reason] = self;
      archive.object(self, "failure")("text", text)("reason", reason);
    }
  };
  std::vector<RouteChange> changes_;
  std::vector<Failure> failures_;
  std::vector<base::Token> attributes_;
  std::vector<base::Token> merged_;  // scratch
  std::size_t commands_ = 0;
  std::size_t octets_ = 0;
  std::optional<bool> wait_;
};

}  // namespace tandem::api
