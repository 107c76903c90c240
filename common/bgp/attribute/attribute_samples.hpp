// Samples of attributes: tables in files of their own (KIND_samples.cpp), of which every_sample_test.cpp in this folder asks the same
// questions. Each kind of attribute has one; those that have many forms have a table of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/bgp/attribute/attributes.hpp"

namespace tandem::bgp::testing {

struct AttributeSample {
  std::string octets;          // hexadecimal, the header included, blanks for the eye
  std::string_view written{};  // words of a route that make it; empty: only its text does
  std::string_view text{};     // what text prints; empty: not compared
  std::string json{};          // the member it is; empty: not compared. Blanks outside of strings do not count

  [[nodiscard]] std::uint8_t code() const;
};

inline std::vector<AttributeSample>& attribute_samples() {
  static std::vector<AttributeSample> samples;
  return samples;
}

// `const AddAttributeSamples k_samples{{...}, {...}};` in a table's file.
struct AddAttributeSamples {
  AddAttributeSamples(const std::vector<AttributeSample>& samples) { attribute_samples().insert(attribute_samples().end(), samples.begin(), samples.end()); }
  AddAttributeSamples(std::initializer_list<AttributeSample> samples) : AddAttributeSamples(std::vector<AttributeSample>(samples)) {}
};

// An extended community of each kind, and its string in JSON.
using ExtendedCommunitySample = std::pair<std::string_view, std::string_view>;
[[nodiscard]] std::span<const ExtendedCommunitySample> extended_community_samples();

// Header and value; the value is hexadecimal.
[[nodiscard]] std::string attribute_hex(std::uint8_t flags, AttributeCode code, std::string_view value);

// The body of an UPDATE that announces 10.0.0.0/24 with a sample.
[[nodiscard]] base::Buffer update_body(const AttributeSample& sample);

}  // namespace tandem::bgp::testing
