// Octets that somebody has in a file or on a clipboard, made into the lines that API programs get (`tandem decode`): whole messages one
// behind the other, the body of one without its header, or NLRI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/api/event_encoder.hpp"
#include "common/base/error.hpp"
#include "common/bgp/negotiated.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::api {

enum class DecodedForm : std::uint8_t { json_v4, json_v6, text, commands };

// What the octets are. `message`: whole messages when they start with a marker, else the body of an UPDATE.
enum class OctetsKind : std::uint8_t { message, update, open, nlri };

struct DecodeOptions {
  DecodedForm form = DecodedForm::json_v6;
  OctetsKind kind = OctetsKind::message;
  bgp::Family family = bgp::k_ipv4_unicast;  // of NLRI without a message around them
  bool path_identifiers = false;             // read in front of every NLRI of a family that can have them (RFC 7911)
  // What both ends agreed on. nullopt: nobody knows, and the octets are read as what they say: every family, next hops by their
  // length, AS numbers of the width that fits.
  std::optional<bgp::Negotiated> session;
  NeighborIdentity neighbor;
  bgp::Dialect dialect = bgp::Dialect::main;
};

// Where messages come from and how they are to be read, of files that say so of each.
struct MessageSource {
  NeighborIdentity neighbor;
  std::optional<bool> asn4;  // nullopt: the width that fits
  bgp::FamilySet add_path;   // whose NLRI have path identifiers
};

class MessageDecoder {
 public:
  MessageDecoder(DaemonIdentity daemon, DecodeOptions options, rib::AttributePool& pool);

  // From here on messages are of this source. With a session in the options only its neighbor counts.
  void set_source(const MessageSource& source);

  // Appends the lines of what is in `octets`. On failure, those of the messages in front of the one that cannot be read stay.
  [[nodiscard]] base::Result<void> decode(base::Bytes octets, double time, std::string& out);
  // A session that came up, or went down (text and JSON; no command says it).
  void append_state(bool up, double time, std::string& out) const;

 private:
  [[nodiscard]] base::Result<void> decode_message(const bgp::RawMessage& message, double time, std::string& out);
  [[nodiscard]] base::Result<void> decode_update(MessageEvent& event, double time, std::string& out);
  [[nodiscard]] base::Result<void> decode_nlri(base::Bytes octets, std::string& out) const;
  [[nodiscard]] const bgp::Negotiated& session_of(base::Bytes update) const;
  void assume(bgp::FamilySet add_path);
  void append(const MessageEvent& event, double time, std::string& out);

  EventEncoder encoder_;
  DecodeOptions options_;
  rib::AttributePool& pool_;
  std::optional<bool> asn4_;  // of the source
  // What is assumed where nobody knows: nothing that the octets do not say. One for each width of AS numbers.
  bgp::Negotiated narrow_;
  bgp::Negotiated wide_;
};

}  // namespace tandem::api
