#include <pcap/dlt.h>

#include <array>
#include <boost/json.hpp>
#include <memory>

#include "common/api/message_decoder.hpp"
#include "common/base/assert.hpp"
#include "common/capture/hex_text.hpp"
#include "common/capture/mrt.hpp"
#include "conformance/fuzz/entries.hpp"
#include "harness/messages.hpp"

namespace tandem::conformance::fuzz {

using namespace harness;

namespace {

enum Kind : std::uint8_t { k_records, k_packets, k_lines, k_kinds };
constexpr std::array k_links{DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_NULL, DLT_PPP};

class Memory : public capture::Input {
 public:
  explicit Memory(base::Bytes content) : left_(content) {}
  base::Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t count = std::min(into.size(), left_.size());
    std::copy_n(left_.begin(), count, into.begin());
    left_ = left_.subspan(count);
    return count;
  }

 private:
  base::Bytes left_;
};

// Whatever was found becomes one JSON object a line, or a reason.
class Printer : public capture::MrtVisitor {
 public:
  void message(const capture::FoundMessage& found) override {
    if (found.source != nullptr) decoder_.set_source(*found.source);
    print(found.whole, found.time);
  }
  void state(const capture::StateChange& change) override {
    decoder_.set_source(*change.source);
    out_.clear();
    decoder_.append_state(change.up, change.time, out_);
    check();
  }
  void bad_record(std::uint64_t, std::string reason) override { TANDEM_ASSERT(!reason.empty()); }
  bool print(base::Bytes octets, double time) {
    out_.clear();
    const auto done = decoder_.decode(octets, time, out_);
    TANDEM_ASSERT(done.has_value() || !done.error().reason().empty());
    check();
    return done.has_value();
  }

 private:
  void check() const {
    std::string_view left = out_;
    while (!left.empty()) {
      const std::size_t end = left.find('\n');
      TANDEM_ASSERT(end != std::string_view::npos);
      boost::system::error_code failure;
      const auto value = boost::json::parse(boost::json::string_view(left.data(), end), failure);
      TANDEM_ASSERT(!failure && value.is_object());
      left.remove_prefix(end + 1);
    }
  }

  rib::AttributePool pool_;
  api::MessageDecoder decoder_{{"fuzz", 1, 1}, {}, pool_};
  std::string out_;
};

void read_records(base::Bytes input, Printer& printer) {
  capture::Reader file(std::make_unique<Memory>(input));
  capture::MrtReader reader(printer);
  const auto done = reader.read(file);
  TANDEM_ASSERT(done.has_value() || !done.error().reason().empty());
}

// The type of the link, then packets behind their lengths.
void read_packets(base::Bytes input, Printer& printer) {
  if (input.empty()) return;
  const int link = k_links[input[0] % k_links.size()];
  capture::Conversations conversations([&printer](const capture::FoundMessage& found) { printer.message(found); });
  base::ByteReader reader(input.subspan(1));
  double time = 0;
  while (reader.left() > 1) {
    const std::size_t size = reader.u16();
    if (const auto segment = capture::read_packet(link, reader.take(std::min(size, reader.left())))) conversations.add(*segment, ++time);
  }
  conversations.finish();
}

void take(base::Bytes input) {
  if (input.empty()) return;
  Printer printer;
  const base::Bytes rest = input.subspan(1);
  switch (input[0] % k_kinds) {
    case k_records: read_records(rest, printer); break;
    case k_packets: read_packets(rest, printer); break;
    default: {
      capture::HexText text(true, [&printer](base::Bytes octets) { return printer.print(octets, 0); },
                            [](const std::string& reason) { TANDEM_ASSERT(!reason.empty()); });
      text.add(base::as_text(rest));
      text.finish();
    }
  }
}

base::Buffer record(std::uint16_t type, std::uint16_t subtype, base::Bytes body) {
  base::Buffer out;
  base::ByteWriter writer(out);
  writer.u32(1700000000);
  writer.u16(type);
  writer.u16(subtype);
  writer.u32(static_cast<std::uint32_t>(body.size()));
  writer.bytes(body);
  return out;
}
base::Buffer from_hex(std::string_view text) { return *base::from_hex(text); }
base::Buffer joined(std::initializer_list<base::Buffer> parts) {
  base::Buffer out;
  for (const base::Buffer& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// IPv4 and TCP around `payload`, behind the length of it all.
base::Buffer packet(std::uint32_t sequence, base::Bytes payload) {
  base::Buffer out;
  base::ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(40 + payload.size()));
  writer.bytes(from_hex("4500"));
  writer.u16(static_cast<std::uint16_t>(40 + payload.size()));
  writer.bytes(from_hex("00000000400600000A0000010A000002" "00B39C40"));
  writer.u32(sequence);
  writer.bytes(from_hex("00000000" "5010" "000000000000"));
  writer.bytes(payload);
  return out;
}

std::vector<base::Buffer> record_seeds() {
  constexpr std::uint16_t k_table_dump = 12;
  constexpr std::uint16_t k_table_dump_v2 = 13;
  constexpr std::uint16_t k_messages = 16;
  constexpr std::uint16_t k_messages_et = 17;
  const base::Buffer attributes = from_hex("4001010040020602010000FDE9400304C0000201");
  const base::Buffer entry = joined({from_hex("0000000000010014"), attributes});
  const base::Buffer entry_with_path = joined({from_hex("000000000001000000070014"), attributes});
  const base::Buffer peers = record(k_table_dump_v2, 1, from_hex("0A00000100027669000200" "0A0B0C0DC0000201FDE9" "030A0B0C0E20010DB800000000000000000000000900010001"));
  const base::Buffer head = from_hex("0000FDE90000FDEA00000001C0000201C0000202");
  const base::Buffer message = update({{"10.0.0.0/24"}, {}, 0});
  return {joined({peers, record(k_table_dump_v2, 2, joined({from_hex("00000000180A00000001"), entry})),
                  record(k_table_dump_v2, 8, joined({from_hex("00000001180A00010001"), entry_with_path}))}),
          joined({peers, record(k_table_dump_v2, 6, joined({from_hex("00000000000186" "700006410000FDE8000000010A00000001"), entry}))}),
          record(k_table_dump, 1, joined({from_hex("000000010A00000018" "01" "65000000" "C0000201FDE90014"), attributes})),
          joined({record(k_messages, 4, joined({head, message})), record(k_messages, 5, joined({head, from_hex("00050006")}))}),
          record(k_messages_et, 9, joined({from_hex("000003E8"), head, message}))};
}

std::vector<base::Buffer> seeds() {
  std::vector<base::Buffer> out;
  for (base::Buffer& seed : record_seeds()) out.push_back(joined({{k_records}, seed}));
  const base::Buffer first = open({});
  const base::Buffer second = update({{"10.0.0.0/24"}, {}, 0});
  const auto one = static_cast<std::uint32_t>(first.size());
  const base::Bytes half = base::Bytes(second).first(30);
  // Whole, out of order, sent twice, with a hole.
  out.push_back(joined({{k_packets, 3}, packet(1, first), packet(1 + one, second)}));
  out.push_back(joined({{k_packets, 3}, packet(1 + one, half), packet(1, first), packet(1 + one, half), packet(31 + one, base::Bytes(second).subspan(30))}));
  out.push_back(joined({{k_packets, 3}, packet(1, first), packet(500, second), packet(500 + static_cast<std::uint32_t>(second.size()), keepalive())}));
  for (const std::string& text : {base::to_hex(second) + base::to_hex(keepalive()) + "\n", "0x" + base::to_hex(base::Bytes(second).subspan(19)) + " # body\n\nnone\n"}) {
    out.push_back(joined({{k_lines}, base::Buffer(text.begin(), text.end())}));
  }
  return out;
}

}  // namespace

Entry captured() { return {take, seeds()}; }

}  // namespace tandem::conformance::fuzz
