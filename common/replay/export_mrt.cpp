// Messages as a collector keeps them: BGP4MP_ET records (RFC 6396 sections 3 and 4.4, RFC 8050), what the speaker has sent as the LOCAL kinds.
#include "common/replay/export_forms.hpp"

namespace tandem::replay {

namespace {

constexpr std::uint16_t k_bgp4mp_et = 17;

// RFC 6396 section 4.4, RFC 8050 section 3.
std::uint16_t subtype(Direction direction, bool asn4, bool add_path) {
  constexpr std::uint16_t k_subtypes[2][2][2] = {{{6, 10}, {7, 11}}, {{1, 8}, {4, 9}}};  // sent: LOCAL
  return k_subtypes[direction == Direction::received ? 1 : 0][asn4 ? 1 : 0][add_path ? 1 : 0];
}

class MrtExport final : public DialogueVisitor {
 public:
  explicit MrtExport(WriteOctets write) : write_(std::move(write)) {}

  void unit(const Dialogue& dialogue, Direction direction, base::Bytes message, base::WallTime at) override {
    const bool v4 = dialogue.remote.address.is_v4();
    if (!dialogue.is_session() || dialogue.local.address.is_v4() != v4) return;
    const auto& agreed = dialogue.agreed[static_cast<std::size_t>(direction)];
    const bool asn4 = !agreed || agreed->asn4;
    body_.clear();
    base::ByteWriter body(body_);
    const auto since = at.time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    body.u32(static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(since - whole).count()));
    for (const Direction whose : {Direction::received, Direction::sent}) {
      const std::uint32_t as = dialogue.as[static_cast<std::size_t>(whose)];
      if (asn4) body.u32(as);
      else body.u16(as > 0xFFFF ? 23456 : static_cast<std::uint16_t>(as));
    }
    body.u16(0);  // the interface
    body.u16(v4 ? 1 : 2);
    body.bytes(dialogue.remote.address.bytes());
    body.bytes(dialogue.local.address.bytes());
    body.bytes(message);
    record_.clear();
    base::ByteWriter record(record_);
    record.u32(static_cast<std::uint32_t>(whole.count()));
    record.u16(k_bgp4mp_et);
    record.u16(subtype(direction, asn4, agreed && agreed->add_path_send != bgp::FamilySet()));
    record.u32(static_cast<std::uint32_t>(body_.size()));
    record.bytes(body_);
    write_(record_);
  }

 private:
  WriteOctets write_;
  base::Buffer body_;
  base::Buffer record_;
};

}  // namespace

std::unique_ptr<DialogueVisitor> make_mrt_export(WriteOctets write) { return std::make_unique<MrtExport>(std::move(write)); }

}  // namespace tandem::replay
