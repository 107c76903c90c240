// A libFuzzer target, made once for each entry (CMakeLists.txt says which). Its corpus starts from seeds that are made in the program:
// ./fuzz_message -max_total_time=60
#include <algorithm>
#include <cstdint>

#include "conformance/fuzz/entries.hpp"

using namespace tandem;

// Made at the first call: the seeds are written with tables that are not there before main.
static const conformance::fuzz::Entry& entry() {
  static const conformance::fuzz::Entry k_entry = conformance::fuzz::TANDEM_FUZZ_ENTRY();
  return k_entry;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t limit);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  entry().run({data, size});
  return 0;
}

// Half of the time our own changes, which know the seeds, half of the time libFuzzer's, which know the program.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit, unsigned seed) {
  base::Random random(seed);
  if (random.below(2) == 0) return LLVMFuzzerMutate(data, size, limit);
  const base::Buffer changed = conformance::fuzz::mutate({data, size}, entry().seeds, limit, random);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}
