// Events as lines for API programs: JSON in versions 4 and 6, and text. Pure functions of values, for one thread at a time, as what one event has
// in common with the one before is kept; the speaker says who gets them.
#pragma once

#include <string>
#include <string_view>

#include "common/api/event.hpp"
#include "common/api/negotiated_json.hpp"
#include "common/api/wording.hpp"

namespace tandem::api {

class EventEncoder {
 public:
  explicit EventEncoder(DaemonIdentity daemon, bgp::Dialect dialect = bgp::Dialect::main);
  bool compact = false;  // setting api.compact

  [[nodiscard]] const Wording& words() const { return *words_; }
  [[nodiscard]] bool counts(EventForm form) const { return form != EventForm::text || words_->counts_text; }

  // Each appends one complete event, newline included (text: followed by an empty line). Nothing is appended where the form has no
  // such event (text has no negotiated, fsm, signal). `time` is wall-clock seconds since 1970.
  void state(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state, std::string_view reason, std::string& out) const;
  void fsm(EventForm form, const NeighborIdentity& neighbor, double time, std::string_view state, std::string& out) const;
  void negotiated(EventForm form, const NeighborIdentity& neighbor, double time, const bgp::Negotiated& negotiated, std::string& out) const;
  void signal(EventForm form, const NeighborIdentity& neighbor, double time, int code, std::string_view name, std::string& out) const;
  // What stands between two of these, "begin" and "end", says how things are.
  void snapshot(EventForm form, double time, std::string_view mark, std::string& out) const;
  void shutdown(EventForm form, double time, std::string& out) const;
  // `reason`: why another one runs ("command", "trial", "trial over", "rolled back", "stopped"); `detail`: what rolled it back.
  void engine(EventForm form, double time, std::string_view name, std::string_view before, std::string_view reason, std::string_view detail,
              std::string& out) const;
  void packet(EventForm form, const NeighborIdentity& neighbor, double time, EventDirection direction, const bgp::RawMessage& message,
              const bgp::Negotiated* negotiated, std::string& out) const;
  void message(EventForm form, const NeighborIdentity& neighbor, double time, const MessageEvent& event,
               const bgp::Negotiated* negotiated, std::string& out) const;

 private:
  // What stands beside an event.
  [[nodiscard]] std::string_view beside(const NeighborIdentity& neighbor, EventDirection direction, const bgp::Negotiated* negotiated) const;

  const Wording* words_;
  DaemonIdentity daemon_;
  std::string daemon_members_;  // the same as members of a JSON object: every line has them
  mutable NegotiatedMember negotiated_;  // the last one
};

}  // namespace tandem::api
