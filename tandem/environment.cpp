#include "tandem/environment.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "common/config/parser.hpp"
#include "common/process/control_pipes.hpp"
#include "common/process/control_socket.hpp"
#include "common/process/posix_host.hpp"
#include "tandem/engines/engines.hpp"
#include "tandem/options.hpp"

namespace tandem::program {

namespace {

std::optional<std::string> variable(std::string_view name) {
  const char* value = ::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

// What is installed below /usr is configured in /etc.
std::string etc_below(const std::string& root) { return (root == "/usr" || root == "/" ? std::string() : root) + "/etc/exabgp"; }

// As ExaBGP 4.2 has it a relative name of --env is one of the configuration folder; as everybody expects it is one of the current folder.
std::string env_file_of(const std::string& name, const std::string& etc) {
  const std::string there = etc + "/" + name;
  return name.starts_with('/') || ::access(there.c_str(), F_OK) != 0 ? name : there;
}

bool holds_an_installation(const std::string& folder) {
  constexpr std::string_view k_parts[] = {"etc", "run", "bin", "sbin"};
  return std::any_of(std::begin(k_parts), std::end(k_parts), [&folder](std::string_view part) {
    return std::filesystem::is_directory(fmt::format("{}/{}", folder, part));
  });
}

}  // namespace

std::string without_bin(const std::string& directory) {
  for (const std::string_view tail : {"/bin", "/sbin"}) {
    if (directory.ends_with(tail)) {
      const std::string root = directory.substr(0, directory.size() - tail.size());
      return root.empty() ? "/" : root;
    }
  }
  return directory;
}

std::string root_directory() {
  if (const auto root = variable("EXABGP_ROOT"); root && !root->empty()) {
    return root->size() > 1 && root->ends_with('/') ? root->substr(0, root->size() - 1) : *root;
  }
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (program.empty()) return "/";
  return without_bin(program.parent_path().string());
}

void declare_places(Options& app, Places& places) {
  app.add_option("-e,--env", places.env_file, "the same as --env-file").type_name("FILE");
  app.add_option("--root", places.root, "where etc and run are ($EXABGP_ROOT)").type_name("FOLDER");
  app.add_option("--folder", places.folder, "what etc/exabgp stands for ($EXABGP_ETC), and where exabgp.env is").type_name("FOLDER");
  app.add_option("-f", places.root_or_folder, "--root, or --folder if neither etc, run, bin nor sbin is in it").type_name("FOLDER");
}

void move_to(const Places& places, Invocation& invocation) {
  const bool root_meant = !places.root_or_folder.empty() && holds_an_installation(places.root_or_folder);
  const std::string& root = places.root.empty() && root_meant ? places.root_or_folder : places.root;
  const std::string& folder = places.folder.empty() && !root_meant ? places.root_or_folder : places.folder;
  if (!root.empty()) ::setenv("EXABGP_ROOT", std::filesystem::absolute(root).c_str(), 1);
  std::string etc = etc_below(root_directory());
  if (!folder.empty()) {
    etc = std::filesystem::absolute(folder).string();
    ::setenv("EXABGP_ETC", etc.c_str(), 1);
    if (invocation.env_file.empty() && ::getenv("EXABGP_ENVFILE") == nullptr) invocation.env_file = etc + "/exabgp.env";
  }
  if (!places.env_file.empty()) invocation.env_file = env_file_of(places.env_file, etc);
}

base::Result<config::Settings> read_settings(const Invocation& invocation) {
  std::string path = invocation.env_file;
  if (path.empty()) path = variable("EXABGP_ENVFILE").value_or("");
  if (path.empty()) path = etc_below(root_directory()) + "/exabgp.env";
  std::string text;
  if (::access(path.c_str(), F_OK) == 0) {
    auto file = process::PosixHost().read_file(path);
    if (!file) return file.error();
    text = std::move(file->text);
  }
  return config::load_settings(variable, text, path, engine_names());
}

log::Options log_options(const config::Settings& settings) {
  log::Options options;
  options.enable = settings.log_enable;
  options.all = settings.log_all;
  options.short_form = settings.log_short;
  options.level = settings.log_level;
  options.destination = settings.log_destination;
  options.home = variable("HOME").value_or("");
  std::copy(std::begin(settings.log_category), std::end(settings.log_category), options.categories.begin());
  return options;
}

std::string control_socket_for_daemon(const config::Settings& settings) {
  if (!settings.api_cli) return {};
  if (!settings.api_socket_path.empty()) return settings.api_socket_path;
  if (const auto wanted = variable("exabgp_cli_socket")) return *wanted;  // set and empty: no socket
  return process::choose_control_socket(root_directory(), ::getuid(), settings.api_socket_name);
}

std::string control_pipes_for_daemon(const config::Settings& settings) {
  if (!settings.api_cli) return {};
  return process::find_control_pipes(root_directory(), ::getuid(), settings.api_pipe_name).value_or("");
}

base::Result<std::string> control_pipes_for_client(const config::Settings& settings, std::string_view speaker) {
  const std::string root = root_directory();
  if (auto path = process::find_control_pipes(root, ::getuid(), settings.api_pipe_name)) {
    return base::Result<std::string>(boost::system::in_place_value, std::move(*path));
  }
  const std::string& name = settings.api_pipe_name;
  std::string reason = fmt::format("could not find {0}'s named pipes ({1}.in and {1}.out) for the cli\nwe searched for them in:", speaker, name);
  for (const std::string& directory : process::control_directories(root, ::getuid())) reason += "\n - " + directory;
  return base::Error(std::move(reason));
}

base::Result<std::string> control_socket_for_client(const config::Settings& settings, std::string_view speaker) {
  using Found = base::Result<std::string>;
  if (!settings.api_socket_path.empty()) return Found(boost::system::in_place_value, settings.api_socket_path);
  if (const auto wanted = variable("exabgp_cli_socket"); wanted && !wanted->empty()) return Found(boost::system::in_place_value, *wanted);
  const std::string root = root_directory();
  if (auto path = process::find_control_socket(root, ::getuid(), settings.api_socket_name)) {
    return Found(boost::system::in_place_value, std::move(*path));
  }
  std::string reason = fmt::format("could not find {}'s Unix socket ({}.sock) for the cli\nwe searched for it in:", speaker, settings.api_socket_name);
  for (const std::string& directory : process::control_directories(root, ::getuid())) reason += "\n - " + directory;
  return base::Error(std::move(reason));
}

std::string configuration_path(const std::string& name, const std::string& root) {
  constexpr std::string_view k_etc = "etc/exabgp";
  if (name.starts_with(k_etc)) {
    const auto etc = variable("EXABGP_ETC");
    std::string below = (etc && !etc->empty() ? *etc : etc_below(root)) + name.substr(k_etc.size());
    if (::access(below.c_str(), F_OK) == 0 || ::access(name.c_str(), F_OK) != 0) return below;
  }
  return name;
}

void complain(std::string_view reason) {
  while (!reason.empty()) {
    const std::size_t end = reason.find('\n');
    std::string line;
    log::append_one_line(line, reason.substr(0, end));
    fmt::print(stderr, "tandem: {}\n", line);
    reason = end == std::string_view::npos ? std::string_view() : reason.substr(end + 1);
  }
}

void complain(const base::Error& error) { complain(std::string_view(config::render(error))); }

}  // namespace tandem::program
