// tandem-relay PATH NAME: an API program whose part is played by a test. It hands its standard input and output over to the test that
// listens at the Unix socket PATH, and stays alive until the test lets go, so that the daemon sees a real process with real pipes.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace {

bool hand_over(int socket, const char* name) {
  iovec part{const_cast<char*>(name), std::strlen(name)};
  const std::array<int, 2> descriptors{STDIN_FILENO, STDOUT_FILENO};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* const passed = CMSG_FIRSTHDR(&header);
  passed->cmsg_level = SOL_SOCKET;
  passed->cmsg_type = SCM_RIGHTS;
  passed->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(passed), descriptors.data(), sizeof descriptors);
  return ::sendmsg(socket, &header, 0) > 0;
}

}  // namespace

int main(int count, char** arguments) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (count != 3 || std::strlen(arguments[1]) >= sizeof at.sun_path) return 2;
  std::memcpy(at.sun_path, arguments[1], std::strlen(arguments[1]) + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || !hand_over(socket, arguments[2])) return 1;
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  char octet = 0;
  return ::read(socket, &octet, 1) == 0 ? 0 : 1;
}
