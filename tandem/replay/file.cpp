#include "tandem/replay/file.hpp"

#include "common/recorder/file_sink.hpp"
#include "common/recording/blocks.hpp"
#include "tandem/capture/input.hpp"

namespace tandem::replay {

base::Result<std::unique_ptr<recording::Source>> open_recording(const std::string& name) {
  struct File {
    capture::Progress progress;
    std::unique_ptr<capture::Input> input;
  };
  auto file = std::make_shared<File>();
  auto opened = capture::open_input(name, file->progress);
  if (!opened) return opened.error();
  file->input = std::move(*opened);
  return std::unique_ptr<recording::Source>(
      std::make_unique<recording::FileSource>([file](std::span<std::uint8_t> into) { return file->input->read(into); }));
}

base::Result<void> write_recording(const std::string& name, base::Bytes records) {
  auto sink = recorder::FileSink::open({.path = name, .waiting_max = records.size()});
  if (!sink) return sink.error();
  static_cast<void>((*sink)->put(records));
  return {};
}

}  // namespace tandem::replay
