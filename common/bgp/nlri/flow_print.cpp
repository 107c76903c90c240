// Flow rules as text and as JSON.
//
// Text says what a rule means, in words that are read back. The `string` of JSON is what programs have always been told, and differs
// where that cannot be read: undefined bits, an empty set of flags, operators with reserved bits.
#include <fmt/format.h>

#include <array>
#include <set>
#include <vector>

#include "common/base/format.hpp"
#include "common/bgp/nlri/flow.hpp"
#include "common/bgp/nlri/nlri_text.hpp"

namespace tandem::bgp {

namespace {

enum class Form : std::uint8_t { text, json, flags_4_2 };

constexpr std::string_view k_numeric[] = {"false", "=", ">", ">=", "<", "<=", "!=", "true"};
constexpr std::string_view k_bitmask[] = {"", "=", "!", "!="};

struct Value {
  std::uint8_t operation;
  std::uint64_t value;
  bool first;  // of its component
};

// What is said of the values of one component: each value, and how many go together.
struct Said {
  std::vector<std::string> groups;  // values that are joined by `&`
  std::size_t values = 0;
};

template <typename... Arguments>
void put(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  base::append(out, format, std::forward<Arguments>(arguments)...);
}

void put_named(const FlowComponent& component, std::uint64_t value, std::string& out) {
  if (component.printed_by_name) {
    for (const FlowName& each : component.names) {
      if (each.value != value) continue;
      out += each.name;
      return;
    }
  }
  put(out, "{}", value);
}

void put_bits(const FlowComponent& component, std::uint64_t value, Form form, std::string& out) {
  std::uint64_t left = value;
  const std::size_t start = out.size();
  const auto join = [&] {
    if (out.size() != start) out += '+';
  };
  for (const FlowName& each : component.names) {
    if ((left & each.value) == 0) continue;
    join();
    out += each.name;
    left &= ~std::uint64_t{each.value};
  }
  if (left != 0) {
    join();
    if (form == Form::json) put(out, "{} {}", component.undefined_bit, value);
    else put(out, "0x{:x}", left);
  } else if (value == 0 && form == Form::text) {
    out += '0';
  }
}

// Of a numeric component: true or false, whatever the value.
[[nodiscard]] bool is_constant(std::uint8_t operation) { return (operation & 7) == 0 || (operation & 7) == 7; }

void put_value(const FlowComponent& component, const Value& value, Form form, std::string& out) {
  const bool numeric = component.kind == FlowKind::numeric;
  const unsigned known = numeric ? 0x07 : 0x03;
  const bool joined = (value.operation & k_flow_and) != 0;
  if (form == Form::json && (value.operation & 0x0F & ~known) != 0) {
    put(out, "{:02X}", static_cast<unsigned>(value.operation & (0x0F | k_flow_and)));
    if (numeric) put_named(component, value.value, out);
    else put_bits(component, value.value, form, out);
    return;
  }
  if (joined && !(form == Form::text && value.first)) out += '&';
  const unsigned operation = value.operation & known;
  out += numeric ? k_numeric[operation] : k_bitmask[operation];
  if (!numeric) {
    put_bits(component, value.value, form, out);
    return;
  }
  if (!is_constant(value.operation) || (joined && form == Form::json)) put_named(component, value.value, out);
}

// Dialect 4.2: each flag of its own, of which the first may be joined to what stands in front.
void say_bits_4_2(const FlowComponent& component, const Value& value, Said& said) {
  constexpr std::string_view k_not_a_fragment = "!is-fragment";
  bool joined = (value.operation & k_flow_and) != 0 && !said.groups.empty();
  std::uint64_t left = value.value;  // a bit may have several names, of which the first is told
  for (const FlowName& each : component.names) {
    if ((left & each.value) == 0) continue;
    left &= ~std::uint64_t{each.value};
    std::string flag = fmt::format("{}{}", k_bitmask[value.operation & 0x03], each.name);
    if (flag == k_not_a_fragment) flag = "not-a-fragment";
    if (joined) said.groups.back() += '&' + flag;
    else said.groups.push_back(std::move(flag));
    joined = false;
  }
  ++said.values;
}

void say_values(const FlowPart& part, Form form, Said& said) {
  base::ByteReader reader(part.body);
  for (bool first = true; !reader.empty(); first = false) {
    Value value{reader.u8(), 0, first};
    for (std::size_t left = flow_width(value.operation); left > 0; --left) value.value = value.value << 8 | reader.u8();
    if (form == Form::flags_4_2 && part.component->kind == FlowKind::bitmask) {
      say_bits_4_2(*part.component, value, said);
      continue;
    }
    const bool joined = (value.operation & k_flow_and) != 0 && !said.groups.empty();
    if (!joined) said.groups.emplace_back();
    put_value(*part.component, value, form, said.groups.back());
    ++said.values;
  }
}

void say_prefix(const FlowPart& part, const FlowRule& rule, Said& said) {
  std::string& out = said.groups.emplace_back();
  ++said.values;
  if (rule.afi == Afi::ipv4) {
    append_prefix(part.body.subspan(1), part.body[0], 32, out);
    return;
  }
  const unsigned length = part.body[0];
  const unsigned offset = part.body[1];
  const base::Bytes pattern = part.body.subspan(2);
  std::array<std::uint8_t, 16> address{};
  const unsigned start = rule.pattern == FlowPattern::whole ? 0 : offset;
  for (unsigned bit = start; bit < length; ++bit) {
    const unsigned from = bit - start;
    if ((pattern[from / 8] & 0x80U >> from % 8) != 0) address[bit / 8] |= static_cast<std::uint8_t>(0x80U >> bit % 8);
  }
  append_prefix(address, static_cast<std::uint8_t>(length), 128, out);
  put(out, "/{}", offset);
}

// By type. Components of one type that stand in several places are told together.
using Sayings = std::array<Said, k_flow_types + 1>;

Sayings say(const FlowRule& rule, Form form) {
  Sayings sayings;
  for (base::Bytes rest = rule.components; !rest.empty();) {
    const auto part = next_flow_part(rest, rule.afi, rule.pattern);
    if (!part) break;
    Said& said = sayings[part->component->type];
    if (part->component->kind == FlowKind::prefix) say_prefix(*part, rule, said);
    else say_values(*part, form, said);
    rest = rest.subspan(1 + part->body.size());
  }
  return sayings;
}

void append_text(const FlowRule& rule, const Sayings& sayings, Form form, std::string& out) {
  out += "flow";
  for (std::uint8_t type = 1; type <= k_flow_types; ++type) {
    const Said& said = sayings[type];
    if (said.values == 0) continue;
    put(out, " {} ", flow_component(type, rule.afi)->name(rule.afi));
    if (said.values > 1) out += "[ ";
    put(out, "{}", fmt::join(said.groups, " "));
    if (said.values > 1) out += " ]";
  }
  if (rule.rd.empty()) return;
  out += " rd ";
  out += form == Form::text ? route_distinguisher_text(rule.rd) : route_distinguisher_json(rule.rd);
}

// A value that is wider than its field in a packet cannot be written.
[[nodiscard]] bool fits(const FlowPart& part, std::uint64_t maximum) {
  base::ByteReader reader(part.body);
  while (!reader.empty()) {
    const std::uint8_t operation = reader.u8();
    std::uint64_t value = 0;
    for (std::size_t left = flow_width(operation); left > 0; --left) value = value << 8 | reader.u8();
    if (value > maximum && !(part.component->kind == FlowKind::numeric && is_constant(operation))) return false;
  }
  return true;
}

[[nodiscard]] bool has_words(const FlowRule& rule) {
  for (base::Bytes rest = rule.components; !rest.empty();) {
    const auto part = next_flow_part(rest, rule.afi, rule.pattern);
    if (!part) return false;
    if (part->component->kind != FlowKind::prefix && !fits(*part, flow_value_maximum(*part->component, rule.afi))) return false;
    rest = rest.subspan(1 + part->body.size());
  }
  return true;
}

}  // namespace

void flow_text(const NlriKey& key, std::string& out) {
  const FlowRule rule = flow_rule(key);
  if (has_words(rule)) {
    append_text(rule, say(rule, Form::text), Form::text, out);
  } else {
    out += to_string(family_at(key.family()).safi);
    append_raw(key.identity(), out);
  }
}

namespace {

void write_json(const NlriKey& key, Form flags, const NlriJson& form, base::JsonWriter& out) {
  const FlowRule rule = flow_rule(key);
  const Sayings sayings = say(rule, flags);
  const std::string next_hop = form.version_4 && form.next_hop != nullptr && form.next_hop->known() ? form.next_hop->address.text() : "";
  out.begin_object();
  for (std::uint8_t type = 1; type <= k_flow_types; ++type) {
    if (sayings[type].values == 0) continue;
    out.key(flow_component(type, rule.afi)->name(rule.afi));
    out.begin_array();
    for (const std::string& group : sayings[type].groups) out.string(group);
    out.end_array();
  }
  if (!rule.rd.empty()) out.member("rd", route_distinguisher_json(rule.rd));
  if (!next_hop.empty()) out.member("next-hop", next_hop);
  std::string string;
  append_text(rule, flags == Form::json ? sayings : say(rule, Form::json), Form::json, string);
  if (flags == Form::flags_4_2 && !next_hop.empty()) string += " next-hop " + next_hop;
  out.member("string", string);
  out.end_object();
}

void text_4_2(const NlriKey& key, std::string_view next_hop, std::string& out) {
  flow_text(key, out);
  out += next_hop;
}
void json_4_2(const NlriKey& key, const NlriJson& form, base::JsonWriter& out) { write_json(key, Form::flags_4_2, form, out); }

}  // namespace

void flow_json(const NlriKey& key, const NlriJson& form, base::JsonWriter& out) { write_json(key, Form::json, form, out); }

extern const NlriForms k_flow_forms_4_2{text_4_2, json_4_2, flow_shape};

std::string flow_shape() {
  std::set<std::string_view> names;
  for (std::uint8_t type = 1; type <= k_flow_types; ++type) {
    for (const Afi afi : {Afi::ipv4, Afi::ipv6}) {
      if (const FlowComponent* component = flow_component(type, afi)) names.insert(component->name(afi));
    }
  }
  std::string out = "{ ";
  for (const std::string_view name : names) put(out, "{}?: [string], ", name);
  return out + "rd?: route-distinguisher, next-hop?4: ip, string: string }";
}

}  // namespace tandem::bgp
