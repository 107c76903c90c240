// Writes the seeds of a target into a folder, one file each: libFuzzer starts from there.
#include <fstream>
#include <string>

#include "conformance/fuzz/seeds.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  int number = 0;
  for (const auto& seed : tandem::fuzz::seeds()) {
    std::ofstream file(std::string(argv[1]) + "/seed-" + std::to_string(number++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    if (!file) return 1;
  }
  return 0;
}
