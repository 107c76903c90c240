// Whether a program that we have started can still be about to say something (docs/architecture.md, "when nothing else can be coming").
// Private to this room.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "common/base/unique_fd.hpp"
#include "common/process/host.hpp"

namespace tandem::process {

class RestProbe {
 public:
  // Opened behind the spawn, so that what is read is always about this process, whoever gets its number later. None: /proc does not tell.
  static std::optional<RestProbe> open(const AdoptedChild& child);

  [[nodiscard]] Rest at_rest(int output);

 private:
  struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };
  struct File {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const File&, const File&) = default;
  };
  static std::optional<File> file_of(int fd);
  [[nodiscard]] bool alone() const;            // one thread, and no children
  [[nodiscard]] bool fed_by_us_only() const;   // by its descriptors

  base::UniqueFd syscall_;
  base::UniqueFd threads_;
  base::UniqueFd children_;
  std::unique_ptr<DIR, CloseDirectory> descriptors_;
  File ours_[3];  // what it was given as 0, 1 and 2
};

}  // namespace tandem::process
