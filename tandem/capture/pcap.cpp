#include "tandem/capture/pcap.hpp"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace tandem::capture {

namespace {

// Both octet orders, with microseconds, nanoseconds, and as Alexey Kuznetsov's patch wrote them; then the section header of pcapng.
constexpr std::array<std::uint32_t, 7> k_magics = {0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D, 0x4D3CB2A1, 0xA1B2CD34, 0x34CDB2A1, 0x0A0D0D0A};

// libpcap reads files of the C library: one whose octets come from a reader.
struct Source {
  Reader& reader;
  std::string trouble;
};
ssize_t read_source(void* cookie, char* into, std::size_t size) {
  auto& source = *static_cast<Source*>(cookie);
  const auto read = source.reader.read({reinterpret_cast<std::uint8_t*>(into), size});
  if (read) return static_cast<ssize_t>(*read);
  source.trouble = read.error().reason();
  return -1;
}

struct CloseCapture {
  void operator()(pcap_t* capture) const { pcap_close(capture); }
};

}  // namespace

bool is_packet_capture(base::Bytes start) {
  base::ByteReader reader(start);
  const std::uint32_t magic = reader.u32();
  return reader.ok() && std::find(k_magics.begin(), k_magics.end(), magic) != k_magics.end();
}

base::Result<void> read_packet_capture(Reader& reader, const std::function<void(const Segment& segment, double time)>& take) {
  Source source{reader, {}};
  std::FILE* file = ::fopencookie(&source, "r", {read_source, nullptr, nullptr, nullptr});
  if (file == nullptr) return base::Error("the capture cannot be read: there is no memory");
  std::array<char, PCAP_ERRBUF_SIZE> mistake{};
  const std::unique_ptr<pcap_t, CloseCapture> capture(pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, mistake.data()));
  if (!capture) {
    std::fclose(file);
    return base::Error(source.trouble.empty() ? std::string(mistake.data()) : source.trouble);
  }
  const int link = pcap_datalink(capture.get());
  if (!is_known_link(link)) {
    const char* name = pcap_datalink_val_to_name(link);
    return base::Error(fmt::format("packets of link type {} cannot be read", name == nullptr ? std::to_string(link) : name));
  }
  while (true) {
    pcap_pkthdr* header = nullptr;
    const unsigned char* octets = nullptr;
    const int result = pcap_next_ex(capture.get(), &header, &octets);
    if (result == PCAP_ERROR_BREAK) return {};
    if (result < 0) return base::Error(source.trouble.empty() ? std::string(pcap_geterr(capture.get())) : source.trouble);
    constexpr double k_nanosecond = 1e-9;
    const double time = static_cast<double>(header->ts.tv_sec) + static_cast<double>(header->ts.tv_usec) * k_nanosecond;
    if (const auto segment = read_packet(link, {octets, header->caplen})) take(*segment, time);
  }
}

}  // namespace tandem::capture
