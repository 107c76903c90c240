#include <algorithm>

#include "conformance/fuzz/entries.hpp"

namespace tandem::conformance::fuzz {

base::Buffer mutate(base::Bytes input, const std::vector<base::Buffer>& seeds, std::size_t limit, base::Random& random) {
  base::Buffer out(input.begin(), input.end());
  if (out.empty() || random.below(16) == 0) out = seeds[random.below(seeds.size())];
  for (std::uint64_t changes = random.below(6) + 1; changes > 0 && !out.empty(); --changes) {
    const auto at = static_cast<std::ptrdiff_t>(random.below(out.size()));
    const auto count = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(random.below(9) + 1, out.size() - static_cast<std::size_t>(at)));
    switch (random.below(6)) {
      case 0: out[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random.below(8)); break;
      case 1: out[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random.next()); break;
      case 2: out[static_cast<std::size_t>(at)] = random.below(2) == 0 ? 0xFF : 0x00; break;
      case 3: out.erase(out.begin() + at, out.begin() + at + count); break;
      case 4: {
        const base::Buffer copy(out.begin() + at, out.begin() + at + count);
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(random.below(out.size())), copy.begin(), copy.end());
        break;
      }
      default: {
        const base::Buffer& other = seeds[random.below(seeds.size())];
        const auto from = static_cast<std::ptrdiff_t>(random.below(other.size()));
        out.insert(out.begin() + at, other.begin() + from, other.begin() + std::min<std::ptrdiff_t>(from + 32, std::ssize(other)));
        break;
      }
    }
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace tandem::conformance::fuzz
