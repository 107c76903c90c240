// Packets of IP, without a link around them. The octets and the cuts between them are those of the recording; sequence numbers,
// acknowledgements, handshakes and ends are made up so that a dissector can follow the stream.
#include <algorithm>
#include <map>

#include "common/replay/export_forms.hpp"

namespace tandem::replay {

namespace {

constexpr std::uint32_t k_magic_ns = 0xA1B23C4D;  // times in nanoseconds
constexpr std::uint32_t k_link_raw = 101;         // IPv4 or IPv6 at once
constexpr std::uint32_t k_snap = 65535;
constexpr std::size_t k_segment = 16 * 1024;
constexpr std::uint8_t k_tcp = 6;
enum Flag : std::uint8_t { k_fin = 1, k_syn = 2, k_push = 8, k_ack = 16 };

// RFC 1071.
std::uint16_t checksum(base::Bytes octets, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) sum += static_cast<std::uint32_t>(octets[i]) << 8 | octets[i + 1];
  if (octets.size() % 2 != 0) sum += static_cast<std::uint32_t>(octets.back()) << 8;
  while ((sum >> 16) != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

class PcapExport final : public DialogueVisitor {
 public:
  explicit PcapExport(WriteOctets write) : write_(std::move(write)) {
    base::Buffer head;
    base::ByteWriter out(head);
    out.u32(k_magic_ns);
    out.u16(2);
    out.u16(4);
    out.u64(0);  // the time zone, and how exact times are
    out.u32(k_snap);
    out.u32(k_link_raw);
    write_(head);
  }

  void opened(const Dialogue& dialogue, base::WallTime at) override {
    if (!dialogue.is_session() || dialogue.local.address.is_v4() != dialogue.remote.address.is_v4()) return;
    Stream& stream = streams_[dialogue.id];
    stream.local = dialogue.local;
    stream.remote = dialogue.remote;
    const std::size_t first = dialogue.incoming ? 1 : 0;  // the side that has dialled: 0 is the speaker
    packet(stream, first, k_syn, {}, at);
    packet(stream, 1 - first, k_syn | k_ack, {}, at);
    packet(stream, first, k_ack, {}, at);
  }

  void octets(const Dialogue& dialogue, Direction direction, base::Bytes octets, base::WallTime at) override {
    const auto found = streams_.find(dialogue.id);
    if (found == streams_.end()) return;
    while (!octets.empty()) {
      const std::size_t size = std::min(octets.size(), k_segment);
      packet(found->second, direction == Direction::sent ? 0 : 1, k_push | k_ack, octets.first(size), at);
      octets = octets.subspan(size);
    }
  }

  void closed(const Dialogue& dialogue, base::WallTime at) override {
    const auto found = streams_.find(dialogue.id);
    if (found == streams_.end()) return;
    packet(found->second, 0, k_fin | k_ack, {}, at);
    packet(found->second, 1, k_fin | k_ack, {}, at);
    packet(found->second, 0, k_ack, {}, at);
    streams_.erase(found);
  }

 private:
  struct Stream {
    base::Endpoint local, remote;
    std::uint32_t next[2] = {1000, 5000};  // sequence numbers
  };

  void packet(Stream& stream, std::size_t side, std::uint8_t flags, base::Bytes payload, base::WallTime at) {
    const base::Endpoint& from = side == 0 ? stream.local : stream.remote;
    const base::Endpoint& to = side == 0 ? stream.remote : stream.local;
    segment_.clear();
    base::ByteWriter tcp(segment_);
    tcp.u16(from.port);
    tcp.u16(to.port);
    tcp.u32(stream.next[side]);
    tcp.u32((flags & k_ack) != 0 ? stream.next[1 - side] : 0);
    tcp.u8(5 << 4);
    tcp.u8(flags);
    tcp.u16(65535);
    tcp.u32(0);  // checksum, urgent pointer
    tcp.bytes(payload);
    std::uint32_t sum = k_tcp + static_cast<std::uint32_t>(segment_.size());
    for (const base::Bytes address : {from.address.bytes(), to.address.bytes()}) {
      for (std::size_t i = 0; i + 1 < address.size(); i += 2) sum += static_cast<std::uint32_t>(address[i]) << 8 | address[i + 1];
    }
    tcp.patch_u16(16, checksum(segment_, sum));
    stream.next[side] += static_cast<std::uint32_t>(payload.size()) + ((flags & (k_syn | k_fin)) != 0 ? 1 : 0);
    write_packet(from.address, to.address, at);
  }

  void write_packet(const base::IpAddress& from, const base::IpAddress& to, base::WallTime at) {
    constexpr std::size_t k_v4_header = 20, k_v6_header = 40;
    const std::size_t size = segment_.size() + (from.is_v4() ? k_v4_header : k_v6_header);
    const auto since = at.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    record_.clear();
    base::ByteWriter out(record_);
    out.u32(static_cast<std::uint32_t>(whole.count()));
    out.u32(static_cast<std::uint32_t>((since - whole).count()));
    out.u32(static_cast<std::uint32_t>(size));
    out.u32(static_cast<std::uint32_t>(size));
    const std::size_t start = record_.size();
    if (from.is_v4()) {
      out.u16(0x4500);
      out.u16(static_cast<std::uint16_t>(size));
      out.u16(identification_++);
      out.u16(0x4000);  // not to be cut
      out.u8(1);
      out.u8(k_tcp);
      out.u16(0);
    } else {
      out.u32(0x60000000);
      out.u16(static_cast<std::uint16_t>(segment_.size()));
      out.u8(k_tcp);
      out.u8(1);
    }
    out.bytes(from.bytes());
    out.bytes(to.bytes());
    if (from.is_v4()) out.patch_u16(start + 10, checksum(base::Bytes(record_).subspan(start, k_v4_header)));
    out.bytes(segment_);
    write_(record_);
  }

  WriteOctets write_;
  std::map<recording::ChannelId, Stream> streams_;
  base::Buffer segment_;
  base::Buffer record_;
  std::uint16_t identification_ = 1;
};

}  // namespace

std::unique_ptr<DialogueVisitor> make_pcap_export(WriteOctets write) { return std::make_unique<PcapExport>(std::move(write)); }

}  // namespace tandem::replay
