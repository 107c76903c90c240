#include "common/base/hash.hpp"

namespace tandem::base {

constinit HashSecret detail::process_hash_secret = HashSecret::from_seed(0);

void set_hash_secret(std::uint64_t seed) noexcept { detail::process_hash_secret = HashSecret::from_seed(seed); }

}  // namespace tandem::base
