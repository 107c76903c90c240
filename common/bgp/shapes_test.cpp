#include "common/bgp/shapes.hpp"

#include <gtest/gtest.h>

#include "common/bgp/attribute/attributes.hpp"
#include "common/bgp/capability/registry.hpp"
#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp {
namespace {

TEST(Shapes, EveryRowThatWritesJsonSaysWhatItLooksLike) {
  for (FamilyIndex index = 0; index < k_family_count; ++index) {
    const NlriCodec* codec = nlri_codec(index);
    EXPECT_TRUE(codec == nullptr || !codec->shape.empty()) << to_string(family_at(index));
  }
  for (const AttributeTraits* row : attribute_table()) EXPECT_EQ(row->json == nullptr, row->shape.empty()) << row->name;
  for (const CapabilityRow& row : capability_rows()) EXPECT_FALSE(row.shape.empty()) << row.key;
}

TEST(Shapes, EveryFormOfADialectThatWritesJsonSaysWhatItLooksLike) {
  for (FamilyIndex index = 0; index < k_family_count; ++index) {
    const NlriCodec* codec = nlri_codec(index);
    EXPECT_TRUE(codec == nullptr || codec->release_4_2 == nullptr || !codec->release_4_2->shape.empty()) << to_string(family_at(index));
  }
  for (const AttributeTraits* row : attribute_table()) {
    const AttributeForms* forms = row->release_4_2;
    EXPECT_TRUE(forms == nullptr || (forms->members == nullptr) == forms->shape.empty()) << row->name;
  }
}

TEST(Shapes, EveryDefinitionCanBeRead) {
  for (const Dialect dialect : {Dialect::main, Dialect::release_4_2}) {
    const auto definitions = shape_definitions(dialect);
    for (const bool version_4 : {false, true}) {
      for (const auto& definition : definitions) {
        const auto schema = base::json_schema({"urn:x", "X", version_4}, definition.shape, definitions);
        EXPECT_TRUE(schema.has_value()) << definition.name << ": " << (schema ? "" : schema.error().reason());
      }
    }
  }
}

}  // namespace
}  // namespace tandem::bgp
