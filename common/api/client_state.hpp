// What is kept of a client from line to line.
#pragma once

#include <memory>
#include <string>

#include "common/api/executor.hpp"

namespace tandem::api {

class RouteGroup;

// Per client (program or control connection); lives as long as the client does.
struct ClientState {
  ClientId id = 0;
  std::string service;        // the name of its process section; shown in answers
  unsigned version = 6;       // grammar: 4 or 6 (both understand the daemon/session/system/rib/peer forms)
  bool acknowledge = true;
  bool sync = false;
  bool text = false;          // answers are text unless "json" is asked for, whatever the version
  bool details = true;        // errors that ExaBGP's main explains have its words; 4.2 explains none
  bool reasons = false;       // every error is answered with its reason, not only those that ExaBGP explains
  bool tags = false;          // `#17 COMMAND` is a command whose answer ends with its tag, not a comment
  std::string tag;            // of the command that is being carried out; "": it has none
  std::uint32_t owner = 0;    // of what it announces, when that ends with it; 0: it does not
  bool complete = false;      // the last command said that nothing that follows belongs to it: sync, the end of a group
  std::shared_ptr<RouteGroup> group;  // between `group start` and `group end`

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [id, service, version, acknowledge, sync, text, details, reasons, tags, tag, owner, complete, group] = self;
    archive.object(self, "client_state")("id", id)("service", service)("version", version)("acknowledge", acknowledge)("sync", sync)(
        "text", text)("details", details)("reasons", reasons)("tags", tags)("tag", tag)("owner", owner)("complete", complete)(
        "group", group);
  }
};

}  // namespace tandem::api
