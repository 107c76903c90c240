// What a client sets for itself: acknowledgements, sync, and the small talk.
#include "common/api/commands.hpp"
#include "common/base/json_writer.hpp"

namespace tandem::api {

Outcome enable_ack(Call& call) {
  call.client.acknowledge = true;
  return Outcome::done;
}

Outcome disable_ack(Call& call) {
  call.client.acknowledge = false;
  terminate(call.client, "done", call.out);  // the last one, whatever the setting was
  return Outcome::answered;
}

Outcome silence_ack(Call& call) {
  call.client.acknowledge = false;
  return Outcome::silent;
}

Outcome enable_sync(Call& call) {
  call.client.sync = true;
  return Outcome::done;
}

Outcome disable_sync(Call& call) {
  call.client.sync = false;
  return Outcome::done;
}

Outcome enable_reasons(Call& call) {
  call.client.reasons = true;
  return Outcome::done;
}

Outcome disable_reasons(Call& call) {
  call.client.reasons = false;
  return Outcome::done;
}

Outcome enable_tags(Call& call) {
  call.client.tags = true;
  return Outcome::done;
}

Outcome disable_tags(Call& call) {
  call.client.tags = false;
  return Outcome::done;
}

Outcome enable_text(Call& call) {
  call.client.text = true;
  return Outcome::done;
}

Outcome disable_text(Call& call) {
  call.client.text = false;
  return Outcome::done;
}

Outcome reset(Call& call) {
  call.executor.drop_pending_commands(call.client.id);
  // What nobody waits for would lie in the named pipe, and be taken for the answer to what the next client asks.
  if (!call.words.answers_reset && call.typed.starts_with("reset") && !call.client.reasons && call.client.tag.empty()) return Outcome::silent;
  call.answer(call.json ? R"({ "status": "asynchronous queue cleared" })" : "asynchronous queue cleared");
  return Outcome::done;
}

Outcome ready(Call& call) {
  if (!call.executor.ready(call.client.id)) return call.refuse("only a process of the configuration is waited for");
  return Outcome::done;
}

Outcome ping(Call& call) {
  const std::string uuid = call.executor.status().uuid;
  if (call.text) {
    call.answer("pong " + uuid + " active=true");
    return Outcome::done;
  }
  base::JsonWriter json(call.out);
  json.begin_object();
  json.member("pong", uuid);
  json.member("active", true);
  json.end_object();
  call.answer("");
  return Outcome::done;
}

Outcome bye(Call&) { return Outcome::done; }

}  // namespace tandem::api
