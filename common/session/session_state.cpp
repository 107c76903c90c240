// A session as a state (docs/recording.md).
#include <algorithm>

#include "common/bgp/attribute/attributes.hpp"
#include "common/session/fields.hpp"
#include "common/session/negotiation.hpp"
#include "common/session/session.hpp"

namespace tandem::session {

namespace {

// The log has been told of attributes by their names, which are those of the table.
std::vector<std::string_view> names_of(const std::vector<std::string>& names) {
  std::vector<std::string_view> known;
  for (const bgp::AttributeTraits* traits : bgp::attribute_table()) {
    if (std::find(names.begin(), names.end(), traits->name) != names.end()) known.push_back(traits->name);
  }
  return known;
}

}  // namespace

template <typename Archive, typename Self>
void Session::fields(Archive& archive, Self& self) {
  auto& [parameters, state, ending, gone, looking_ahead, now, local, remote, timers, inbox, outbox, events, next_event, close_reason, sent_open,
         received_open, negotiated, skipped, culprits] = self;
  std::vector<Event> to_tell(events.begin() + static_cast<std::ptrdiff_t>(next_event), events.end());
  std::vector<std::string> culprit_names(culprits.begin(), culprits.end());
  bool agreed = negotiated != nullptr;
  archive.object(self, "session")("state", state)("ending", ending)("gone", gone)("looking_ahead", looking_ahead)("now", now)("local", local)(
      "remote", remote)("timers", timers)("outbox", outbox)("events", to_tell)("close_reason", close_reason)("sent_open", sent_open)(
      "received_open", received_open)("negotiated", agreed)("skipped", skipped)("culprits", culprit_names)("inbox", inbox);
  if constexpr (Archive::k_reads) {
    events = std::move(to_tell);
    culprits = names_of(culprit_names);
    if (agreed && archive.ok()) self.negotiate_again(archive);
  }
}

void Session::store(state::Writer& writer) const { fields(writer, *this); }

void Session::load(state::Reader& reader) {
  fields(reader, *this);
  if (reader.ok() && !objection().empty()) reader.fail(objection());
}

void Session::negotiate_again(state::Reader& reader) {
  if (!sent_open_ || !received_open_) return reader.fail("something was negotiated without an OPEN");
  auto negotiated = std::make_unique<bgp::Negotiated>(negotiate(*sent_open_, *received_open_));
  agree_on_unannounced(parameters_, *sent_open_, *received_open_, *negotiated);
  if (const auto valid = validate(parameters_, *sent_open_, *received_open_, *negotiated); !valid) return reader.fail(valid.error().reason());
  negotiated_ = std::move(negotiated);
}

std::string_view Session::objection() const {
  if (!is_state(state_)) return "a session is in no state";
  if ((state_ == State::open_confirm || state_ == State::established) && !negotiated_) return "a session is up without having agreed on anything";
  if (state_ == State::open_sent && !sent_open_) return "a session has sent no OPEN";
  if (state_ != State::idle && gone_ && !close_reason_) return "a session is without its connection for no reason";
  return state_ != State::idle && ending_ ? "a session ends and is not idle" : "";
}

}  // namespace tandem::session
