// Octets that a child makes, which has the memory of this process as it is now: the process goes on meanwhile.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "common/base/bytes.hpp"
#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::recorder {

class MadeApart {
 public:
  // `make` has no other thread of this process, so it waits for none, and logs nothing.
  [[nodiscard]] static base::Result<std::unique_ptr<MadeApart>> begin(const std::function<base::Buffer()>& make);
  ~MadeApart();
  MadeApart(const MadeApart&) = delete;
  MadeApart& operator=(const MadeApart&) = delete;

  // Waits for them: the business of another thread.
  [[nodiscard]] base::Result<base::Buffer> take();

 private:
  MadeApart(pid_t pid, base::UniqueFd output) : pid_(pid), output_(std::move(output)) {}
  [[nodiscard]] int wait_for_end();

  pid_t pid_;
  base::UniqueFd output_;
};

}  // namespace tandem::recorder
