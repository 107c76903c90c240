// The part of a run that sends a shared table, a message at a time: a cursor in an order that all its readers share. Only the first run of
// a session has it, so the peer has no earlier state of any of these routes.
#pragma once

#include <vector>

#include "common/rib/packed_updates.hpp"
#include "common/rib/shared_table.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::rib {

class SharedStream {
 public:
  SharedStream() = default;
  explicit SharedStream(SharedTable table) : table_(std::move(table)) {}

  [[nodiscard]] bool over() const { return slice_ == nullptr && (table_.empty() || rank_ == table_.routes().size()); }
  // Appends the next message. False: what came next cannot be sent, or is gone; that has been passed over, and logged where it should be.
  // Takes from the budget what it has passed over or put in order, in routes, and stops when there is nothing left of it.
  bool next(UpdatePacker& packer, std::size_t& budget, base::Buffer& out);
  // The next messages, `most` at most, packed once for all sessions that are told the same. Nothing where this one is not, or where what
  // comes next cannot be sent: then next() is to be called.
  std::optional<PackedBlock> next_block(UpdatePacker& packer, std::size_t& budget, std::size_t most);

  // The table, and the first route that is not sent: the rest follows from it.
  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [table, order, rank, slice, keys, sent, passing_over, passed_over, first_passed_over, packed] = self;
    std::size_t first = self.first_unsent();
    archive.object(self, "shared_stream")("table", table)("rank", first);
    if constexpr (Archive::k_reads) rank = first;
  }
  [[nodiscard]] std::string_view objection() const { return rank_ <= table_.routes().size() ? "" : "a run is behind the end of its list"; }

 private:
  [[nodiscard]] std::uint32_t position() const { return (*order_)[rank_]; }
  bool find_order(const UpdatePacker& packer, std::size_t& budget);
  [[nodiscard]] bool within_slice() const;  // the route at rank_
  [[nodiscard]] std::size_t unsent() const { return rank_ - (keys_.size() - sent_); }  // rank; REQUIRES a complete table
  [[nodiscard]] std::size_t first_unsent() const;
  void jump(std::size_t rank);
  bool enter_slice(const UpdatePacker& packer, std::size_t& budget);
  bool fetch(std::size_t count, std::size_t& budget);
  void begin_passing_over();
  void pass_over_slice(const UpdatePacker& packer, std::size_t& budget);

  SharedTable table_;
  const ListOrder* order_ = nullptr;  // known when the session is
  std::size_t rank_ = 0;              // of what is fetched next
  // The routes with the attributes and the family of this one are being sent; null between two such slices.
  const Route* slice_ = nullptr;
  std::vector<const bgp::NlriKey*> keys_;  // of the slice, as far as fetched
  std::size_t sent_ = 0;                   // of keys_
  bool passing_over_ = false;              // what is left of the slice cannot be sent
  std::size_t passed_over_ = 0;            // so many routes of it
  const bgp::NlriKey* first_passed_over_ = nullptr;
  std::shared_ptr<PackedUpdates> packed_;  // null until a block is asked for
};

}  // namespace tandem::rib
