// Lines of JSON: one a message, one a line of a program or client, one for each beginning and end.
#include "common/base/json_writer.hpp"
#include "common/bgp/message/header.hpp"
#include "common/replay/explain.hpp"
#include "common/replay/export_forms.hpp"

namespace tandem::replay {

namespace {

class JsonExport final : public DialogueVisitor {
 public:
  explicit JsonExport(WriteOctets write) : write_(std::move(write)) {}

  void opened(const Dialogue& dialogue, base::WallTime at) override { line(dialogue, "opened", at, [](base::JsonWriter&) {}); }
  void closed(const Dialogue& dialogue, base::WallTime at) override { line(dialogue, "closed", at, [](base::JsonWriter&) {}); }

  void unit(const Dialogue& dialogue, Direction direction, base::Bytes octets, base::WallTime at) override {
    line(dialogue, direction == Direction::sent ? "sent" : "received", at, [&](base::JsonWriter& json) {
      if (!dialogue.is_session()) return json.member("line", base::as_text(octets));
      if (octets.size() >= bgp::k_header_size) json.member("type", bgp::packet_name(octets[bgp::k_header_size - 1]));
      json.member("message", explain(octets, dialogue.agreed[static_cast<std::size_t>(direction)]));
      json.member("octets", base::to_hex(octets));
    });
  }

 private:
  template <typename Members>
  void line(const Dialogue& dialogue, std::string_view what, base::WallTime at, const Members& members) {
    text_.clear();
    base::JsonWriter json(text_);
    json.begin_object();
    json.key("time");
    json.number(std::chrono::duration<double>(at.time_since_epoch()).count(), 6);
    json.member("channel", dialogue.id);
    json.member("kind", to_string(dialogue.kind));
    if (dialogue.is_session()) {
      json.member("neighbor", dialogue.peer());
      json.member("local", dialogue.local.text());
      json.member("remote", dialogue.remote.text());
    } else {
      json.member("name", dialogue.name);
    }
    json.member("event", what);
    members(json);
    json.end_object();
    text_ += '\n';
    write_(base::as_bytes(text_));
  }

  WriteOctets write_;
  std::string text_;
};

}  // namespace

std::unique_ptr<DialogueVisitor> make_json_export(WriteOctets write) { return std::make_unique<JsonExport>(std::move(write)); }

}  // namespace tandem::replay
