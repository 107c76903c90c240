#include "common/base/json_shape.hpp"

#include <gmock/gmock.h>

namespace tandem::base {
namespace {

using ::testing::HasSubstr;

const std::vector<ShapeDefinition> k_definitions = {
    {"far", "{ near: near }"}, {"near", "0..9"}, {"name", "`[a-z]+`"}, {"part", "{ a: near, ... }"}, {"unused", "string"}};

std::string schema(std::string_view shape, bool version_4 = false) {
  const auto made = json_schema({"urn:x", "X", version_4}, shape, k_definitions);
  if (!made) return made.error().reason();
  const std::string_view text = *made;
  constexpr std::string_view k_head = R"({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x", "title": "X", )";
  EXPECT_TRUE(text.starts_with(k_head)) << text;
  EXPECT_TRUE(text.ends_with("}}")) << text;
  return std::string(text.substr(k_head.size(), text.size() - k_head.size() - 1));
}

TEST(JsonShape, ValuesOfAKind) {
  EXPECT_EQ(schema("string"), R"("type": "string", "$defs": {})");
  EXPECT_EQ(schema("0..255"), R"("type": "integer", "minimum": 0, "maximum": 255, "$defs": {})");
  EXPECT_EQ(schema("1.."), R"("type": "integer", "minimum": 1, "$defs": {})");
  EXPECT_EQ(schema("`[0-9.]+`"), R"("type": "string", "pattern": "^([0-9.]+)$", "$defs": {})");
  EXPECT_EQ(schema("true"), R"("const": true, "$defs": {})");
}

TEST(JsonShape, AlternativesOfWordsAreOneEnumeration) {
  EXPECT_EQ(schema(R"("a" | "b")"), R"("enum": ["a", "b"], "$defs": {})");
  EXPECT_EQ(schema(R"("a" | null | "b")"), R"("anyOf": [{"enum": ["a", "b"]}, {"type": "null"}], "$defs": {})");
}

TEST(JsonShape, AnObjectIsClosedUnlessItSaysOtherwise) {
  EXPECT_EQ(schema("{ a: string, \"b c\"?: null }"),
            R"("type": "object", "properties": {"a": {"type": "string"}, "b c": {"type": "null"}}, "required": ["a"], )"
            R"("unevaluatedProperties": false, "$defs": {})");
  EXPECT_EQ(schema("{ a: string, ... }"), R"("type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "$defs": {})");
}

TEST(JsonShape, MembersOfADefinitionArePartOfAnObject) {
  EXPECT_EQ(schema("{ ...part, b?: boolean }"),
            R"("type": "object", "allOf": [{"$ref": "#/$defs/part"}], "properties": {"b": {"type": "boolean"}}, "unevaluatedProperties": false, )"
            R"("$defs": {"near": {"type": "integer", "minimum": 0, "maximum": 9}, )"
            R"("part": {"type": "object", "properties": {"a": {"$ref": "#/$defs/near"}}, "required": ["a"]}})");
}

TEST(JsonShape, MembersByPattern) {
  EXPECT_EQ(schema("{ `x-[0-9]+`: null, <name>: null }"),
            R"("type": "object", "patternProperties": {"^(x-[0-9]+)$": {"type": "null"}, "^([a-z]+)$": {"type": "null"}}, )"
            R"("unevaluatedProperties": false, "$defs": {})");
}

TEST(JsonShape, ArraysAreOfAnyLengthOrOfTheItemsThatAreSaid) {
  EXPECT_EQ(schema("[null]"), R"("type": "array", "items": {"type": "null"}, "$defs": {})");
  EXPECT_EQ(schema("[null, 0..1, 0..2?]"),
            R"("type": "array", "prefixItems": [{"type": "null"}, {"type": "integer", "minimum": 0, "maximum": 1}, )"
            R"({"type": "integer", "minimum": 0, "maximum": 2}], "items": false, "minItems": 2, "$defs": {})");
}

TEST(JsonShape, AMemberOfVersion4IsMissingFromOthers) {
  EXPECT_THAT(schema("{ a?4: null, b: null }", true), HasSubstr("\"a\""));
  EXPECT_THAT(schema("{ a?4: null, b: null }"), ::testing::Not(HasSubstr("\"a\"")));
}

TEST(JsonShape, DefinitionsAreThereThatAreNeededAndNoOthers) {
  const std::string out = schema("far");
  EXPECT_THAT(out, HasSubstr("\"far\": {"));
  EXPECT_THAT(out, HasSubstr("\"near\": {"));
  EXPECT_THAT(out, ::testing::Not(HasSubstr("unused")));
}

TEST(JsonShape, AMistakeIsSaid) {
  EXPECT_EQ(schema("{ a string }"), "':' is expected at 4 of the shape { a string }");
  EXPECT_EQ(schema("nobody"), "a definition of 'nobody' is expected at 6 of the shape nobody");
  EXPECT_THAT(schema("{ a: string"), HasSubstr("'}' is expected"));
  EXPECT_THAT(schema("\"open"), HasSubstr("'\"' is expected"));
  EXPECT_THAT(schema("{ <near>: null }"), HasSubstr("the name of a pattern is expected"));
  EXPECT_THAT(schema("string string"), HasSubstr("the end is expected"));
  EXPECT_THAT(schema("[]"), HasSubstr("a word is expected"));
  EXPECT_THAT(schema(""), HasSubstr("a word is expected"));
}

}  // namespace
}  // namespace tandem::base
