#include "common/api/negotiated_json.hpp"

#include <tuple>

#include "common/base/json_writer.hpp"

namespace tandem::api {

namespace {

// What is in it.
auto shown(const bgp::Negotiated& agreed) {
  return std::tie(agreed.message_size, agreed.hold_time_s, agreed.asn4, agreed.multisession, agreed.operational, agreed.refresh, agreed.families,
                  agreed.extended_next_hops, agreed.add_path_send, agreed.add_path_receive);
}

void families_json(bgp::FamilySet set, base::JsonWriter& json) {
  json.begin_array();
  for (bgp::FamilyIndex index = 0; index < bgp::k_family_count; ++index) {
    if (set.contains(index)) json.string(bgp::to_string(bgp::family_at(index)));
  }
  json.end_array();
}

void negotiated_json(const bgp::Negotiated& agreed, base::JsonWriter& json) {
  const auto& [message_size, hold_time_s, asn4, multisession, operational, refresh, families, extended_next_hops, add_path_send, add_path_receive] =
      shown(agreed);
  json.key("negotiated");
  json.begin_object();
  json.member("message_size", message_size);
  json.member("hold_time", hold_time_s);
  json.member("asn4", asn4);
  json.member("multisession", multisession);
  json.member("operational", operational);
  json.member("refresh", bgp::to_string(refresh));
  json.key("families");
  json.begin_array();
  for (const bgp::Family family : families) json.string(bgp::to_string(family));
  json.end_array();
  json.key("nexthop");
  json.begin_array();
  for (const bgp::ExtendedNextHop& next_hop : extended_next_hops) {
    json.string(bgp::to_string(next_hop.family) + ' ' + bgp::to_string(next_hop.next_hop_afi));
  }
  json.end_array();
  json.key("add_path");
  json.begin_object();
  json.key("send");
  families_json(add_path_send, json);
  json.key("receive");
  families_json(add_path_receive, json);
  json.end_object();
  json.end_object();
}

}  // namespace

std::string_view NegotiatedMember::of(const bgp::Negotiated* negotiated) {
  static const bgp::Negotiated k_nothing_yet;
  const bgp::Negotiated& agreed = negotiated != nullptr ? *negotiated : k_nothing_yet;
  if (!text_.empty() && shown(agreed) == shown(agreed_)) return text_;
  agreed_ = agreed;
  text_.clear();
  base::JsonWriter json(text_);
  negotiated_json(agreed_, json);
  return text_;
}

}  // namespace tandem::api
