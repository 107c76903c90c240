// Sections whose statements later issues bring: operational. Empty ones are legal; anything written in them
// is an error, so that nothing a user asks for is silently left out.
#include "common/config/value.hpp"

namespace tandem::config {

namespace {

constexpr Keyword k_operational[] = {
    {"asm", "...", "an advisory message", not_supported},        {"adm", "...", "an advisory message", not_supported},
    {"rpcq", "...", "a prefix count request", not_supported},    {"rpcp", "...", "a prefix count answer", not_supported},
    {"apcq", "...", "a prefix count request", not_supported},    {"apcp", "...", "a prefix count answer", not_supported},
    {"lpcq", "...", "a prefix count request", not_supported},    {"lpcp", "...", "a prefix count answer", not_supported},
};

}  // namespace

std::span<const Keyword> operational_keywords() { return k_operational; }

}  // namespace tandem::config
