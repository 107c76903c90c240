// A list of routes that all its copies share until one of them is edited: configured once, announced to however many neighbors.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/bgp/family.hpp"
#include "common/rib/position_index.hpp"
#include "common/rib/sending_order.hpp"
#include "common/state/layout.hpp"

namespace tandem::rib {

// Positions of a list in another order than its own; no memory where it is the same.
class ListOrder {
 public:
  explicit ListOrder(std::vector<std::uint32_t> positions);
  [[nodiscard]] std::uint32_t operator[](std::size_t rank) const {
    return positions_.empty() ? static_cast<std::uint32_t>(rank) : positions_[rank];
  }

 private:
  std::vector<std::uint32_t> positions_;
};

// What stands beside a long list in which no NLRI is there twice: where each of its routes stands, and in which order they are told.
// The list must stay as it is, and where it is.
class RouteDirectory {
 public:
  static constexpr std::size_t k_shortest = 256;  // a shorter list is not worth one
  static constexpr std::uint32_t k_none = PositionIndex::k_none;
  // Null when the list is short, or an NLRI is there twice.
  [[nodiscard]] static std::unique_ptr<const RouteDirectory> make(std::span<const Route> routes);
  class Maker;  // the same a slice at a time

  [[nodiscard]] std::uint32_t find(const bgp::NlriKey& key) const;  // its position, or k_none

  // The order of a cache: family after family in table order, in each as the list has them.
  struct FamilyRange {
    bgp::FamilyIndex family = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  [[nodiscard]] const ListOrder& by_family() const { return by_family_; }
  [[nodiscard]] FamilyRange range(bgp::FamilyIndex family) const;
  // The order of a run: by attributes in order of first use, of each family after family; where `grouped`, families with several NLRI
  // an UPDATE in the order of their octets. Made when first asked for.
  [[nodiscard]] const ListOrder& sending(bool grouped) const;
  // Makes it a slice at a time, so that it is there when it is asked for. Takes from the budget what it has done; true: it is there.
  bool prepare_sending(bool grouped, std::size_t& budget) const;

 private:
  explicit RouteDirectory(std::span<const Route> routes) : routes_(routes), by_family_({}) {}

  std::span<const Route> routes_;
  PositionIndex index_;
  std::vector<FamilyRange> families_;
  ListOrder by_family_;
  struct Sending {
    std::unique_ptr<const ListOrder> order;
    std::unique_ptr<SendingOrder> making;
  };
  mutable Sending sending_[2];
};

class RouteDirectory::Maker {
 public:
  explicit Maker(std::span<const Route> routes);
  // Takes from the budget what it has done, in routes. True: it is done.
  bool step(std::size_t& budget);
  [[nodiscard]] std::unique_ptr<const RouteDirectory> take() { return std::move(made_); }

 private:
  static constexpr std::size_t k_ahead = 8;
  enum class Phase : std::uint8_t { count, place, index, done };
  void count(std::size_t& budget);
  void place(std::size_t& budget);
  void index(std::size_t& budget);
  void go_to(Phase phase);

  std::span<const Route> routes_;
  std::unique_ptr<RouteDirectory> made_;
  Phase phase_ = Phase::count;
  std::size_t next_ = 0;
  std::array<std::size_t, bgp::k_family_count + 1> start_{};
  std::vector<std::uint32_t> positions_;
  std::array<std::uint64_t, k_ahead> hashes_{};  // of the routes ahead, whose slots are being fetched
};

class PackedUpdates;
struct Encoding;

class SharedRoutes {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return block_ ? block_->routes.size() + block_->in_pieces : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const Route* begin() const { return block_ ? whole().routes.data() : nullptr; }
  [[nodiscard]] const Route* end() const { return begin() + size(); }
  [[nodiscard]] const Route& operator[](std::size_t position) const { return whole().routes[position]; }
  [[nodiscard]] const Route& at(std::size_t position) const { return std::span(begin(), end()).subspan(position).front(); }
  // Null when the list has none; made when first asked for.
  [[nodiscard]] const RouteDirectory* directory() const;
  // Makes it a slice at a time, so that it is there when it is asked for. Takes from the budget what it has done; true: it is there.
  bool prepare_directory(std::size_t& budget) const;
  // What sessions that are being told all of this list have packed for each other; it goes with the last one that holds it.
  [[nodiscard]] std::shared_ptr<PackedUpdates> packed(const Encoding& encoding) const;

  [[nodiscard]] bool shares(const SharedRoutes& other) const noexcept { return block_ == other.block_; }
  [[nodiscard]] bool shared() const noexcept { return block_.use_count() > 1; }  // somebody else has it, too
  friend bool operator==(const SharedRoutes& a, const SharedRoutes& b);

  // A list that grows long does so in pieces: no step moves all that is there already. Who reads it puts them together.
  void push_back(Route route);
  // That a slice at a time. Takes from the budget what it has done; true: it is one piece.
  bool gather(std::size_t& budget) const;
  void append(const SharedRoutes& other);
  // This copy's alone from now on.
  [[nodiscard]] std::vector<Route>& edit();

  // For Discards: what nobody else holds goes a slice at a time.
  void shed(std::size_t routes);

  // Once, however many share it.
  template <typename Writer>
  void store(Writer& writer) const {
    if (!writer.refer(block_.get())) return;
    const Block& block = whole();
    if (!writer.ahead()) return writer.value(block.routes);
    writer.count(block.routes.size());
    for (std::size_t first = 0; first < block.routes.size(); first += k_ahead) {
      if (!writer.refer_piece(block.stamp(first))) block.store_piece(writer, first);
    }
  }
  template <typename Reader>
  void load(Reader& reader) {
    bool first = false;
    block_ = reader.template refer<Block>(first);
    if (!first) return;
    block_ = std::make_shared<Block>();
    if (reader.ahead()) block_->load_pieces(reader);
    else reader.value(block_->routes);
    const auto open = [](const Route& route) { return route.attributes && route.attributes->next_hop().self; };
    if (std::any_of(begin(), end(), open)) reader.fail("a configured route has no next hop yet");
    reader.keep(block_);
  }
  // Writes pieces ahead of a state, from `next` on, unless they have been; takes from the budget what it has done. True: there are no more, or
  // the list is still growing.
  template <typename Writer>
  bool write_ahead(Writer& writer, std::size_t& next, std::size_t& budget) const {
    if (!block_ || !block_->pieces.empty()) return true;
    const Block& block = *block_;
    const std::size_t pieces = (block.routes.size() + k_ahead - 1) / k_ahead;
    block.stamps.resize(pieces);
    for (; next < pieces && budget > 0; ++next) {
      const std::size_t first = next * k_ahead;
      const bool written = writer.has(block.stamp(first));
      const std::size_t cost = written ? 1 : block.piece_end(first) - first;
      base::Work::did(cost);
      budget -= std::min(budget, cost);
      if (!written) writer.template piece<Route>(k_section, block.stamps[next], cost, [&] { block.store_piece(writer, first); });
    }
    return next >= pieces;
  }
  static constexpr std::string_view k_section = "routes";  // of such a piece

 private:
  static constexpr std::size_t k_piece = 8192;
  static constexpr std::size_t k_ahead = 2048;  // routes in a piece that is written ahead
  struct Block {
    Block() = default;
    explicit Block(std::vector<Route> all) : routes(std::move(all)) {}

    std::vector<Route> routes;
    std::vector<std::vector<Route>> pieces;  // behind them, while the list grows; those in front of `piece` have been moved there
    std::size_t piece = 0;
    std::size_t next = 0;                    // in that piece
    std::size_t in_pieces = 0;
    std::unique_ptr<const RouteDirectory> directory;
    bool looked_at = false;
    std::vector<std::weak_ptr<PackedUpdates>> packed;  // of each encoding
    std::unique_ptr<RouteDirectory::Maker> making;
    mutable std::vector<state::Stamp> stamps;  // of each piece that was written ahead

    [[nodiscard]] state::Stamp stamp(std::size_t first) const { return first / k_ahead < stamps.size() ? stamps[first / k_ahead] : 0; }
    [[nodiscard]] std::size_t piece_end(std::size_t first) const { return std::min(first + k_ahead, routes.size()); }
    template <typename Writer>
    void store_piece(Writer& writer, std::size_t first) const {
      for (std::size_t i = first; i < piece_end(first); ++i) writer.value(routes[i]);
    }
    template <typename Reader>
    void load_pieces(Reader& reader) {
      const std::uint64_t count = reader.count(PositionIndex::k_none);
      while (reader.ok() && routes.size() < count) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(k_ahead, count - routes.size()));
        auto ahead = reader.template take_piece<Route>();
        if (ahead && ahead->size() != wanted) return reader.fail("a piece has not as many routes as its list wants");
        for (std::size_t i = 0; i < wanted && reader.ok(); ++i) {
          if (ahead) routes.push_back(std::move((*ahead)[i]));
          else reader.value(routes.emplace_back());
        }
      }
    }
  };
  // REQUIRES that there is one.
  [[nodiscard]] Block& whole() const {
    if (!block_->pieces.empty()) gather_all();
    return *block_;
  }
  void gather_all() const;
  Block& own();
  std::shared_ptr<Block> block_;
};

// The routes of one neighbor's configuration, in file order. Marks are rare, so they stand beside the routes.
struct RouteList {
  struct WatchdogMark {
    std::uint32_t route = 0;  // position in `routes`
    std::string name;
    bool held = false;        // `withdraw`: starts withdrawn
    template <typename Archive, typename Self>
    static void fields(Archive& archive, Self& self) {
      auto& [route, name, held] = self;
      archive.object(self, "watchdog_mark")("route", route)("name", name)("held", held);
    }
  };
  SharedRoutes routes;
  std::vector<WatchdogMark> marks;  // ascending by route

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [routes, marks] = self;
    archive.object(self, "route_list")("routes", routes)("marks", marks);
  }
  [[nodiscard]] std::string_view objection() const {
    std::size_t next = 0;
    for (const WatchdogMark& mark : marks) {
      if (mark.route < next || mark.route >= routes.size()) return "a watchdog stands at no route";
      next = std::size_t{mark.route} + 1;
    }
    return "";
  }
};

}  // namespace tandem::rib
