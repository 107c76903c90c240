// A client on the socket that a subject is asked and commanded on.
#pragma once

#include <string>
#include <string_view>

#include "bench/table/subject.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::bench {

class Client {
 public:
  Client(FarEnds& far_ends, const Subject& subject);  // connected, and greeted
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void ask(std::string_view line);
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] bool said(std::string_view last) const { return tail_.ends_with(last); }
  void stop_reading();
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  void read();
  FarEnds& far_ends_;
  const Subject& subject_;
  base::UniqueFd fd_;
  std::string tail_;         // of the answer: as much as it takes to see its end
  bool answered_ = false;    // to the greeting first
  bool connected_ = false;
};

}  // namespace tandem::bench
