// Programs, control clients and sockets as a state (docs/recording.md).
#include "common/config/fields.hpp"
#include "common/speaker/control_clients.hpp"
#include "common/speaker/listeners.hpp"
#include "common/speaker/programs.hpp"
#include "common/speaker/rejections.hpp"

namespace tandem::speaker {

// --- programs ----------------------------------------------------------------------------------------------------------------

void ProgramErrors::store(state::Writer& writer) const {
  channel_fields(writer, static_cast<const Channel&>(*this));
  writer.value(static_cast<const ProgramErrorsMemory&>(*this));
}

void ProgramErrors::load(state::Reader& reader) {
  channel_fields(reader, static_cast<Channel&>(*this));
  reader.value(static_cast<ProgramErrorsMemory&>(*this));
}

template <typename Archive, typename Self>
void Program::fields(Archive& archive, Self& self) {
  auto& [context, definition, started_as, flags, started_flags, client, errors, former_errors, client_id, form, pid, dying, deaf_at, retry_at,
         retry_delay, wanted, asked_to_end, no_more, owner, ready, ever_started, misbehaved, sync, bucket, starts_in_bucket] = self;
  std::uint64_t flag_bits = flags.to_ullong();
  std::uint64_t started_flag_bits = started_flags.to_ullong();
  archive.object(self, "program")("definition", definition)("started_as", started_as)("flags", flag_bits)("started_flags", started_flag_bits)(
      "client_id", client_id)("form", form)("pid", pid)("dying", dying)("deaf_at", deaf_at)("retry_at", retry_at)("retry_delay", retry_delay)(
      "wanted", wanted)("asked_to_end", asked_to_end)("no_more", no_more)("owner", owner)("ready", ready)("ever_started", ever_started)("misbehaved", misbehaved)("sync", sync)(
      "bucket", bucket)("starts_in_bucket", starts_in_bucket);
  if constexpr (Archive::k_reads) {
    flags = config::EventFlags(flag_bits);
    started_flags = config::EventFlags(started_flag_bits);
  }
}

void Program::store(state::Writer& writer) const {
  fields(writer, *this);
  writer.value(client_ != nullptr);
  if (client_ != nullptr) client_->store(writer);
  for (const ProgramErrors* errors : {errors_, former_errors_}) {
    writer.value(errors != nullptr);
    if (errors != nullptr) errors->store(writer);
  }
}

void Program::load(state::Reader& reader) {
  fields(reader, *this);
  if (reader.flag()) {
    auto client = std::make_unique<ProgramClient>(context_.services, *this, base::UniqueFd(), base::UniqueFd(), api::ClientState());
    client->load(reader);
    client_ = client.get();
    context_.services.runtime.adopt(std::move(client));
  }
  for (ProgramErrors** place : {&errors_, &former_errors_}) {
    if (!reader.flag()) continue;
    ProgramErrorsOwner& owner = *this;
    auto errors = std::make_unique<ProgramErrors>(context_.services.runtime, owner, definition_.name, base::UniqueFd());
    errors->load(reader);
    *place = errors.get();
    context_.services.runtime.adopt(std::move(errors));
  }
  if (pid_ > 0) {
    process::AdoptedChild child(pid_);
    if (client_ != nullptr) {
      child.input = client_->output_fd();
      child.output = client_->input_fd();
    }
    if (errors_ != nullptr) child.errors = errors_->input_fd();
    context_.host.adopt_child(child);
  }
  for (const Dying& one : dying_) {
    if (!one.collected) context_.host.adopt_child(process::AdoptedChild(one.pid));
  }
}

void Program::let_go() {
  pid_ = 0;
  dying_.clear();
}

void Programs::store(state::Writer& writer) const {
  const auto& [context, requests, programs, stopped, any_misbehaved] = *this;
  for (const auto* some : {&programs, &stopped}) {
    writer.count(some->size());
    for (const auto& program : *some) program->store(writer);
  }
  writer.value(any_misbehaved);
}

void Programs::load(state::Reader& reader) {
  for (auto* some : {&programs_, &stopped_}) {
    for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
      some->push_back(std::make_unique<Program>(context_, config::ProgramDefinition(), config::EventFlags()));
      some->back()->load(reader);
    }
  }
  reader.value(any_misbehaved_);
}

void Programs::let_go() {
  for (const auto* some : {&programs_, &stopped_}) {
    for (const auto& program : *some) program->let_go();
  }
}

// --- control clients ---------------------------------------------------------------------------------------------------------

void ControlClients::store(state::Writer& writer) const {
  const auto& [host, services, rejections, access, refusals, clients] = *this;  // who is served follows from settings and host
  writer.value(refusals);
  writer.count(clients.size());
  for (const Client* client : clients) {
    writer.value(client->one_descriptor());
    client->store(writer);
  }
}

// One that has two descriptors is that of the named pipes.
void ControlClients::load(state::Reader& reader) {
  reader.value(refusals_);
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    std::unique_ptr<Client> client;
    if (reader.flag()) client = std::make_unique<ControlClient>(services_, base::UniqueFd(), api::ClientState());
    else client = std::make_unique<PipeClient>(services_, process::ControlPipes(), api::ClientState());
    client->load(reader);
    keep(std::move(client));
  }
}

// --- sockets -----------------------------------------------------------------------------------------------------------------

void Listener::store(state::Writer& writer) const {
  channel_fields(writer, static_cast<const Channel&>(*this));
  writer.value(static_cast<const ListenerMemory&>(*this));
}

void Listener::load(state::Reader& reader) {
  channel_fields(reader, static_cast<Channel&>(*this));
  reader.value(static_cast<ListenerMemory&>(*this));
}

void Listeners::store(state::Writer& writer) const {
  const auto& [host, runtime, bound, open, sessions, clients] = *this;
  writer.value(bound);
  writer.count(open.size());
  for (const Open& one : open) {
    writer.value(one.listener->kind() == ChannelKind::control_listener);
    writer.value(one.place);
    writer.value(one.minimum_ttl);
    one.listener->store(writer);
  }
  writer.value(sessions);
  writer.value(clients);
}

void Listeners::load(state::Reader& reader) {
  reader.value(bound_);
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    const bool control = reader.flag();
    Open one{nullptr, {}, 0};
    reader.value(one.place);
    reader.value(one.minimum_ttl);
    auto listener = std::make_unique<Listener>(runtime_, control ? ChannelKind::control_listener : ChannelKind::listener, std::string(),
                                               base::UniqueFd(), control ? clients_ : sessions_);
    listener->load(reader);
    one.listener = listener.get();
    open_.push_back(std::move(one));
    runtime_.adopt(std::move(listener));
  }
  reader.value(sessions_);
  reader.value(clients_);
}

void Rejection::store(state::Writer& writer) const {
  channel_fields(writer, static_cast<const Channel&>(*this));
  writer.value(static_cast<const RejectionMemory&>(*this));
}

void Rejection::load(state::Reader& reader) {
  channel_fields(reader, static_cast<Channel&>(*this));
  reader.value(static_cast<RejectionMemory&>(*this));
}

void Rejections::store(state::Writer& writer) const {
  const auto& [runtime, waiting] = *this;
  writer.count(waiting.size());
  for (const Rejection* rejection : waiting) rejection->store(writer);
}

void Rejections::load(state::Reader& reader) {
  for (std::uint64_t left = reader.count_of_things(); left > 0 && reader.ok(); --left) {
    auto rejection = std::make_unique<Rejection>(runtime_, base::UniqueFd(), base::Bytes(), base::TimePoint());
    rejection->load(reader);
    waiting_.push_back(rejection.get());
    runtime_.adopt(std::move(rejection));
  }
}

}  // namespace tandem::speaker
