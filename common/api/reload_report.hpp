// What a reload would do, as text: in the answer of `reload check`, and for `tandem reload --dry-run`.
#pragma once

#include <string>

#include "common/api/executor.hpp"

namespace tandem::api {

void append_text(const ReloadEffect& effect, std::string& out);

// All of it, in pieces.
class ReloadText {
 public:
  // False when `out` is `enough` octets long and more is to come.
  [[nodiscard]] bool step(const ReloadCheck& check, std::size_t enough, std::string& out);

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& [at] = self;
    archive.object(self, "reload_text")("at", at);
  }

 private:
  std::size_t at_ = 0;  // of warnings, neighbors and programs, one behind the other
};

}  // namespace tandem::api
