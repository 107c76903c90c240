#include "common/base/hash.hpp"

namespace tandem::base {

constinit HashSecret detail::process_hash_secret = HashSecret::from_seed(0);

const HashSecret& hash_secret() noexcept { return detail::process_hash_secret; }

void set_hash_secret(std::uint64_t seed) noexcept { detail::process_hash_secret = HashSecret::from_seed(seed); }

}  // namespace tandem::base
