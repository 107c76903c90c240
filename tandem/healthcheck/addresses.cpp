#include "tandem/healthcheck/addresses.hpp"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "common/process/system_error.hpp"

namespace tandem::healthcheck {

namespace {

constexpr std::size_t k_answer_max = 32768;
constexpr timeval k_patience{5, 0};  // the kernel answers at once; one that does not is not waited for

template <typename T>
std::optional<T> read_as(base::Bytes bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// The part of `bytes` behind an element of this length, which is padded.
base::Bytes behind(base::Bytes bytes, std::size_t length) { return bytes.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), bytes.size())); }

struct Attributes {
  base::Bytes address;
  base::Bytes local;
  std::string label;
};

Attributes read_attributes(base::Bytes bytes) {
  Attributes found;
  while (const auto head = read_as<rtattr>(bytes)) {
    if (head->rta_len < sizeof(rtattr) || head->rta_len > bytes.size()) break;
    const base::Bytes value = bytes.subspan(sizeof(rtattr), head->rta_len - sizeof(rtattr));
    if (head->rta_type == IFA_ADDRESS) found.address = value;
    if (head->rta_type == IFA_LOCAL) found.local = value;
    if (head->rta_type == IFA_LABEL) found.label = std::string(base::as_text(value).substr(0, base::as_text(value).find('\0')));
    bytes = behind(bytes, head->rta_len);
  }
  return found;
}

void read_address(base::Bytes body, unsigned index, std::vector<InterfaceAddress>& addresses) {
  const auto head = read_as<ifaddrmsg>(body);
  if (!head || head->ifa_index != index) return;
  const Attributes attributes = read_attributes(behind(body, sizeof(ifaddrmsg)));
  // With a local address beside it, the other one is that of the far end of a link.
  if (!attributes.local.empty() && !std::equal(attributes.local.begin(), attributes.local.end(), attributes.address.begin(), attributes.address.end())) return;
  const auto address = base::IpAddress::from_bytes(attributes.address);
  if (!address || head->ifa_prefixlen > address.bits()) return;
  addresses.push_back({{address, head->ifa_prefixlen}, attributes.label});
}

}  // namespace

base::Result<bool> read_addresses(base::Bytes message, unsigned index, std::vector<InterfaceAddress>& addresses) {
  while (const auto head = read_as<nlmsghdr>(message)) {
    if (head->nlmsg_len < sizeof(nlmsghdr) || head->nlmsg_len > message.size()) break;
    const base::Bytes body = message.subspan(sizeof(nlmsghdr), head->nlmsg_len - sizeof(nlmsghdr));
    if (head->nlmsg_type == NLMSG_DONE) return false;
    if (head->nlmsg_type == NLMSG_ERROR) {
      const auto error = read_as<nlmsgerr>(body);
      return process::system_error("netlink", "addresses", error ? -error->error : EPROTO);
    }
    if (head->nlmsg_type == RTM_NEWADDR) read_address(body, index, addresses);
    message = behind(message, head->nlmsg_len);
  }
  return true;
}

namespace {

// A request: its header, the address it is about, attributes.
class Request {
 public:
  Request(unsigned short type, unsigned short flags, const ifaddrmsg& about) {
    nlmsghdr head{};
    head.nlmsg_type = type;
    head.nlmsg_flags = static_cast<unsigned short>(NLM_F_REQUEST | flags);
    put(&head, sizeof head);
    put(&about, sizeof about);
  }
  void attribute(unsigned short type, const void* value, std::size_t size) {
    rtattr head{};
    head.rta_type = type;
    head.rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
    put(&head, sizeof head);
    put(value, size);
  }
  [[nodiscard]] base::Bytes octets() {
    const auto length = static_cast<std::uint32_t>(octets_.size());
    std::memcpy(octets_.data() + offsetof(nlmsghdr, nlmsg_len), &length, sizeof length);
    return octets_;
  }

 private:
  void put(const void* value, std::size_t size) {
    const auto* from = static_cast<const std::uint8_t*>(value);
    octets_.insert(octets_.end(), from, from + size);
    octets_.resize(NLMSG_ALIGN(octets_.size()));
  }
  base::Buffer octets_;
};

base::Result<void> send(int socket, base::Bytes octets) {
  // What an earlier request left unread, because its answer came too late, is not the answer to this one.
  std::array<std::uint8_t, 1> unused;
  while (::recv(socket, unused.data(), unused.size(), MSG_DONTWAIT) >= 0) {
  }
  if (::send(socket, octets.data(), octets.size(), 0) < 0) return process::system_error("netlink", "send", errno);
  return boost::system::in_place_value;
}

base::Result<base::Bytes> receive(int socket, std::array<std::uint8_t, k_answer_max>& space) {
  ssize_t count = 0;
  do {
    count = ::recv(socket, space.data(), space.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return process::system_error("netlink", "recv", errno);
  return base::Bytes(space.data(), static_cast<std::size_t>(count));
}

base::Result<unsigned> index_of(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  if (index == 0) return process::system_error("interface", interface, errno);
  return index;
}

}  // namespace

base::Result<Addresses> Addresses::open() {
  base::UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return process::system_error("socket", "netlink", errno);
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &k_patience, sizeof k_patience) != 0) {
    return process::system_error("setsockopt", "SO_RCVTIMEO", errno);
  }
  return Addresses(std::move(socket));
}

base::Result<std::vector<InterfaceAddress>> Addresses::of(const std::string& interface) {
  auto index = index_of(interface);
  if (!index) return index.error();
  ifaddrmsg all{};
  all.ifa_family = AF_UNSPEC;
  Request request(RTM_GETADDR, NLM_F_DUMP, all);
  auto asked = send(socket_.get(), request.octets());
  if (!asked) return asked.error();
  std::vector<InterfaceAddress> addresses;
  std::array<std::uint8_t, k_answer_max> space;
  for (;;) {
    auto message = receive(socket_.get(), space);
    if (!message) return message.error();
    auto more = read_addresses(*message, *index, addresses);
    if (!more) return more.error();
    if (!*more) return base::Result<std::vector<InterfaceAddress>>(boost::system::in_place_value, std::move(addresses));
  }
}

// What the kernel says to a change: an errno, 0 when it is made.
base::Result<int> Addresses::change(unsigned short type, const base::IpAddress& address, const std::string& interface, const std::string& label) {
  auto index = index_of(interface);
  if (!index) return index.error();
  ifaddrmsg about{};
  about.ifa_family = address.is_v4() ? AF_INET : AF_INET6;
  about.ifa_prefixlen = static_cast<unsigned char>(address.bits());
  about.ifa_scope = RT_SCOPE_UNIVERSE;
  about.ifa_index = *index;
  const auto flags = static_cast<unsigned short>(NLM_F_ACK | (type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0));
  Request request(type, flags, about);
  request.attribute(IFA_LOCAL, address.bytes().data(), address.bytes().size());
  request.attribute(IFA_ADDRESS, address.bytes().data(), address.bytes().size());
  if (!label.empty() && address.is_v4()) request.attribute(IFA_LABEL, label.c_str(), label.size() + 1);
  auto asked = send(socket_.get(), request.octets());
  if (!asked) return asked.error();
  std::array<std::uint8_t, k_answer_max> space;
  auto message = receive(socket_.get(), space);
  if (!message) return message.error();
  const auto head = read_as<nlmsghdr>(*message);
  const auto answer = head && head->nlmsg_type == NLMSG_ERROR ? read_as<nlmsgerr>(message->subspan(sizeof(nlmsghdr))) : std::nullopt;
  return answer ? -answer->error : EPROTO;
}

base::Result<bool> Addresses::add(const base::IpAddress& address, const std::string& interface, const std::string& label) {
  auto answer = change(RTM_NEWADDR, address, interface, label);
  if (!answer) return answer.error();
  if (*answer == 0 || *answer == EEXIST) return *answer == 0;
  return process::system_error("add address", address.text() + " to " + interface, *answer);
}

base::Result<bool> Addresses::remove(const base::IpAddress& address, const std::string& interface, const std::string& label) {
  auto answer = change(RTM_DELADDR, address, interface, label);
  if (!answer) return answer.error();
  if (*answer == 0 || *answer == EADDRNOTAVAIL) return *answer == 0;
  return process::system_error("remove address", address.text() + " from " + interface, *answer);
}

}  // namespace tandem::healthcheck
