#include "common/recording/host_answers.hpp"

#include <bit>

namespace tandem::recording {

namespace {

// The count is not believed before its elements are there.
template <typename T, typename Read>
void get_list(FieldReader& in, std::vector<T>& out, const Read& read) {
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) out.push_back(read());
}

void put_missing(base::Buffer& out, const process::MissingKeys& missing) {
  put_number(out, missing.count);
  put_text(out, missing.reason);
}

void get_missing(FieldReader& in, process::MissingKeys& missing) {
  missing.count = static_cast<std::size_t>(in.number());
  missing.reason = in.text();
}

using Facts = process::ProgramFacts;
constexpr bool Facts::*k_facts[] = {&Facts::exists, &Facts::readable, &Facts::directory, &Facts::regular, &Facts::set_uid, &Facts::set_gid, &Facts::executable, &Facts::hidden};

}  // namespace

void put(base::Buffer& out, bool value) { out.push_back(value ? 1 : 0); }
void put(base::Buffer& out, std::int64_t value) { put_signed(out, value); }
void put(base::Buffer& out, std::uint64_t value) { put_number(out, value); }
void put(base::Buffer& out, std::uint32_t value) { put_number(out, value); }
void put(base::Buffer& out, const std::string& value) { put_text(out, value); }
void put(base::Buffer& out, process::Rest value) { out.push_back(static_cast<std::uint8_t>(value)); }
void put(base::Buffer& out, base::WallTime value) { put_signed(out, value.time_since_epoch().count()); }

void put(base::Buffer& out, const std::vector<std::string>& value) {
  put_number(out, value.size());
  for (const std::string& text : value) put_text(out, text);
}

void put(base::Buffer& out, const std::vector<process::ChildEnd>& value) {
  put_number(out, value.size());
  for (const process::ChildEnd& end : value) {
    put_signed(out, end.pid);
    put_signed(out, end.exit_code);
    put_signed(out, end.signal);
  }
}

void put(base::Buffer& out, const process::Spawned& value) {
  put_signed(out, value.pid);
  put(out, static_cast<bool>(value.errors));
}

void put(base::Buffer& out, const process::ProgramFacts& value) {
  for (const auto fact : k_facts) put(out, value.*fact);
}

void put(base::Buffer&, const base::UniqueFd&) {}

void put(base::Buffer& out, const process::OpenListener& value) { put_missing(out, value.missing); }

void put(base::Buffer& out, const process::KeyUpdate& value) {
  put_missing(out, value.missing);
  put_number(out, value.waiting.size());
  for (const process::IncomingConnection& connection : value.waiting) {
    put_endpoint(out, connection.local);
    put_endpoint(out, connection.remote);
    put_text(out, connection.interface);
  }
}

void put(base::Buffer& out, const process::Credentials& value) {
  put_number(out, value.user);
  put_number(out, value.group);
  put_number(out, value.groups.size());
  for (const std::uint32_t group : value.groups) put_number(out, group);
}

void put(base::Buffer&, const process::ControlPipes&) {}

void put(base::Buffer& out, const process::TextFile& value) {
  put_text(out, value.directory);
  put_text(out, value.text);
}

void put(base::Buffer& out, const process::HostIdentity& value) {
  put_text(out, value.host_name);
  put_signed(out, value.pid);
  put_signed(out, value.parent_pid);
  put_number(out, value.starter);
  put_number(out, value.user);
}

void put(base::Buffer& out, const process::Usage& value) {
  put_signed(out, value.processor.count());
  put_number(out, value.memory);
}

void put(base::Buffer& out, const base::RecordingFacts& value) {
  put(out, value.on);
  put_text(out, value.file);
  for (const std::uint64_t number : {value.octets, value.file_octets, value.waiting}) put_number(out, number);
  put_text(out, value.ended);
}

void put(base::Buffer& out, const base::ShadowReport& value) {
  for (const std::string* text : {&value.verdict, &value.difference, &value.session, &value.line, &value.note}) put_text(out, *text);
  put(out, value.differs_at);
  for (const std::uint64_t number : {value.sessions, value.messages, value.octets, value.lines}) put_number(out, number);
  put_signed(out, value.behind_ns);
  put_number(out, value.measured.size());
  for (const double number : value.measured) put_number(out, std::bit_cast<std::uint64_t>(number));
  put(out, value.last);
}

void put(base::Buffer& out, const base::ShadowFacts& value) {
  put(out, value.on);
  put_text(out, value.engine);
  put_text(out, value.leader);
  put(out, value.since);
  for (const std::uint64_t number : {value.given, value.waiting}) put_number(out, number);
  put(out, value.finishing);
  put_text(out, value.ended);
  put(out, value.said);
}

void get(FieldReader& in, Descriptors&, bool& value) { value = in.flag(); }
void get(FieldReader& in, Descriptors&, std::uint64_t& value) { value = in.number(); }
void get(FieldReader& in, Descriptors&, std::uint32_t& value) { value = static_cast<std::uint32_t>(in.number()); }
void get(FieldReader& in, Descriptors&, std::string& value) { value = in.text(); }
void get(FieldReader& in, Descriptors&, base::WallTime& value) { value = base::WallTime(base::Duration(in.signed_number())); }

void get(FieldReader& in, Descriptors&, process::Rest& value) {
  const std::uint8_t said = in.octet();
  value = said > static_cast<std::uint8_t>(process::Rest::unknown) ? process::Rest::unknown : static_cast<process::Rest>(said);
}

void get(FieldReader& in, Descriptors&, std::vector<std::string>& value) {
  get_list(in, value, [&in] { return in.text(); });
}

void get(FieldReader& in, Descriptors&, std::vector<process::ChildEnd>& value) {
  get_list(in, value, [&in] {
    process::ChildEnd end;
    end.pid = in.signed_number();
    end.exit_code = static_cast<int>(in.signed_number());
    end.signal = static_cast<int>(in.signed_number());
    return end;
  });
}

void get(FieldReader& in, Descriptors& fds, process::Spawned& value) {
  value.pid = in.signed_number();
  value.input = fds.next();
  value.output = fds.next();
  if (in.flag()) value.errors = fds.next();
}

void get(FieldReader& in, Descriptors&, process::ProgramFacts& value) {
  for (const auto fact : k_facts) value.*fact = in.flag();
}

void get(FieldReader&, Descriptors& fds, base::UniqueFd& value) { value = fds.next(); }

void get(FieldReader& in, Descriptors& fds, process::OpenListener& value) {
  value.fd = fds.next();
  get_missing(in, value.missing);
}

void get(FieldReader& in, Descriptors& fds, process::KeyUpdate& value) {
  get_missing(in, value.missing);
  get_list(in, value.waiting, [&] {
    process::IncomingConnection connection;
    connection.fd = fds.next();
    connection.local = in.endpoint();
    connection.remote = in.endpoint();
    connection.interface = in.text();
    return connection;
  });
}

void get(FieldReader& in, Descriptors&, process::Credentials& value) {
  value.user = static_cast<std::uint32_t>(in.number());
  value.group = static_cast<std::uint32_t>(in.number());
  get_list(in, value.groups, [&in] { return static_cast<std::uint32_t>(in.number()); });
}

void get(FieldReader&, Descriptors& fds, process::ControlPipes& value) {
  value.commands = fds.next();
  value.answers = fds.next();
}

void get(FieldReader& in, Descriptors&, process::TextFile& value) {
  value.directory = in.text();
  value.text = in.text();
}

void get(FieldReader& in, Descriptors&, process::HostIdentity& value) {
  value.host_name = in.text();
  value.pid = in.signed_number();
  value.parent_pid = in.signed_number();
  value.starter = static_cast<std::uint32_t>(in.number());
  value.user = static_cast<std::uint32_t>(in.number());
}

void get(FieldReader& in, Descriptors&, process::Usage& value) {
  value.processor = base::Duration(in.signed_number());
  value.memory = in.number();
}

void get(FieldReader& in, Descriptors&, base::RecordingFacts& value) {
  value.on = in.flag();
  value.file = in.text();
  for (std::uint64_t* const number : {&value.octets, &value.file_octets, &value.waiting}) *number = in.number();
  value.ended = in.text();
}

void get(FieldReader& in, Descriptors& fds, base::ShadowReport& value) {
  for (std::string* const text : {&value.verdict, &value.difference, &value.session, &value.line, &value.note}) *text = in.text();
  get(in, fds, value.differs_at);
  for (std::uint64_t* const number : {&value.sessions, &value.messages, &value.octets, &value.lines}) *number = in.number();
  value.behind_ns = in.signed_number();
  get_list(in, value.measured, [&in] { return std::bit_cast<double>(in.number()); });
  value.last = in.flag();
}

void get(FieldReader& in, Descriptors& fds, base::ShadowFacts& value) {
  value.on = in.flag();
  value.engine = in.text();
  value.leader = in.text();
  get(in, fds, value.since);
  for (std::uint64_t* const number : {&value.given, &value.waiting}) *number = in.number();
  value.finishing = in.flag();
  value.ended = in.text();
  get(in, fds, value.said);
}

void ask(base::Buffer& out, const process::SpawnPlan& plan) {
  put_text(out, plan.name);
  put(out, plan.arguments);
}

void ask(base::Buffer& out, const process::DialPlan& plan) {
  put_endpoint(out, plan.remote);
  put_octets(out, plan.source.bytes());
}

void ask(base::Buffer& out, const process::ListenPlan& plan) {
  put_endpoint(out, plan.at);
  put_text(out, plan.interface);
}

void ask(base::Buffer& out, const process::TcpKey& key) { put_octets(out, key.remote.bytes()); }
void ask(base::Buffer& out, const std::string& text) { out.insert(out.end(), text.begin(), text.end()); }
void ask(base::Buffer& out, std::int64_t number) { put_signed(out, number); }

}  // namespace tandem::recording
