// Host and domain name (draft-walton-bgp-hostname-capability) and software version
// (draft-abraitis-bgp-version-capability): text for people, with limits of 64 octets.
#include <algorithm>
#include <cctype>

#include "common/bgp/capability/registry.hpp"
#include "common/bgp/utf8.hpp"

namespace tandem::bgp {

namespace {

constexpr std::size_t k_text_size = 64;

// A length octet and that much text; false when it is not there. Nothing depends on it, so that text which is not UTF-8 is no reason to
// refuse a session: its octets are shown escaped.
bool read_text(base::ByteReader& reader, std::string& out) {
  const std::size_t length = reader.u8();
  const std::string_view text = base::as_text(reader.take(length));
  out.clear();
  if (base::is_valid_utf8(text)) out = text;
  else base::append_printable(out, text);
  return reader.ok();
}

void write_text(base::ByteWriter& writer, std::string_view text) {
  writer.u8(static_cast<std::uint8_t>(text.size()));
  writer.bytes(base::as_bytes(text));
}

// Text lines are lower case and one line each.
void append_lower(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  base::append_printable(out, text);
  std::transform(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), out.begin() + static_cast<std::ptrdiff_t>(start),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

base::Result<void> decode(base::Bytes value, Capabilities& capabilities) {
  base::ByteReader reader(value);
  Hostname name;
  if (!read_text(reader, name.host) || !read_text(reader, name.domain)) return bad_capability_length("hostname", value.size());
  capabilities.hostname = std::move(name);
  return {};
}

void encode(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  if (!capabilities.hostname || capabilities.hostname->host.empty()) return;
  base::Buffer value;
  base::ByteWriter writer(value);
  write_text(writer, cut_utf8(capabilities.hostname->host, k_text_size));
  write_text(writer, cut_utf8(capabilities.hostname->domain, k_text_size));
  values.push_back(std::move(value));
}

void json(const Capabilities& capabilities, base::JsonWriter& out) {
  const Hostname name = capabilities.hostname.value_or(Hostname{});
  out.member("host-name", name.host);
  out.member("domain-name", name.domain);
}

void text(const Capabilities& capabilities, std::string& out) {
  const Hostname name = capabilities.hostname.value_or(Hostname{});
  out += "hostname(";
  append_lower(out, name.host);
  out += ' ';
  append_lower(out, name.domain);
  out += ')';
}

base::Result<void> decode_version(base::Bytes value, Capabilities& capabilities) {
  base::ByteReader reader(value);
  std::string version;
  if (!read_text(reader, version)) return bad_capability_length("software version", value.size());
  capabilities.software_version = std::move(version);
  return {};
}

void encode_version(const Capabilities& capabilities, std::vector<base::Buffer>& values) {
  constexpr std::string_view k_ellipsis = "...";
  std::string version = capabilities.software_version.value_or(std::string());
  if (version.size() > k_text_size) {
    version = std::string(cut_utf8(version, k_text_size - k_ellipsis.size()));
    version += k_ellipsis;
  }
  base::Buffer value;
  base::ByteWriter writer(value);
  write_text(writer, version);
  values.push_back(std::move(value));
}

void json_version(const Capabilities& capabilities, base::JsonWriter& out) {
  out.member("software", capabilities.software_version.value_or(std::string()));
}

void text_version(const Capabilities& capabilities, std::string& out) {
  out += "software(";
  append_lower(out, capabilities.software_version.value_or(std::string()));
  out += ')';
}

}  // namespace

const CapabilityRow k_hostname_row{CapabilityCode::hostname, "hostname", decode, encode, json,
                                   "{ host-name: string, domain-name: string }", text};
const CapabilityRow k_software_version_row{
    CapabilityCode::software_version, "software-version", decode_version, encode_version, json_version,
    "{ software: string }", text_version};

}  // namespace tandem::bgp
