#include "tandem/replay/stand_ins.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/process/control_socket.hpp"
#include "common/process/system_error.hpp"
#include "common/speaker/connection.hpp"
#include "tandem/replay/descriptors.hpp"

namespace tandem::replay {

using speaker::Channel;
using speaker::ChannelKind;

namespace {

base::Result<void> put(base::UniqueFd fd, int number) {
  if (::dup3(fd.get(), number, O_CLOEXEC) < 0) return process::system_error("dup3", "", errno);
  return {};
}

base::Result<void> put(base::Result<base::UniqueFd> fd, int number) { return fd ? put(std::move(*fd), number) : base::Result<void>(fd.error()); }

}  // namespace

base::UniqueFd StandIns::take() {
  base::UniqueFd fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  waiting_.push_back(fd.get());
  return fd;
}

base::Result<void> StandIns::put_in_place(speaker::Runtime& runtime, const Told& told) {
  for (const auto& channel : runtime.all()) {
    if (channel->input_fd() < 0) continue;
    std::erase(waiting_, channel->input_fd());
    std::erase(waiting_, channel->output_fd());
    if (auto placed = put_in_place(*channel, told); !placed) return placed;
  }
  for (const int number : std::exchange(waiting_, {})) {
    auto pair = make_connection();
    if (!pair) return pair.error();
    if (auto placed = put(std::move(pair->reader), number); !placed) return placed;
    told(nullptr, {std::move(pair->writer), {}});
  }
  return {};
}

base::Result<void> StandIns::put_in_place(Channel& channel, const Told& told) {
  const int number = channel.input_fd();
  switch (channel.kind()) {
    case ChannelKind::connection: return connection(channel, told);
    case ChannelKind::control_listener: return put(process::make_control_socket(control_socket_in(folder_)), number);
    case ChannelKind::listener: {
      auto fd = make_listening();
      if (fd) host_.listens(number, std::string(channel.name()), own_port(fd->get()));
      return put(std::move(fd), number);
    }
    default: return stream(channel, told);
  }
}

// One that is being dialled goes where its end was recorded, and is never dialled again by the engine: its target is not of here.
base::Result<void> StandIns::connection(Channel& channel, const Told& told) {
  const auto* const known = dynamic_cast<const speaker::Connection*>(&channel);
  if (known != nullptr && known->dialling()) {
    channel.connect_started = true;
    return put(host_.dial(channel.input_fd(), std::string(channel.name())), channel.input_fd());
  }
  auto pair = make_connection();
  if (!pair) return pair.error();
  if (known != nullptr) host_.connects(channel.input_fd(), {known->session().local(), known->session().remote(), {}});
  if (auto placed = put(std::move(pair->reader), channel.input_fd()); !placed) return placed;
  told(&channel, {std::move(pair->writer), {}});
  return {};
}

base::Result<void> StandIns::stream(Channel& channel, const Told& told) {
  if (channel.one_descriptor() && channel.kind() == ChannelKind::control_client) {
    auto pair = make_unix_pair();
    if (!pair) return pair.error();
    if (auto placed = put(std::move(pair->reader), channel.input_fd()); !placed) return placed;
    told(&channel, {std::move(pair->writer), {}});
    return {};
  }
  OtherEnd end;
  auto input = make_pipe();
  if (!input) return input.error();
  if (auto placed = put(std::move(input->reader), channel.input_fd()); !placed) return placed;
  end.output = std::move(input->writer);
  if (!channel.one_descriptor()) {
    auto output = make_pipe();
    if (!output) return output.error();
    if (auto placed = put(std::move(output->writer), channel.output_fd()); !placed) return placed;
    end.input = std::move(output->reader);
  }
  told(&channel, std::move(end));
  return {};
}

}  // namespace tandem::replay
