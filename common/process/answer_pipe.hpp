// What is written to NAME.out, whoever reads there or not. As with ExaBGP the named pipe is open only while there is something to say: `cat NAME.out`
// ends behind the answer, and nothing waits in the pipe for somebody else. Opening it, and noticing that it is read, needs somebody to look
// again and again; so that no engine has to, a thread carries what the daemon writes into a pipe of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::process {

class AnswerPipe {
 public:
  // So long answers wait for somebody to open NAME.out; then they are thrown away.
  static constexpr std::chrono::milliseconds k_patience{5000};
  // Silence that ends an answer: whoever reads gets an end of file.
  static constexpr std::chrono::milliseconds k_quiet{100};
  // How often it is looked for readers while answers wait.
  static constexpr std::chrono::milliseconds k_look{20};

  // `changes_user`: the daemon will be another user, who may perhaps not open NAME.out; then it is held open from the start, in the programs
  // that go on in this process, too.
  // REQUIRES that NAME.out is a named pipe.
  [[nodiscard]] static base::Result<std::unique_ptr<AnswerPipe>> make(const std::string& path, bool changes_user);
  // Goes on with the daemon's end of a pipe that another program has made in this process.
  [[nodiscard]] static base::Result<std::unique_ptr<AnswerPipe>> adopt(const std::string& path, int daemons_end);
  AnswerPipe(const AnswerPipe&) = delete;
  AnswerPipe& operator=(const AnswerPipe&) = delete;
  ~AnswerPipe();

  [[nodiscard]] base::UniqueFd take_daemons_end() { return std::move(daemons_end_); }

 private:
  AnswerPipe(std::string path, base::UniqueFd ours);
  void start();

  // --- of the thread -------------------------------------------------------------------------------------------------
  void run();
  bool take();            // more to say; false: there will be none
  void deliver();
  bool open();            // somebody reads
  void open_held();
  [[nodiscard]] bool wait(int fd, short events, int limit_ms);  // false: not ready in time, or stopped

  std::string path_;
  base::UniqueFd daemons_end_;
  base::UniqueFd ours_;       // what the daemon has written comes out here
  base::UniqueFd stop_;       // closed: the thread is to end
  base::UniqueFd stopped_;    // its other end
  base::UniqueFd held_;       // NAME.out, from before the change of user
  base::UniqueFd out_;        // NAME.out, while there is something to say
  bool stays_open_ = false;   // it could not be opened again
  bool stopping_ = false;
  std::string text_;          // taken and not delivered
  std::chrono::steady_clock::time_point alone_since_{};  // nobody reads; none: it is not known yet
  std::thread thread_;
};

}  // namespace tandem::process
