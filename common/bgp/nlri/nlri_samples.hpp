// Samples of NLRI: a table a family, in a file of its own (KIND_samples.cpp). every_sample_test.cpp and robustness_test.cpp ask the same
// questions of all of them, and the fuzz targets start from them, so that a family brings samples and need not ask.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/bgp/nlri/codec.hpp"

namespace tandem::bgp::testing {

struct NlriSample {
  Family family;
  std::string_view octets;     // hexadecimal, blanks for the eye
  std::string_view text;
  std::string_view json;       // version 6; blanks outside of strings do not count
  std::string_view json_v4{};  // of an announce with the next hop 10.0.0.1; empty: the same
  NlriUse use = NlriUse::announce;
  bool add_path = false;
  std::string_view written{};  // what is given back where it is not `octets`: a form that means the same and is not ours

  [[nodiscard]] NlriContext context() const { return {*family_index(family), use, add_path}; }
};

inline std::vector<NlriSample>& nlri_samples() {
  static std::vector<NlriSample> samples;
  return samples;
}

// `const AddNlriSamples k_samples{{...}, {...}};` in the file of a family.
struct AddNlriSamples {
  AddNlriSamples(std::initializer_list<NlriSample> samples) { nlri_samples().insert(nlri_samples().end(), samples); }
};

// The NLRI of a text, read as the route grammar reads it; the word of the SAFI may stand in front.
[[nodiscard]] base::Result<NlriKey> read_nlri_text(FamilyIndex family, NlriUse use, std::string_view text);

// The body of an UPDATE that announces a sample, or withdraws it.
[[nodiscard]] base::Buffer update_body(const NlriSample& sample);

}  // namespace tandem::bgp::testing
