// RFC 7606, attribute by attribute and family by family: treat-as-withdraw withdraws, attribute discard discards, and the session ends
// only where the RFCs say so. An attribute or a family that is added needs its rows here.
#include <set>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/family.hpp"
#include "conformance/contract/told.hpp"

namespace tandem::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Malformed : public EachEngine {};
TANDEM_ON_EVERY_DRIVER(Malformed);

enum class From : std::uint8_t { internal, external, narrow };  // narrow: AS numbers of two octets, internal
enum class Action : std::uint8_t { withdraw, discard, reset };
struct AttributeRow {
  std::string_view name;  // as in the registry
  From from;
  Action action;
  std::vector<std::string_view> octets;  // of one attribute each
};

const std::vector<AttributeRow>& attribute_rows() {
  using enum From;
  using enum Action;
  static const std::vector<AttributeRow> k_rows{
      // RFC 7606 section 7.1 to 7.15: a value or a length that cannot be, no value, flags of another kind of attribute (3 (c)).
      {"origin", internal, withdraw, {"400101 03", "400100", "400102 0000", "C00101 00"}},
      {"as-path", internal, withdraw, {"400206 0202 00000001", "400206 0501 00000001", "400202 0200", "400207 0201 00000001 00", "C00200"}},
      {"next-hop", internal, withdraw, {"400303 0A0000", "400300", "400310 20010DB8000000000000000000000001", "C00304 0A000001"}},
      {"med", internal, withdraw, {"800403 000001", "800400", "800405 0000000001", "400404 00000001"}},
      {"local-preference", internal, withdraw, {"400503 000001", "400500", "C00504 00000064"}},
      {"local-preference", external, discard, {"400503 000001", "400500", "400504 00000064"}},
      {"atomic-aggregate", internal, discard, {"400601 00", "C00600"}},
      {"aggregator", internal, discard, {"C00706 FDE8 01020304", "C00700", "C00709 0000FDE8 01020304 00", "400708 0000FDE8 01020304"}},
      {"aggregator", narrow, discard, {"C00708 0000FDE8 01020304"}},
      {"community", internal, withdraw, {"C00803 000001", "C00800", "800804 00010002"}},
      {"originator-id", internal, withdraw, {"800903 010203", "800900", "C00904 01020304"}},
      {"originator-id", external, discard, {"800903 010203", "800904 01020304"}},
      {"cluster-list", internal, withdraw, {"800A03 010203", "800A00", "800A06 010203040506"}},
      {"cluster-list", external, discard, {"800A03 010203", "800A04 01020304"}},
      {"mp-reach-nlri", internal, reset, {"800E04 0001 01 04", "800E09 0001 01 20 0A000001 00", "C00E0D 0001 02 04 0A000001 00 180A0000"}},
      {"mp-unreach-nlri", internal, reset, {"800F02 0001", "800F05 0002 01 81 20", "C00F07 0001 02 180A0000"}},
      {"extended-community", internal, withdraw, {"C01007 00020001000000", "C01000", "801008 0002FDE800000064"}},
      // RFC 6793 section 6; an attribute for peers with two octets says nothing from others (4.1).
      {"as4-path", narrow, discard, {"C01106 0202 00000001", "C01101 02", "401106 0201 00000001"}},
      {"as4-path", internal, discard, {"C01101 02"}},
      {"as4-aggregator", narrow, discard, {"C01206 0001 01020304", "C01200"}},
      {"as4-aggregator", internal, discard, {"C01206 0001 01020304"}},
      {"pmsi", internal, withdraw, {"C01604 00000000", "C01600", "401605 0000000010"}},                       // RFC 6514 section 5
      {"tunnel-encap", internal, withdraw, {"C01703 000F00", "C01700", "C01705 000F 0002 00"}},              // RFC 9012 section 13
      {"extended-community-ipv6", internal, withdraw, {"C01903 000C20", "C01900"}},                          // RFC 7606 section 7.15
      {"aigp", internal, discard, {"801A03 01000B", "801A00", "801A0A 01 000A 00000000000064"}},             // RFC 7311 section 3.2
      {"bgp-ls", internal, discard, {"801D03 044700", "801D05 0447 0004 13"}},                               // RFC 9552 section 8.2.2
      {"large-community", internal, withdraw, {"C0200B 0000000100000002000000", "C02000"}},                  // RFC 8092 section 6
      {"only-to-customer", internal, withdraw, {"C02303 00FDE8", "C02300", "802304 0000FDE8"}},              // RFC 9234 section 5
      {"bgp-prefix-sid", internal, discard, {"C02806 01 0003 000000", "C02800", "C02802 0100"}},             // RFC 8669 section 6
      {"bgp-prefix-sid", internal, withdraw, {"C02807 05 0004 00 010010", "C02806 06 0003 00 0100"}},        // RFC 9252 section 7
  };
  return k_rows;
}

// ORIGIN, AS_PATH, NEXT_HOP, LOCAL_PREF, but for the one that `octets` bring.
std::string attributes_with(From from, std::string_view octets) {
  std::string out;
  const std::string_view path = from == From::external ? "400206 0201 0000FDE8" : "400200";
  for (const std::string_view good : {std::string_view("400101 00"), path, std::string_view("400304 0A000001"), std::string_view("400504 00000064")}) {
    if (from == From::external && good.starts_with("4005")) continue;
    if (octets.size() < 4 || octets.substr(2, 2) != good.substr(2, 2)) out += good;
  }
  return out + std::string(octets);
}

Told tell_from(Stage& stage, From from, const std::vector<base::Buffer>& messages) {
  std::vector<std::string> statements{"adj-rib-in true;", "capability { aigp; }"};
  if (from == From::narrow) statements.push_back("capability { asn4 disable; }");
  return tell(stage, messages, false, from == From::external ? "65000" : "65001", statements);
}

std::string nlri_of(std::size_t i) { return fmt::format("180A00{:02X}", i); }
std::string prefix_of(std::size_t i) { return fmt::format("10.0.{}.0/24", i); }

TEST_P(Malformed, EveryAttributeAndEveryFamilyHasARow) {
  std::set<std::string_view> names;
  for (const AttributeRow& row : attribute_rows()) names.insert(row.name);
  for (const bgp::AttributeTraits* row : bgp::attribute_table()) EXPECT_TRUE(names.contains(row->name)) << row->name;
}

// Each prefix is announced twice, the second time with an attribute that is malformed.
TEST_P(Malformed, AttributesWithdrawTheRoutesOrAreLeftOut) {
  for (const From from : {From::internal, From::external, From::narrow}) {
    std::vector<base::Buffer> messages;
    std::vector<const AttributeRow*> rows;
    std::vector<std::string_view> octets;
    for (const AttributeRow& row : attribute_rows()) {
      if (row.from != from || row.action == Action::reset) continue;
      for (const std::string_view attribute : row.octets) {
        messages.push_back(update_of("", attributes_with(from, ""), nlri_of(rows.size())));
        messages.push_back(update_of("", attributes_with(from, attribute), nlri_of(rows.size())));
        rows.push_back(&row);
        octets.push_back(attribute);
      }
    }
    play([&](Stage& stage) {
      const Told told = tell_from(stage, from, messages);
      ASSERT_EQ(told.events.size(), messages.size()) << ::testing::PrintToString(told.events);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& event = told.events[2 * i + 1];
        const std::string what = fmt::format("{} {}", rows[i]->name, octets[i]);
        const auto kept = std::find_if(told.routes.begin(), told.routes.end(), [&](const std::string& line) { return line.find(prefix_of(i)) != std::string::npos; });
        if (rows[i]->action == Action::withdraw) {
          EXPECT_EQ(kept, told.routes.end()) << what;
          EXPECT_THAT(event, HasSubstr(fmt::format("\"error\": \"treat-as-withdraw due to {}\"", rows[i]->name))) << what;
          EXPECT_THAT(event, HasSubstr(fmt::format("\"withdraw\": {{ \"ipv4 unicast\": [ {{ \"nlri\": \"{}\" }} ]", prefix_of(i)))) << what;
          EXPECT_THAT(event, Not(HasSubstr("\"announce\""))) << what;
        } else {
          ASSERT_NE(kept, told.routes.end()) << what;
          EXPECT_THAT(*kept, Not(HasSubstr(std::string(rows[i]->name)))) << what;
          EXPECT_THAT(event, HasSubstr(fmt::format("\"announce\": {{ \"ipv4 unicast\": {{ \"10.0.0.1\": [ {{ \"nlri\": \"{}\" }} ]", prefix_of(i)))) << what;
          EXPECT_THAT(event, Not(HasSubstr(fmt::format("\"{}\"", rows[i]->name)))) << what;
          EXPECT_THAT(event, Not(HasSubstr("\"error\""))) << what;
        }
      }
    }, 1);
  }
}

// What ends a session is sent to one neighbor each.
void expect_resets(Stage& stage, const std::vector<base::Buffer>& messages, const std::vector<std::string>& names) {
  Scene scene(stage);
  for (std::size_t i = 0; i < messages.size(); ++i) scene.neighbor(fmt::format("127.0.1.{}", i + 1)).statements = {"family { all; }", "adj-rib-in true;"};
  scene.start();
  ASSERT_TRUE(stage.run_until_established(messages.size()));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto peer = stage.peer(fmt::format("127.0.1.{}", i + 1));
    peer->send(messages[i]);
    ASSERT_TRUE(stage.run_until([&] { return peer->count(k_notification) == 1; })) << names[i];
    EXPECT_EQ(describe(peer->transcript().back().bytes).substr(5, 5), "03 03") << names[i];
  }
}

TEST_P(Malformed, MultiprotocolAttributesEndTheSession) {
  std::vector<base::Buffer> messages;
  std::vector<std::string> names;
  for (const AttributeRow& row : attribute_rows()) {
    if (row.action != Action::reset) continue;
    for (const std::string_view attribute : row.octets) {
      messages.push_back(update_of("", attributes_with(row.from, attribute), ""));
      names.emplace_back(attribute);
    }
  }
  play([&](Stage& stage) { expect_resets(stage, messages, names); }, 1);
}

struct FamilyRow {
  bgp::Family family;
  std::string_view next_hop;   // with its length
  std::string_view good;
  std::string_view malformed;  // its end is known
  bool skipped = false;        // it is left out; else it ends the session
};

const std::vector<FamilyRow>& family_rows() {
  using bgp::Afi;
  using bgp::Safi;
  static constexpr std::string_view k_v4 = "04 0A000001";
  static constexpr std::string_view k_v6 = "10 20010DB8000000000000000000000001";
  static constexpr std::string_view k_rd_v4 = "0C 0000000000000000 0A000001";
  static constexpr std::string_view k_rd_v6 = "18 0000000000000000 20010DB8000000000000000000000001";
  static constexpr std::string_view k_node = "0001001F 02 0000000000000007 01000012 020000040000FDE9 02030006192168251231";
  static constexpr std::string_view k_node_of_vpn = "00010027 0000FDE800000001 02 0000000000000007 01000012 020000040000FDE9 02030006192168251231";
  static const std::vector<FamilyRow> k_rows{
      {bgp::k_ipv4_unicast, k_v4, "18 0A0000", "21 0A000000 00"},
      {bgp::k_ipv4_multicast, k_v4, "18 E00100", "21 E0010000 00"},
      {{Afi::ipv4, Safi::nlri_mpls}, k_v4, "30 000641 0A0000", "30 000640 0A0000"},
      {{Afi::ipv4, Safi::mcast_vpn}, k_v4, "0512 0000FDE80001869F 20 0A630C04 20 EFFBFFE4", "0501 00"},
      {{Afi::ipv4, Safi::sr_policy}, k_v4, "60 00000000 00000064 0A000001", "58 00000000 00000064 0A0000"},
      {{Afi::ipv4, Safi::mup}, k_v4, "010001 0C 0000006400000064 18 0A0001", "010001 02 0000"},
      {{Afi::ipv4, Safi::mpls_vpn}, k_rd_v4, "70 000641 0000FDE800000001 0A0000", "70 000640 00010A0000000002 0A0000"},
      {{Afi::ipv4, Safi::rtc}, k_v4, "60 0000FDE9 0002FDE900000064", "1F 0000FDE8"},
      {{Afi::ipv4, Safi::flow}, "00", "06 02 20 0A000001", "03 0D 8106", true},
      {{Afi::ipv4, Safi::flow_vpn}, "00", "0E 0000FDE800000001 02 20 0A000001", "03 0D 8106", true},
      {bgp::k_ipv6_unicast, k_v6, "20 20010DB8", "81 20010DB8000000000000000000000001 00"},
      {bgp::k_ipv6_multicast, k_v6, "20 FF020001", "81 FF020001000000000000000000000001 00"},
      {{Afi::ipv6, Safi::nlri_mpls}, k_v6, "38 000641 20010DB8", "38 000640 20010C00"},
      {{Afi::ipv6, Safi::mcast_vpn}, k_v6, "052A 0000FDE80001869F 80 FD000000000000000000000000000001 80 FF0E0000000000000000000000000001", "0501 00"},
      {{Afi::ipv6, Safi::sr_policy}, k_v6, "C0 00000000 00000064 20010DB8000000000000000000000001", "60 00000000 00000064 0A000001"},
      {{Afi::ipv6, Safi::mup}, k_v6, "010002 18 0000000100000001 20010DB8000000000000000000000001", "010002 02 0000"},
      {{Afi::ipv6, Safi::mpls_vpn}, k_rd_v6, "78 000641 0001010203040005 20010DB8", "78 000640 00010A0000000002 20010DB8"},
      {{Afi::ipv6, Safi::flow}, "00", "07 02 20 00 20010DB8", "02 0140", true},
      {{Afi::ipv6, Safi::flow_vpn}, "00", "0F 0000000100000001 01 20 00 20010DB8", "02 0140", true},
      {{Afi::l2vpn, Safi::vpls}, k_v4, "0011 0001C0A8C901007B 0005 0001 0008 029CE1", "0010 0001C0A8C901007B 0005 0001 0008 029C"},
      {{Afi::l2vpn, Safi::evpn}, k_v4, "0311 0000FDE800000001 00000064 20 0A000001", "0311 0000FDE800000001 00000064 21 0A000001"},
      {{Afi::bgp_ls, Safi::bgp_ls}, k_v4, k_node, "0001 0008 02 00000000000000", true},
      {{Afi::bgp_ls, Safi::bgp_ls_vpn}, k_rd_v4, k_node_of_vpn, "0001 0004 00000000", true},
  };
  return k_rows;
}

std::size_t octets_in(std::string_view hex) { return static_cast<std::size_t>(std::count_if(hex.begin(), hex.end(), [](char c) { return c != ' '; })) / 2; }

base::Buffer reach(const FamilyRow& row, std::string_view origin, const std::string& nlri) {
  const std::string value = fmt::format("{:04X}{:02X} {} 00 {}", static_cast<unsigned>(row.family.afi), static_cast<unsigned>(row.family.safi), row.next_hop, nlri);
  return update_of("", fmt::format("{} 400200 400504 00000064 900E{:04X} {}", origin, octets_in(value), value), "");
}
constexpr std::string_view k_origin = "400101 00";

TEST_P(Malformed, EveryFamilyHasARow) {
  for (const bgp::FamilyTraits& traits : bgp::family_table()) {
    EXPECT_TRUE(std::any_of(family_rows().begin(), family_rows().end(), [&](const FamilyRow& row) { return row.family == traits.family; })) << bgp::to_string(traits.family);
  }
}

TEST_P(Malformed, AnAttributeWithdrawsRoutesOfEveryFamily) {
  std::vector<base::Buffer> messages;
  for (const FamilyRow& row : family_rows()) {
    messages.push_back(reach(row, k_origin, std::string(row.good)));
    messages.push_back(reach(row, "400101 03", std::string(row.good)));
  }
  play([&](Stage& stage) {
    const Told told = tell(stage, messages, false, "65001", {"adj-rib-in true;", "family { all; }"});
    ASSERT_EQ(told.events.size(), messages.size()) << ::testing::PrintToString(told.events);
    for (std::size_t i = 0; i < family_rows().size(); ++i) {
      const std::string name = bgp::to_string(family_rows()[i].family);
      EXPECT_THAT(told.events[2 * i], HasSubstr(fmt::format("\"announce\": {{ \"{}\": {{", name)));
      EXPECT_THAT(told.events[2 * i + 1], HasSubstr(fmt::format("\"withdraw\": {{ \"{}\": [", name)));
      EXPECT_THAT(told.events[2 * i + 1], HasSubstr("\"error\": \"treat-as-withdraw due to origin\"")) << name;
      EXPECT_THAT(told.events[2 * i + 1], Not(HasSubstr("\"announce\""))) << name;
    }
    EXPECT_TRUE(told.routes.empty()) << ::testing::PrintToString(told.routes);
  }, 1);
}

TEST_P(Malformed, RoutesThatCanBeToldApartAreLeftOutWhereTheirRfcSaysSo) {
  std::vector<base::Buffer> messages;
  std::vector<std::string> names;
  for (const FamilyRow& row : family_rows()) {
    if (!row.skipped) continue;
    messages.push_back(reach(row, k_origin, std::string(row.malformed) + std::string(row.good)));
    names.push_back(bgp::to_string(row.family));
  }
  play([&](Stage& stage) {
    const Told told = tell(stage, messages, false, "65001", {"adj-rib-in true;", "family { all; }"});
    ASSERT_EQ(told.events.size(), messages.size()) << ::testing::PrintToString(told.events);
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_THAT(told.events[i], HasSubstr(fmt::format("\"announce\": {{ \"{}\": {{", names[i])));
    EXPECT_EQ(told.routes.size(), names.size()) << ::testing::PrintToString(told.routes);
  }, 1);
}

// RFC 7606 section 5.3 and 5.4: of routes that cannot be read nothing is known.
TEST_P(Malformed, OtherRoutesEndTheSession) {
  for (const bool cut : {false, true}) {
    std::vector<base::Buffer> messages;
    std::vector<std::string> names;
    for (const FamilyRow& row : family_rows()) {
      if (row.skipped && !cut) continue;
      const std::string_view nlri = cut ? row.good.substr(0, row.good.size() - 2) : row.malformed;
      messages.push_back(reach(row, k_origin, std::string(nlri)));
      names.push_back(fmt::format("{} {}", bgp::to_string(row.family), nlri));
    }
    play([&](Stage& stage) { expect_resets(stage, messages, names); }, 1);
  }
}

}  // namespace
}  // namespace tandem::conformance
