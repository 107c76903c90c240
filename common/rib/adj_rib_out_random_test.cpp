// Random histories: whatever is asked of an adj-RIB-out while its runs stream, a run sends exactly what was pending when it
// started (I8), and the peer ends with what the cache holds (I9). A failing seed is printed.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/random.hpp"
#include "common/rib/fields.hpp"
#include "common/rib/route_difference.hpp"
#include "common/rib/test_support.hpp"

namespace tandem::rib {
namespace {

enum class Kind : std::uint8_t {
  plain,
  add_path,
  limited,      // several paths of a prefix, and a peer that wants two of them (PATHS-LIMIT)
  inexpressible,  // IPv6 next hops of IPv4 routes, which were not negotiated (D9)
  shared          // begins with a list that it shares
};

class History {
 public:
  History(std::uint64_t seed, Kind kind)
      : random_(seed), kind_(kind), negotiated_(test::make_negotiated({bgp::k_ipv4_unicast, bgp::k_ipv6_unicast})) {
    if (kind == Kind::limited) negotiated_.paths_limits = {{bgp::k_ipv4_unicast, k_limit}, {bgp::k_ipv6_unicast, k_limit}};
    if (kind == Kind::add_path || kind == Kind::limited) {
      for (const bgp::Family family : negotiated_.families) negotiated_.add_path_send.insert(*bgp::family_index(family));
    }
    options_.group_updates = random_.below(2) == 0;
    RouteParser parser(pool_);
    for (int prefix = 0; prefix < (kind == Kind::shared ? 400 : 40); ++prefix) {
      for (int med = 0; med < 6; ++med) {
        std::string statement = std::to_string(prefix);
        statement = prefix % 3 == 0 ? "2001:db8:" + statement + "::/48" : "10." + std::to_string(prefix / 200) + "." + std::to_string(prefix % 200) + ".0/24";
        statement += kind == Kind::inexpressible && med % 2 == 1 ? " next-hop 2001::" : " next-hop 1.1.1.";
        statement += std::to_string(med % 2) + " med " + std::to_string(med);
        if (kind == Kind::add_path) statement += " path-information " + std::to_string(prefix % 5);
        if (kind == Kind::limited) statement += " path-information " + std::to_string(med % 5);
        const test::TokenList tokens(statement);
        routes_.push_back(parser.parse_route(tokens, RouteUse::announce)->routes.at(0));
      }
    }
    if (kind != Kind::shared) return;
    SharedRoutes list;
    for (std::size_t i = 0; i < routes_.size(); i += 6) list.push_back(routes_[i + i / 6 % 6]);
    rib_.load(list);
    list_ = std::move(list);
    if (random_.below(2) == 0) rib_.announce(any_route());  // before there is a session
  }

  void play(int steps) {
    establish();
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      one_step();
      if (restored) restore();
    }
    quiesce();
  }

  bool restored = false;  // another RIB goes on from the state of the one before, after each step
  base::Buffer told;      // to the peer, all of it
  std::size_t adopted = 0;  // lists

 private:
  const Route& any_route() { return routes_[random_.below(routes_.size())]; }

  void one_step() {
    const std::uint64_t dice = random_.below(1000);
    if (dice < 300) {
      rib_.announce(any_route());
    } else if (dice < 500) {
      const Route& route = any_route();
      rib_.withdraw(route.nlri, random_.below(2) == 0 ? route.attributes : AttributeSetRef());
    } else if (dice < 505) {
      rib_.clear();
    } else if (dice < 520) {
      bgp::FamilySet families;
      if (random_.below(2) == 0) families.insert(*bgp::family_index(bgp::k_ipv4_unicast));
      if (random_.below(2) == 0) families.insert(*bgp::family_index(bgp::k_ipv6_unicast));
      rib_.resend(families, random_.below(2) == 0);
    } else if (dice < 530) {
      rib_.closed();
      told_any_ = false;
      expected_.clear();
      for (std::uint64_t changes = random_.below(20); changes > 0; --changes) {
        if (random_.below(2) == 0) rib_.announce(any_route());
        else rib_.withdraw(any_route().nlri, {});
        if (kind_ == Kind::shared && random_.below(20) == 0) reload();
      }
      establish();
    } else if (dice < 540 && kind_ == Kind::shared) {
      reload();
    } else if (dice < 700) {
      if (!rib_.run_active() && rib_.has_pending()) start_run();
    } else if (rib_.run_active()) {
      next();
    }
  }

  // Another list takes the place of the one before: a little of it is different, or all, or it is too short to be shared.
  void reload() {
    rib::RouteDifference difference{list_, {}, {}, {}};
    const std::uint64_t changed = random_.below(3);
    const std::size_t first = random_.below(10) == 0 ? routes_.size() / 2 : 0;
    for (std::size_t i = first; i < routes_.size(); i += 6) {
      const auto known = std::find_if(list_.begin(), list_.end(), [&](const Route& route) { return route.nlri == routes_[i].nlri; });
      const bool other = changed == 2 || random_.below(changed == 0 ? 1000 : 20) == 0;
      if (other && random_.below(10) == 0) continue;
      difference.after.push_back(other || known == list_.end() ? routes_[i + random_.below(6)] : *known);
    }
    const auto last = [](const SharedRoutes& list, const Route& route) {
      return std::find_if(list.begin(), list.end(), [&](const Route& one) { return one.nlri == route.nlri; });
    };
    for (std::uint32_t i = 0; i < difference.after.size(); ++i) {
      const Route* before = last(difference.before, difference.after[i]);
      if (before == difference.before.end() || !identical(*before, difference.after[i])) difference.announced.push_back(i);
    }
    for (std::uint32_t i = 0; i < difference.before.size(); ++i) {
      if (last(difference.after, difference.before[i]) == difference.after.end()) difference.withdrawn.push_back(i);
    }
    auto cache = kept();
    for (const std::uint32_t position : difference.announced) cache[difference.after[position].nlri] = difference.after[position].attributes;
    for (const std::uint32_t position : difference.withdrawn) cache.erase(difference.before[position].nlri);
    list_ = difference.after;
    if (rib_.adopt(std::make_shared<const RouteDifference>(difference), told_any_)) {
      ++adopted;
    } else {
      for (const std::uint32_t position : difference.announced) rib_.announce(difference.after[position]);
      for (const std::uint32_t position : difference.withdrawn) {
        const Route& route = difference.before[position];
        if (rib_.find(route.nlri) != nullptr) rib_.withdraw(route.nlri, route.attributes);
      }
    }
    ASSERT_EQ(kept(), cache) << "what the difference speaks of is as it says, the rest as it was";
    ASSERT_EQ(rib_.size(), cache.size());
  }
  [[nodiscard]] std::map<bgp::NlriKey, AttributeSetRef> kept() const {
    std::map<bgp::NlriKey, AttributeSetRef> cache;
    rib_.for_each([&](const bgp::NlriKey& key, const AttributeSetRef& attributes) { cache[key] = attributes; });
    return cache;
  }

  void establish() {
    told_any_ = true;
    rib_.established(negotiated_.paths_limits);
    peer_ = std::make_unique<test::PeerTable>(pool_, negotiated_);
    packer_ = std::make_unique<UpdatePacker>(negotiated_, options_);
    first_run_ = true;
  }

  // As a whole and in parts by turns: what was written ahead has changed since in one step.
  void restore() {
    state::Writer whole({}, state::Secrets::left_out);
    state::Writer& writer = ahead_ ? *ahead_ : whole;
    writer.section("rib", 1, [&] {
      writer.value(rib_);
      writer.value(list_);
    });
    base::Buffer octets = std::exchange(written_ahead_, {});
    const base::Buffer rest = std::move(writer).finish();
    octets.insert(octets.end(), rest.begin(), rest.end());
    AdjRibOut other(true);
    state::Reader reader(octets, {});
    reader.provide(pool_);
    if (reader.at(state::k_ahead)) {
      reader.begin_ahead();
      while (load_piece(reader)) {
      }
    }
    reader.section("rib", 1, [&] {
      reader.value(other);
      reader.value(list_);
    });
    const auto done = reader.finish();
    ASSERT_TRUE(done) << done.error().reason();
    rib_ = std::move(other);
    ahead_ = ahead_ ? nullptr : std::make_unique<state::Writer>(base::TimePoint(), state::Secrets::left_out);
    if (ahead_) write_ahead();
  }

  void write_ahead() {
    ahead_->begin_ahead();
    std::size_t budget = ~std::size_t{0};
    std::size_t next = 0;
    EXPECT_TRUE(list_.write_ahead(*ahead_, next, budget));
    for (bgp::FamilyIndex family = 0; family < bgp::k_family_count; ++family) {
      next = 0;
      EXPECT_TRUE(rib_.write_ahead(*ahead_, family, next, budget));
    }
    written_ahead_ = ahead_->take();
  }

  void start_run() {
    expected_ = cached();
    rib_.start_run();
  }

  // What the peer should have: everything that can be said to it.
  [[nodiscard]] std::map<bgp::NlriKey, AttributeSetRef> cached() {
    auto table = test::as_received(pool_, rib_, negotiated_);
    if (kind_ == Kind::inexpressible) {
      std::erase_if(table, [this](const auto& route) { return !packer_->can_send(route.first.family(), route.second->next_hop()); });
    }
    return table;
  }

  void compare(const std::map<bgp::NlriKey, AttributeSetRef>& table) {
    if (kind_ != Kind::limited) {
      EXPECT_EQ(peer_->table, table) << "the peer has what was cached when the run started";
      return;
    }
    std::map<std::string, std::size_t> there;
    std::map<std::string, std::size_t> wanted;
    const auto prefix = [](const bgp::NlriKey& key) { return base::to_hex(key.nlri()); };
    for (const auto& [key, set] : table) wanted[prefix(key)] = std::min<std::size_t>(wanted[prefix(key)] + 1, k_limit);
    for (const auto& [key, set] : peer_->table) {
      ++there[prefix(key)];
      const auto kept = table.find(key);
      EXPECT_TRUE(kept != table.end() && kept->second == set);
    }
    EXPECT_EQ(there, wanted);
  }

  void next() {
    base::Buffer out;
    const auto produced = rib_.next_message(*packer_, out);
    ASSERT_TRUE(produced.message || produced.over);
    if (produced.message) peer_->receive(out);
    told.insert(told.end(), out.begin(), out.end());
    if (!produced.over) return;
    compare(expected_);
    if (first_run_ && kind_ != Kind::inexpressible) {
      EXPECT_EQ(peer_->withdraws, 0U) << "I10";
    }
    first_run_ = false;
  }

  void quiesce() {
    while ((rib_.run_active() || rib_.has_pending()) && !::testing::Test::HasFailure()) {
      if (!rib_.run_active()) start_run();
      while (rib_.run_active() && !::testing::Test::HasFailure()) next();
    }
    compare(cached());
  }

  static constexpr std::uint16_t k_limit = 2;
  base::Random random_;
  Kind kind_;
  AttributePool pool_;
  bgp::Negotiated negotiated_;
  PackerOptions options_;
  std::vector<Route> routes_;
  SharedRoutes list_;       // of the configuration
  bool told_any_ = false;   // there is a session
  AdjRibOut rib_{true};
  std::map<bgp::NlriKey, AttributeSetRef> expected_;
  std::unique_ptr<test::PeerTable> peer_;
  std::unique_ptr<UpdatePacker> packer_;
  bool first_run_ = true;
  std::unique_ptr<state::Writer> ahead_;  // of what is restored next; null: it is written as a whole
  base::Buffer written_ahead_;
};

TEST(AdjRibOutRandom, ThePeerHasTheCacheAfterEveryRunWhateverHappensMeanwhile) {
  std::size_t adopted = 0;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed, static_cast<Kind>(seed % 5));
    history.play(800);
    adopted += history.adopted;
    if (::testing::Test::HasFailure()) {
      std::printf("failing seed: %llu\n", static_cast<unsigned long long>(seed));
      return;
    }
  }
  EXPECT_GT(adopted, 50U) << "lists that took the place of another one at once";
}

TEST(AdjRibOutRandom, ARestoredOneGoesOnWithTheSameOctets) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History usual(seed, static_cast<Kind>(seed % 5));
    usual.play(400);
    History restored(seed, static_cast<Kind>(seed % 5));
    restored.restored = true;
    restored.play(400);
    ASSERT_EQ(restored.told, usual.told);
  }
}

TEST(AdjRibOutRandom, ALargeTableStreamsWhileItChanges) {  // I8
  constexpr std::uint32_t k_routes = 100000;
  AttributePool pool;
  bgp::Negotiated negotiated = test::make_negotiated();
  AdjRibOut rib(true);
  std::vector<AttributeSetRef> sets;
  for (int med = 0; med < 20; ++med) {
    sets.push_back(test::make_route(pool, "1.1.1.1 next-hop 1.1.1.1 med " + std::to_string(med)).attributes);
  }
  const auto key_of = [](std::uint32_t number) {
    return bgp::make_prefix_key(0, base::IpAddress::v4(0x0A000000 + number).bytes(), 32, std::nullopt);
  };
  base::Random random(7);
  for (std::uint32_t i = 0; i < k_routes; ++i) rib.announce(Route{key_of(i), sets[random.below(sets.size())]});
  rib.established({});
  UpdatePacker packer(negotiated, PackerOptions{});
  test::PeerTable peer(pool, negotiated);
  std::size_t runs = 0;
  while (rib.has_pending() || rib.run_active()) {
    if (!rib.run_active()) {
      rib.start_run();
      ++runs;
    }
    base::Buffer out;
    if (rib.next_message(packer, out).message) peer.receive(out);
    for (int change = 0; runs < 3 && change < 20; ++change) {
      const auto number = static_cast<std::uint32_t>(random.below(k_routes));
      if (random.below(2) == 0) rib.withdraw(key_of(number), {});
      else rib.announce(Route{key_of(number), sets[random.below(sets.size())]});
    }
  }
  EXPECT_EQ(peer.table, test::as_received(pool, rib, negotiated));
  EXPECT_GE(peer.announces, k_routes);
}

}  // namespace
}  // namespace tandem::rib
