#include "common/api/event_update.hpp"

#include <fmt/format.h>

#include <array>

#include "common/base/format.hpp"

namespace tandem::api {

namespace {

// The NLRI of one place of the message, with what is said about them.
struct Section {
  const bgp::NlriBlock* nlri = nullptr;
  const bgp::NextHop* next_hop = nullptr;
  const rib::AttributeSetRef* attributes = nullptr;
};

// At most two places announce and four withdraw: both fields and both MP attributes, all of them under treat-as-withdraw.
struct Sections {
  std::array<Section, 2> announced;
  std::size_t announced_count = 0;
  std::array<const bgp::NlriBlock*, 4> withdrawn{};
  std::size_t withdrawn_count = 0;

  Sections(const bgp::Update& update, const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes) {
    withdraw(update.withdrawn);
    const bool refused = !update.treat_as_withdraw.empty();  // RFC 7606 section 2
    if (refused) withdraw(update.announced);
    else announce(update.announced, update.next_hop, attributes);
    withdraw(update.mp_withdrawn);
    if (refused) withdraw(update.mp_announced);
    else announce(update.mp_announced, update.mp_next_hop, mp_attributes);
  }

 private:
  void announce(const bgp::NlriBlock& nlri, const bgp::NextHop& next_hop, const rib::AttributeSetRef& attributes) {
    if (!nlri.empty()) announced[announced_count++] = {&nlri, &next_hop, &attributes};
  }
  void withdraw(const bgp::NlriBlock& nlri) {
    if (!nlri.empty()) withdrawn[withdrawn_count++] = &nlri;
  }
};

// The interned set of the announces, whichever part has one. Both have the same attributes; only their next hops differ.
[[nodiscard]] const rib::AttributeSet* interned(const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes) {
  return attributes ? attributes.get() : mp_attributes.get();
}

[[nodiscard]] base::Buffer canonical(const bgp::Update& update) {
  base::Buffer block;
  bgp::canonical_attributes(update.attributes.wire(), update.attributes.asn4, block);
  return block;
}

// Nothing is written where there is nothing to say, as for most withdraws.
void attributes_json(const bgp::Update& update, const rib::AttributeSet* set, bool has_withdraws, const Wording& words, base::JsonWriter& json) {
  const base::Buffer block = set == nullptr ? canonical(update) : base::Buffer();
  const bool has_members = set != nullptr ? !set->json().empty() : !block.empty();
  const bool has_next_hop = words.withdraw_next_hop && has_withdraws && update.next_hop.known();
  if (!has_members && !has_next_hop && update.treat_as_withdraw.empty()) return;
  json.key("attribute");
  json.begin_object();
  if (set != nullptr) json.raw_members(set->json());
  else bgp::attributes_json(block, json, words.dialect);
  if (has_next_hop) json.member("next-hop", update.next_hop.address.text());
  if (!update.treat_as_withdraw.empty()) {
    json.member("error", "treat-as-withdraw due to " + std::string(update.treat_as_withdraw));
  }
  json.end_object();
}

void nlri_json(const bgp::NlriBlock& block, const bgp::NlriJson& form, base::JsonWriter& json) {
  block.for_each([&](const bgp::NlriKey& key) { bgp::nlri_json(key, form, json); });
}

void family_key(const bgp::NlriBlock& block, base::JsonWriter& json) {
  json.key(bgp::to_string(bgp::family_at(block.family)));
}

void next_hop_json(const Section& section, const Section* also, const UpdateForm& form, base::JsonWriter& json) {
  json.key(section.next_hop->known() ? section.next_hop->address.text() : std::string(form.words.no_next_hop));
  json.begin_array();
  bgp::NlriJson nlri = form.nlri;
  nlri.next_hop = section.next_hop;
  nlri_json(*section.nlri, nlri, json);
  if (also != nullptr) nlri_json(*also->nlri, nlri, json);
  json.end_array();
}

// Families in order of first appearance, next hops within them. A key never comes twice, though a message may say the same
// family, or the same family and next hop, in both of its places.
void announces_json(const Sections& sections, const UpdateForm& form, base::JsonWriter& json) {
  if (sections.announced_count == 0) return;
  const Section& first = sections.announced[0];
  const Section* second = sections.announced_count > 1 ? &sections.announced[1] : nullptr;
  const bool same_family = second != nullptr && second->nlri->family == first.nlri->family;
  const bool same_next_hop = same_family && second->next_hop->address == first.next_hop->address;
  json.key("announce");
  json.begin_object();
  family_key(*first.nlri, json);
  json.begin_object();
  next_hop_json(first, same_next_hop ? second : nullptr, form, json);
  if (same_family && !same_next_hop) next_hop_json(*second, nullptr, form, json);
  json.end_object();
  if (second != nullptr && !same_family) {
    family_key(*second->nlri, json);
    json.begin_object();
    next_hop_json(*second, nullptr, form, json);
    json.end_object();
  }
  json.end_object();
}

void withdraws_json(const Sections& sections, const bgp::NlriJson& form, base::JsonWriter& json) {
  if (sections.withdrawn_count == 0) return;
  json.key("withdraw");
  json.begin_object();
  bgp::FamilySet written;
  for (std::size_t i = 0; i < sections.withdrawn_count; ++i) {
    const bgp::NlriBlock& block = *sections.withdrawn[i];
    if (written.contains(block.family)) continue;
    written.insert(block.family);
    family_key(block, json);
    json.begin_array();
    for (std::size_t j = i; j < sections.withdrawn_count; ++j) {
      if (sections.withdrawn[j]->family == block.family) nlri_json(*sections.withdrawn[j], form, json);
    }
    json.end_array();
  }
  json.end_object();
}

void end_of_rib_json(bgp::Family family, base::JsonWriter& json) {
  json.key("eor");
  json.begin_object();
  json.member("afi", bgp::to_string(family.afi));
  json.member("safi", bgp::to_string(family.safi));
  json.end_object();
}

void append_withdraws(const Sections& sections, const Wording& words, std::string_view prefix, std::string& out) {
  for (std::size_t i = 0; i < sections.withdrawn_count; ++i) {
    sections.withdrawn[i]->for_each([&](const bgp::NlriKey& key) {
      out += prefix;
      out += "withdrawn ";
      bgp::append_nlri(key, "", words.dialect, out);
      out += '\n';
    });
  }
}

}  // namespace

void update_json(const bgp::Update& update, const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                 const UpdateForm& form, base::JsonWriter& json) {
  json.key("message");
  json.begin_object();
  if (update.end_of_rib) {
    end_of_rib_json(*update.end_of_rib, json);
    json.end_object();
    return;
  }
  const Sections sections(update, attributes, mp_attributes);
  json.key("update");
  json.begin_object();
  attributes_json(update, interned(attributes, mp_attributes), sections.withdrawn_count > 0, form.words, json);
  announces_json(sections, form, json);
  withdraws_json(sections, form.nlri, json);
  json.end_object();
  json.end_object();
}

void update_text(const bgp::Update& update, const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                 const Wording& words, std::string_view prefix, std::string& out) {
  if (update.end_of_rib) {
    const bgp::Family family = *update.end_of_rib;
    base::append(out, "{}route eor {}/{} ({})\n", prefix, static_cast<unsigned>(family.afi),
                   static_cast<unsigned>(family.safi), bgp::to_string(family));
    return;
  }
  const Sections sections(update, attributes, mp_attributes);
  if (words.withdraws_first) append_withdraws(sections, words, prefix, out);
  std::string tail;  // of every announced line
  if (sections.announced_count > 0) {
    if (const rib::AttributeSet* set = interned(attributes, mp_attributes)) tail = set->text();
    else bgp::attributes_text(canonical(update), tail, words.dialect);
  }
  for (std::size_t i = 0; i < sections.announced_count; ++i) {
    const Section& section = sections.announced[i];
    std::string next_hop(words.text_no_next_hop);
    if (section.next_hop->known()) {
      next_hop = " next-hop ";
      section.next_hop->address.append_text(next_hop);
    }
    section.nlri->for_each([&](const bgp::NlriKey& key) {
      out += prefix;
      out += "announced ";
      bgp::append_nlri(key, next_hop, words.dialect, out);
      out += tail;
      out += '\n';
    });
  }
  if (!words.withdraws_first) append_withdraws(sections, words, prefix, out);
}

}  // namespace tandem::api
