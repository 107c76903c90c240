// Several changes at once: in one line, and from `group start` to `group end`.
#include <fmt/format.h>

#include <algorithm>

#include "common/api/commands.hpp"
#include "common/api/route_group.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

Outcome say(Call& call, std::string_view status) {
  if (!call.json) {
    call.answer(status);
    return Outcome::done;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("status", status);
  json.end_object();
  call.answer("");
  return Outcome::done;
}

// The first of `words` that are separated by semicolons outside of all braces.
[[nodiscard]] base::Tokens first_command(base::Tokens words) {
  int depth = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].quoted) continue;
    if (words[i].text == "{") ++depth;
    if (words[i].text == "}") --depth;
    if (words[i].text == ";" && depth <= 0) return words.first(i);
  }
  return words;
}

}  // namespace

Outcome group_line(Call& call) {
  RouteGroup group;
  for (base::Tokens left = call.args; !left.empty();) {
    const base::Tokens command = first_command(left);
    left = left.subspan(std::min(command.size() + 1, left.size()));
    if (!command.empty()) group.add(command, call.line.normalised(command), call.routes);
  }
  return group.commands() == 0 ? call.deny("empty group") : group.apply(call);
}

Outcome group_start(Call& call) {
  if (call.client.group) return call.deny("already in group block (nested groups not allowed)");
  call.client.group = std::make_shared<RouteGroup>();
  return say(call, "group started");
}

Outcome group_add(Call& call) {
  call.client.group->add(call.args, call.line.normalised(call.args), call.routes, call.wait);
  if (!call.client.group->full()) return Outcome::done;
  call.client.group.reset();
  return call.deny("group buffer limit reached, group discarded");
}

Outcome group_end(Call& call) {
  const std::shared_ptr<RouteGroup> group = std::move(call.client.group);
  if (!group) return call.deny("not in group block");
  if (group->commands() > 0) return group->apply(call);
  if (!call.json) return say(call, "group ended: 0 commands");
  call.answer(R"({ "status": "group ended", "commands": 0 })");
  return Outcome::done;
}

}  // namespace tandem::api
