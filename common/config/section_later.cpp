// Sections whose statements later issues bring: operational, tcp-ao. Empty ones are legal; anything written in them
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
constexpr Keyword k_tcp_ao[] = {
    {"keyid", "NUMBER", "the key's identifier, both ways", not_supported},
    {"algorithm", "NAME", "the algorithm of the key", not_supported},
    {"password", "PASSWORD", "the key", not_supported},
    {"base64", "true|false", "the key is written in base64", not_supported},
};

}  // namespace

std::span<const Keyword> operational_keywords() { return k_operational; }
std::span<const Keyword> tcp_ao_keywords() { return k_tcp_ao; }

}  // namespace tandem::config
