// tandem cli on a terminal: a line editor with history, completion and help from the table of commands.
#pragma once

#include <functional>
#include <memory>

#include "tandem/conversation.hpp"

namespace tandem::program {

// A new conversation, when the speaker has ended or was restarted; null: there is none.
using Connect = std::function<std::unique_ptr<Conversation>()>;

// Until the user leaves (true), or nobody answers any more.
[[nodiscard]] bool talk_on_terminal(std::unique_ptr<Conversation> speaker, const Connect& connect);

}  // namespace tandem::program
