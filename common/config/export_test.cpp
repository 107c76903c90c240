// Configurations as JSON, their schema, and examples.
#include "common/config/export.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/config/neighbor_rows.hpp"
#include "common/config/test_support.hpp"

namespace tandem::config {
namespace {

using namespace test;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Export, SaysWhatIsInForce) {
  Parsing parsing;
  const Configuration configuration = parsing.good(neighbor_with("md5-password secret; hold-time 30; add-path { ipv4 unicast limit 5; }\n"
                                                                 "capability { add-path send/receive; }\n"
                                                                 "api { processes [ p ]; fsm; receive { parsed; update; } }\n"
                                                                 "static { route 10.0.0.0/8 next-hop 1.1.1.1; }",
                                                                 k_program));
  const std::string json = export_json(configuration);
  EXPECT_THAT(json, HasSubstr(R"("peer-address": "127.0.0.1")"));
  EXPECT_THAT(json, HasSubstr(R"("local-as": 65000)"));
  EXPECT_THAT(json, HasSubstr(R"("hold-time": 30)"));
  EXPECT_THAT(json, HasSubstr(R"("passive": false)"));
  EXPECT_THAT(json, HasSubstr(R"("md5-password": "<hidden>")"));
  EXPECT_THAT(json, HasSubstr(R"("add-path": "send/receive")"));
  EXPECT_THAT(json, HasSubstr(R"({ "family": "ipv4 unicast", "limit": 5 })"));
  EXPECT_THAT(json, HasSubstr(R"("process": "p", "neighbor-changes": false, "negotiated": false, "fsm": true, "signal": false, "engine-changes": false, "await-ready": false, "receive": [ "parsed", "update" ])"));
  EXPECT_THAT(json, HasSubstr(R"("family": "ipv4 unicast", "route": "10.0.0.0/8)"));
  EXPECT_THAT(json, Not(HasSubstr("secret")));
}

TEST(Export, EveryKeywordOfANeighborHasASchemaOfItsOwn) {
  const std::string whole = *schema_json("");
  for (const NeighborRow& row : neighbor_rows()) {
    if (row.schema == nullptr) continue;
    EXPECT_THAT(whole, HasSubstr("\"" + std::string(row.keyword.name) + "\": { \"")) << row.keyword.name;
    EXPECT_EQ(row.schema == nullptr, row.json == nullptr) << row.keyword.name;
  }
  for (const std::string& name : schema_sections()) EXPECT_THAT(whole, HasSubstr(*schema_json(name))) << name;
  EXPECT_FALSE(schema_json("nonsense").has_value());
}

TEST(Export, IndentedJsonIsTheSameJson) {
  EXPECT_EQ(indent_json(R"({ "a": [ 1, { "b:, ": "\"[" } ], "c": [ ], "d": {} })", 2),
            "{\n  \"a\": [\n    1,\n    {\n      \"b:, \": \"\\\"[\"\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}");
  EXPECT_EQ(indent_json("{ \"a\": 1 }", 0), "{ \"a\": 1 }");
}

TEST(Example, EachOneIsValid) {
  for (const char* name : {"neighbor", "full"}) {
    Parsing parsing;
    const Configuration configuration = parsing.good(*example(name));
    EXPECT_EQ(configuration.neighbors.size(), 1U) << name;
  }
  EXPECT_FALSE(example("nonsense").has_value());
}

TEST(Example, TheFullOneHasEveryKeyword) {
  const std::string text = *example("full");
  for (const NeighborRow& row : neighbor_rows()) {
    EXPECT_THAT(text, HasSubstr(std::string(row.keyword.name) + (row.keyword.block == SectionId::none ? " " : " {"))) << row.keyword.name;
  }
}

}  // namespace
}  // namespace tandem::config
