// One run of an adj-RIB-out: the changes that were pending when it started, streamed a message at a time.
// It owns all it sends, so nothing that happens to the RIB meanwhile can reach it (I8).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/rib/lazy_order.hpp"
#include "common/rib/ordered_table.hpp"
#include "common/rib/pending_announces.hpp"
#include "common/rib/route.hpp"
#include "common/rib/shared_stream.hpp"
#include "common/rib/update_packer.hpp"

namespace tandem::state {
class Reader;
class Writer;
}  // namespace tandem::state

namespace tandem::rib {

// The routes of one family to be sent again, as they were when that was asked for.
struct Resend {
  bgp::FamilyIndex family = 0;
  bool bracket = false;  // between BoRR and EoRR (RFC 7313)
  SharedTable shared;
  std::vector<Route> routes;  // behind those that are shared
  std::uint64_t changes = 0;  // of the cache, when this was taken

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [family, bracket, shared, routes, changes] = self;
    archive.object(self, "resend")("family", family)("bracket", bracket)("shared", shared)("routes", routes)("changes", changes);
  }
  [[nodiscard]] std::string_view objection() const {
    const auto other = [this](const Route& route) { return route.nlri.family() != family; };
    return family < bgp::k_family_count && std::none_of(routes.begin(), routes.end(), other) ? "" : "a route is sent again with another family";
  }
};

struct PendingChanges {
  std::vector<Resend> resends;  // ascending by family
  OrderedTable<AttributeSetRef> withdraws;
  PendingAnnounces announces;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [resends, withdraws, announces] = self;
    archive.object(self, "pending_changes")("resends", resends)("withdraws", withdraws)("announces", announces);
  }
  [[nodiscard]] bool empty() const { return resends.empty() && withdraws.empty() && announces.empty(); }
};

class UpdateRun {
 public:
  // `shared`: a table that is announced as a whole, behind the other changes.
  UpdateRun(PendingChanges changes, SharedTable shared, bool encode_withdraws);
  UpdateRun(const UpdateRun&) = delete;
  UpdateRun& operator=(const UpdateRun&) = delete;

  struct Step {
    bool message = false;        // one message was appended
    bool over = false;           // nothing is left
    bool route_refresh = false;  // the message is a ROUTE-REFRESH
  };
  // Sends the next message. Routes that cannot be sent on the way there are passed over, but those the peer was sent in an
  // earlier state are withdrawn: it would go on using what is no longer true.
  Step next(UpdatePacker& packer, base::Buffer& out);
  // Several messages at once, `most` at most, that other sessions are told in the same octets; null when there are none now.
  struct Block {
    std::shared_ptr<const base::Buffer> octets;
    std::size_t messages = 0;
    bool over = false;
  };
  Block next_block(UpdatePacker& packer, std::size_t most);

  // All withdraws and, of the announces, all of the buckets before `bucket` (counted from 1) and the first `rank` routes of it have been
  // sent. 0: there are withdraws left.
  struct Progress {
    std::uint32_t bucket = 0;
    std::uint32_t rank = 0;
  };
  [[nodiscard]] Progress progress() const;

  // What it sends and where it is; the order in which it sends is made from that again.
  void store(state::Writer& writer) const;
  [[nodiscard]] static std::unique_ptr<UpdateRun> load(state::Reader& reader);

 private:
  enum class Phase : std::uint8_t { begin_refresh, resend, end_refresh, withdraw, announce, shared, done };
  using Keys = std::span<const bgp::NlriKey*>;
  struct Slice {  // a part of `order_` that shares family and, for announces, attributes
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint32_t bucket = 0;
    bgp::FamilyIndex family = 0;
  };
  struct Part {  // withdraws or announces
    std::vector<const bgp::NlriKey*> order;
    std::vector<Slice> slices;
    std::size_t slice = 0;     // the one being sent
    std::size_t position = 0;  // in `order`
    bool entered = false;      // the slice may be sent and its keys are ready
    bool recalling = false;    // what is left of the slice cannot be sent
    std::size_t recalled = 0;  // routes the peer had and was told to forget because of that
    [[nodiscard]] bool exhausted() const { return slice == slices.size(); }
    void next_slice();
    [[nodiscard]] Keys keys();  // of the slice
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [order, slices, slice, position, entered, recalling, recalled] = self;
      archive.object(self, "part_of_run")("slice", slice)("position", position)("entered", entered)("recalling", recalling)("recalled", recalled);
    }
    [[nodiscard]] bool is_possible() const;
  };
  void sort_again(state::Reader& reader, std::size_t position);

  void arrange_withdraws();
  void arrange_announces();
  static void split_by_family(Part& part, Slice whole);

  bool send_mark(UpdatePacker& packer, base::Buffer& out, bool begin);
  [[nodiscard]] const Route* next_resent(const Resend& resend);
  bool send_resend(UpdatePacker& packer, base::Buffer& out);
  bool send_withdraw(UpdatePacker& packer, base::Buffer& out);
  [[nodiscard]] std::size_t withdraw_one(const bgp::NlriKey* const& key, UpdatePacker& packer, base::Buffer& out);
  bool send_announce(UpdatePacker& packer, base::Buffer& out);
  bool send_recall(UpdatePacker& packer, base::Buffer& out);
  [[nodiscard]] const bgp::NlriKey& next_announced(const UpdatePacker& packer);
  [[nodiscard]] bool peer_may_have(const bgp::NlriKey& announced, std::uint32_t bucket, const UpdatePacker& packer) const;
  [[nodiscard]] bool exhausted() const;
  void settle();

  PendingChanges changes_;  // what the parts point into; not changed any more
  bool first_;              // of its session: the peer has nothing but what this run sent
  Part withdraws_;
  Part announces_;
  LazyOrder sorted_;
  bool in_order_ = false;  // the routes of the slice go out in the order of their arrival
  Phase phase_ = Phase::begin_refresh;
  std::size_t resend_ = 0;  // position in changes_.resends
  std::size_t route_ = 0;   // of its routes, those that are shared first
  SharedStream shared_;
};

}  // namespace tandem::rib
