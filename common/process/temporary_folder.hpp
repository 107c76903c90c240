// A folder for this user alone, with all that is put into it, for as long as somebody has it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/base/error.hpp"

namespace tandem::process {

class TemporaryFolder {
 public:
  // In /tmp. `name`: what its name begins with.
  [[nodiscard]] static base::Result<TemporaryFolder> make(std::string_view name);
  // One that somebody else has made. It goes with whoever lets go of it first.
  [[nodiscard]] static TemporaryFolder share(std::string path) { return TemporaryFolder(std::move(path)); }
  ~TemporaryFolder() { remove(); }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  void remove();  // before its time

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: it is not this one's any more
};

}  // namespace tandem::process
