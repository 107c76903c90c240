#include "common/bgp/message/operational.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/base/ip.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/message/header.hpp"
#include "common/bgp/nlri/nlri_text.hpp"
#include "common/bgp/utf8.hpp"
#include "common/bgp/value_reader.hpp"

namespace tandem::bgp {

namespace {

using Form = Operational::Form;

constexpr std::size_t k_head_size = 4;      // type and length
constexpr std::size_t k_family_size = 3;
constexpr std::size_t k_advisory_max = 2048;
constexpr std::string_view k_cut = "...";

struct Row {
  std::uint16_t type;
  std::string_view name;
  OperationalWord word;
  Form form;
};
constexpr std::string_view k_advisory_usage = "afi AFI safi SAFI advisory TEXT";
constexpr std::string_view k_query_usage = "afi AFI safi SAFI [router-id IPV4] sequence NUMBER";
constexpr std::string_view k_counter_usage = "afi AFI safi SAFI [router-id IPV4] sequence NUMBER counter NUMBER";
constexpr Row k_rows[] = {
    {Operational::k_adm, "ADM", {"adm", k_advisory_usage, "an advisory message"}, Form::advisory},
    {Operational::k_asm, "ASM", {"asm", k_advisory_usage, "an advisory message that stands, for each new session as well"}, Form::advisory},
    {3, "RPCQ", {"rpcq", k_query_usage, "asks how many prefixes were reached"}, Form::query},
    {4, "RPCP", {"rpcp", k_counter_usage, "how many prefixes were reached"}, Form::counter},
    {5, "APCQ", {"apcq", k_query_usage, "asks how many prefixes were advertised"}, Form::query},
    {6, "APCP", {"apcp", k_counter_usage, "how many prefixes were advertised"}, Form::counter},
    {7, "LPCQ", {"lpcq", k_query_usage, "asks how many prefixes are in the local RIB"}, Form::query},
    {8, "LPCP", {"lpcp", k_counter_usage, "how many prefixes are in the local RIB"}, Form::counter},
};

[[nodiscard]] const Row* find_row(std::uint16_t type) {
  const auto* found = std::find_if(std::begin(k_rows), std::end(k_rows), [type](const Row& row) { return row.type == type; });
  return found == std::end(k_rows) ? nullptr : found;
}

struct Need {
  std::size_t octets;
  std::string_view what;
};
[[nodiscard]] Need need_of(Form form) {
  switch (form) {
    case Form::advisory: return {k_family_size, "an afi, a safi and its advisory"};
    case Form::query: return {k_family_size + 8, "an afi, a safi, a router-id and a sequence"};
    case Form::counter: return {k_family_size + 12, "an afi, a safi, a router-id, a sequence and a counter"};
    case Form::unknown: break;
  }
  return {0, ""};
}

[[nodiscard]] base::Error malformed(std::string reason) { return base::Error::notification_with_text(5, 0, std::move(reason)); }

// Longer text is cut, and says so.
[[nodiscard]] std::string shortened(std::string_view text) {
  if (text.size() <= k_advisory_max) return std::string(text);
  return std::string(cut_utf8(text, k_advisory_max - k_cut.size())) + std::string(k_cut);
}

}  // namespace

std::string_view operational_name(const Operational& message) {
  const Row* row = find_row(message.type);
  return row == nullptr ? "unknown" : row->name;
}

base::Result<Operational> decode_operational(base::Bytes body) {
  base::ByteReader reader(body);
  Operational message;
  message.type = reader.u16();
  const std::size_t length = reader.u16();
  if (!reader.ok()) return malformed(fmt::format("operational message needs {} bytes to hold a type and a length, got {}", k_head_size, body.size()));
  base::ByteReader value(reader.take(length));
  if (!reader.ok()) {
    return malformed(fmt::format("operational message {} announces {} bytes and has {}", message.type, length, body.size() - k_head_size));
  }
  const Row* row = find_row(message.type);
  if (row == nullptr) {
    message.data.assign(value.rest().begin(), value.rest().end());
    return message;
  }
  message.form = row->form;
  const Need need = need_of(row->form);
  if (value.left() < need.octets) {
    return malformed(fmt::format("operational message {} needs {} bytes to hold {}, got {}", message.type, need.octets + k_head_size, need.what,
                                 value.left() + k_head_size));
  }
  message.family.afi = Afi{value.u16()};
  message.family.safi = Safi{value.u8()};
  if (row->form == Form::advisory) {
    message.advisory = base::as_text(value.rest());
    return message;
  }
  message.router_id = base::RouterId{value.u32()};
  message.sequence = value.u32();
  if (row->form == Form::counter) message.counter = value.u32();
  return message;
}

void encode_operational(const Operational& message, base::Buffer& out) {
  const std::size_t start = begin_message(out, MessageType::operational);
  base::ByteWriter writer(out);
  writer.u16(message.type);
  const std::size_t length_at = writer.size();
  writer.u16(0);
  if (message.form == Form::unknown) {
    writer.bytes(message.data);
  } else {
    writer.u16(static_cast<std::uint16_t>(message.family.afi));
    writer.u8(static_cast<std::uint8_t>(message.family.safi));
  }
  if (message.form == Form::advisory) {
    const std::string text = shortened(message.advisory);
    writer.bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  if (message.form == Form::query || message.form == Form::counter) {
    writer.u32(base::value(message.router_id));
    writer.u32(message.sequence);
  }
  if (message.form == Form::counter) writer.u32(message.counter);
  writer.patch_u16(length_at, static_cast<std::uint16_t>(writer.size() - length_at - 2));
  finish_message(out, start);
}

// --- text

namespace {

base::Result<std::uint32_t> read_u32_after(ValueReader& reader, std::string_view keyword) {
  if (auto error = reader.expect(keyword)) return std::move(*error);
  const auto number = read_number(reader, 0xFFFFFFFF);
  if (!number) return number.error();
  return static_cast<std::uint32_t>(*number);
}

base::Result<Family> read_family_words(ValueReader& reader) {
  if (auto error = reader.expect("afi")) return std::move(*error);
  const base::Token* afi = reader.word();
  if (afi == nullptr) return reader.missing("an address family");
  if (auto error = reader.expect("safi")) return std::move(*error);
  const base::Token* safi = reader.word();
  if (safi == nullptr) return reader.missing("a subsequent address family");
  const auto family = parse_family(lower(afi->text), lower(safi->text));
  if (!family) return reader.fail(*safi, fmt::format("unknown family '{} {}'", afi->text, safi->text));
  return *family;
}

// "[router-id IPV4] sequence N [counter N]"
base::Result<void> read_numbers(ValueReader& reader, Operational& message) {
  if (const base::Token* next = reader.peek(); next != nullptr && next->text == "router-id") {
    static_cast<void>(reader.expect("router-id"));
    const auto address = read_address(reader, Afi::ipv4);
    if (!address) return address.error();
    message.router_id = base::RouterId{address->v4_value()};
  }
  const auto sequence = read_u32_after(reader, "sequence");
  if (!sequence) return sequence.error();
  message.sequence = *sequence;
  if (message.form != Form::counter) return {};
  const auto counter = read_u32_after(reader, "counter");
  if (!counter) return counter.error();
  message.counter = *counter;
  return {};
}

}  // namespace

std::span<const OperationalWord> operational_words() {
  static constexpr auto k_words = [] {
    std::array<OperationalWord, std::size(k_rows)> words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = k_rows[i].word;
    return words;
  }();
  return k_words;
}

base::Result<Operational> parse_operational(base::Tokens tokens) {
  constexpr std::string_view k_expected = "adm, asm, rpcq, rpcp, apcq, apcp, lpcq or lpcp";
  ValueReader reader("operational", tokens);
  const base::Token* word = reader.word();
  if (word == nullptr) return reader.missing(k_expected);
  const std::string name = lower(word->text);
  const auto* row = std::find_if(std::begin(k_rows), std::end(k_rows), [&](const Row& each) { return each.word.name == name; });
  if (row == std::end(k_rows)) return reader.refuse(*word, k_expected);
  reader.about(row->word.name);
  Operational message;
  message.form = row->form;
  message.type = row->type;
  const auto family = read_family_words(reader);
  if (!family) return family.error();
  message.family = *family;
  if (row->form == Form::advisory) {
    if (auto error = reader.expect("advisory")) return std::move(*error);
    const base::Token* text = reader.word();
    if (text == nullptr) return reader.missing("a text, between quotes if it has blanks");
    message.advisory = shortened(text->text);
  } else if (auto read = read_numbers(reader, message); !read) {
    return read.error();
  }
  if (!reader.at_end()) return reader.fail(tokens[reader.taken()], fmt::format("{}: '{}' is too much", row->word.name, tokens[reader.taken()].text));
  return message;
}

void operational_text(const Operational& message, std::string& out) {
  const Row* row = find_row(message.type);
  if (row == nullptr) return;
  out += fmt::format("{} afi {} safi {}", row->word.name, to_string(message.family.afi), to_string(message.family.safi));
  if (row->form == Form::advisory) {
    out += fmt::format(" advisory \"{}\"", message.advisory);
    return;
  }
  if (base::value(message.router_id) != 0) out += fmt::format(" router-id {}", base::to_string(message.router_id));
  out += fmt::format(" sequence {}", message.sequence);
  if (row->form == Form::counter) out += fmt::format(" counter {}", message.counter);
}

}  // namespace tandem::bgp
