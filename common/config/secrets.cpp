#include "common/config/secrets.hpp"

#include <algorithm>
#include <type_traits>

#include "common/base/hash.hpp"
#include "common/config/kinds.hpp"
#include "common/config/neighbor_rows.hpp"

namespace tandem::config {

namespace {

struct Keyword {
  std::string_view name;
  bool secret;
};

constexpr Keyword k_keywords[] = {
#define TANDEM_VALUE(section, member, keyword, Kind, bare, fallback, impact, reader, help) {keyword, std::is_same_v<Kind, Secret>},
#define TANDEM_LIST(keyword, what_follows, reader, block, impact, List, help)
#include "common/config/neighbor_keywords.inc"
};

constexpr std::string_view k_blanks = " \t\r\n\\";

bool ends_word(char c) { return k_blanks.find(c) != std::string_view::npos || c == ';' || c == '{' || c == '}' || c == '"' || c == '\''; }

// The length of the secret's keyword that stands at `at`, as a word; 0: none does.
std::size_t keyword_at(std::string_view text, std::size_t at) {
  if (at > 0 && !ends_word(text[at - 1]) && text[at - 1] != '#') return 0;
  for (const Keyword& keyword : k_keywords) {
    if (!keyword.secret || text.substr(at, keyword.name.size()) != keyword.name) continue;
    const std::size_t end = at + keyword.name.size();
    if (end == text.size() || ends_word(text[end])) return keyword.name.size();
  }
  return 0;
}

// Where the value that begins at `at` ends; of one in quotes, in front of the closing one.
std::size_t end_of_value(std::string_view text, std::size_t at, char quote) {
  for (; at < text.size(); ++at) {
    if (quote == 0 ? ends_word(text[at]) : text[at] == quote || text[at] == '\n') return at;
    if (quote != 0 && text[at] == '\\' && at + 1 < text.size()) ++at;
  }
  return at;
}

// Eight letters, as long as four letters of base64 are three octets: right where base64 is expected, too.
void append_other_word(std::string& out, std::string_view secret) {
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz012345";
  std::uint64_t hash = base::hash_bytes(base::as_bytes(secret), 0);
  for (int i = 0; i < 8; ++i, hash >>= 5) out += k_letters[hash & 31];
}

}  // namespace

std::string without_secrets(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t length = keyword_at(text, at);
    if (length == 0) continue;
    std::size_t begin = std::min(text.find_first_not_of(k_blanks, at + length), text.size());
    if (begin == text.size()) break;
    const char quote = text[begin] == '"' || text[begin] == '\'' ? text[begin++] : '\0';
    const std::size_t end = end_of_value(text, begin, quote);
    at = end > 0 ? end - 1 : end;
    if (end == begin) continue;
    out.append(text.substr(copied, begin - copied));
    append_other_word(out, text.substr(begin, end - begin));
    copied = end;
  }
  out.append(text.substr(copied));
  return out;
}

}  // namespace tandem::config
