// The control socket's file: where to look for it, how it is made.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.hpp"
#include "common/base/unique_fd.hpp"

namespace tandem::process {

// Mode 0666 from the moment it is there; a missing directory is made with mode 0755; a stale socket is replaced, a live one is an error.
[[nodiscard]] base::Result<base::UniqueFd> make_control_socket(const std::string& path);

// Makes another user its owner, who may remove it at the end if the folder lets him.
[[nodiscard]] base::Result<void> give_control_socket(const std::string& path, unsigned user, unsigned group);

// A blocking client connection, for one-shot commands. A daemon that is stopped leaves clients waiting once its backlog is full, but no
// longer than `patience`. `speaker`: how the reason why not calls it.
[[nodiscard]] base::Result<base::UniqueFd> connect_control_socket(const std::string& path, std::chrono::milliseconds patience,
                                                                  std::string_view speaker = "tandem");

// The directories that are searched, in order, each with a trailing slash: /run/exabgp/ ... and the same below `root`.
[[nodiscard]] std::vector<std::string> control_directories(const std::string& root, unsigned user_id);

// Answers about the file system, so that the choice can be tested without one.
using PathTest = std::function<bool(const std::string&)>;
[[nodiscard]] bool is_socket(const std::string& path);
[[nodiscard]] bool is_writable_directory(const std::string& path);

// Where a client finds the socket: the first directory that has it.
[[nodiscard]] std::optional<std::string> find_control_socket(const std::string& root, unsigned user_id, std::string_view base_name,
                                                             const PathTest& socket_exists = is_socket);
// Where the daemon makes it: where one already is (it is stale, or making it will say that it is live), else in the first existing
// directory that is meant for it (exabgp/ or the user's), else in <root>/run/.
[[nodiscard]] std::string choose_control_socket(const std::string& root, unsigned user_id, std::string_view base_name,
                                                const PathTest& socket_exists = is_socket,
                                                const PathTest& directory_usable = is_writable_directory);

}  // namespace tandem::process
