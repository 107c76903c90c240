#include "tandem/memory_file.hpp"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "common/process/system_error.hpp"

namespace tandem::program {

// Not sealed: the kernel refuses a seal against writing, after some 100 ms, while anybody holds one of the pages, who may be the kernel itself as it
// looks for memory to free. Nobody else has the file to write to it.
base::Result<base::UniqueFd> memory_file(const char* name, base::Bytes octets) {
  base::UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
  if (!file) return process::system_error("memfd_create", name, errno);
  if (auto written = write_over(file.get(), octets); !written) return written.error();
  return file;
}

base::Result<void> write_over(int file, base::Bytes octets, std::size_t from) {
  if (::ftruncate(file, static_cast<off_t>(from)) != 0) return process::system_error("ftruncate", "memory", errno);
  for (std::size_t place = 0; place < octets.size();) {
    const ssize_t count = ::pwrite(file, octets.data() + place, octets.size() - place, static_cast<off_t>(from + place));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return process::system_error("write", "memory", errno);
    place += static_cast<std::size_t>(count);
  }
  return {};
}

base::Result<base::Buffer> read_all(int file) {
  constexpr std::size_t k_least = 65536;  // of what has no size
  struct stat about {};
  std::size_t size = 0;
  base::Buffer octets(::fstat(file, &about) == 0 && about.st_size > 0 ? static_cast<std::size_t>(about.st_size) + 1 : k_least);
  for (;;) {
    const ssize_t count = ::pread(file, octets.data() + size, octets.size() - size, static_cast<off_t>(size));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return process::system_error("read", "state", errno);
    size += static_cast<std::size_t>(count);
    if (count > 0 && size == octets.size()) octets.resize(2 * size);
    if (count > 0) continue;
    octets.resize(size);
    return base::Result<base::Buffer>(boost::system::in_place_value, std::move(octets));
  }
}

}  // namespace tandem::program
