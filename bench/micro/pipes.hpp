// Pipes of which one is written to at a time.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace tandem::bench {

class Pipes {
 public:
  explicit Pipes(std::size_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (std::size_t i = 0; i < count; ++i) {
      int ends[2];
      if (pipe(ends) != 0) break;
      readers.push_back(ends[0]);
      writers.push_back(ends[1]);
    }
  }
  ~Pipes() {
    for (const int fd : readers) close(fd);
    for (const int fd : writers) close(fd);
  }
  void write(std::size_t which) const { static_cast<void>(::write(writers[which], "x", 1) == 1); }
  void read(std::size_t which) const {
    char octet = 0;
    static_cast<void>(::read(readers[which], &octet, 1) == 1);
  }
  std::vector<int> readers;
  std::vector<int> writers;
};

}  // namespace tandem::bench
