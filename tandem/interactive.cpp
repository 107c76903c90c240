#include "tandem/interactive.hpp"

#include <fmt/format.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/api/completion.hpp"
#include "tandem/shortcuts.hpp"

namespace tandem::program {

namespace {

constexpr int k_history_lines = 1000;
constexpr int k_attempts = 3;
constexpr int k_between_attempts_ms = 2000;

using Words = std::vector<std::string>;

Words split(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" \t\n");
    if (end != 0) words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return words;
}

// What the client itself understands.
struct BuiltIn {
  std::string_view words;
  std::string_view help;
  std::string_view command{};  // what the speaker is asked instead
};
constexpr BuiltIn k_built_in[] = {
    {"exit", "leaves"},
    {"quit", "leaves"},
    {"q", "leaves"},
    {"clear", "clears the screen"},
    {"history", "shows the lines typed before"},
    {"set display json", "answers are JSON", "session text disable"},
    {"set display text", "answers are tables and text", "session text enable"},
    {"set sync on", "answers wait until the change is written to the peers", "session sync enable"},
    {"set sync off", "answers do not wait for the peers", "session sync disable"},
    {"json", "in front of a command: its answer is JSON"},
    {"text", "in front of a command: its answer is tables and text"},
};

// The words that may follow, those of the client included.
std::vector<api::CompletionWord> offered(Words words) {
  if (!words.empty() && (words[0] == "json" || words[0] == "text")) words.erase(words.begin());
  std::vector<api::CompletionWord> list = api::next_words(words);
  for (const BuiltIn& row : k_built_in) {
    const Words own = split(row.words);
    if (own.size() <= words.size() || !std::equal(words.begin(), words.end(), own.begin())) continue;
    if (!list.empty() && list.back().word == own[words.size()]) continue;
    list.push_back({own[words.size()], own.size() == words.size() + 1 ? std::string(row.help) : std::string()});
  }
  return list;
}

void print_list(const std::vector<api::CompletionWord>& list) {
  std::size_t width = 0;
  for (const api::CompletionWord& row : list) width = std::max(width, row.word.size());
  fmt::print("\n");
  for (const api::CompletionWord& row : list) {
    if (row.help.empty()) {
      fmt::print("  {}\n", row.word);
    } else {
      fmt::print("  {:<{}}  {}\n", row.word, std::min<std::size_t>(width, 40), row.help);
    }
  }
}

class Editor {
 public:
  explicit Editor(std::string_view name) : prompt_(fmt::format("{}> ", name)) {
    ::setlocale(LC_CTYPE, "");
    editor_ = ::el_init("tandem", stdin, stdout, stderr);
    ::el_set(editor_, EL_CLIENTDATA, this);
    ::el_set(editor_, EL_PROMPT, +[](EditLine* editor) { return from(editor).prompt_.data(); });
    ::el_set(editor_, EL_EDITOR, "emacs");
    ::el_set(editor_, EL_ADDFN, "tandem-complete", "what may come next", +[](EditLine* editor, int) { return from(editor).complete(); });
    ::el_set(editor_, EL_ADDFN, "tandem-help", "what the words so far mean", +[](EditLine* editor, int) { return from(editor).help(); });
    ::el_set(editor_, EL_ADDFN, "tandem-cancel", "another line", +[](EditLine* editor, int) { return from(editor).cancel(); });
    ::el_set(editor_, EL_BIND, "^I", "tandem-complete", nullptr);
    ::el_set(editor_, EL_BIND, "?", "tandem-help", nullptr);
    ::el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);  // ^C is a key: it drops the line, not the client
    ::el_set(editor_, EL_BIND, "^C", "tandem-cancel", nullptr);
    history_ = ::history_init();
    HistEvent event;
    ::history(history_, &event, H_SETSIZE, k_history_lines);
    ::history(history_, &event, H_SETUNIQUE, 1);
    ::el_set(editor_, EL_HIST, ::history, history_);
    const char* home = ::getenv("HOME");
    if (home != nullptr && *home != '\0') file_ = fmt::format("{}/.{}_history", home, name);
    if (!file_.empty()) ::history(history_, &event, H_LOAD, file_.c_str());
  }
  ~Editor() {
    ::history_end(history_);
    ::el_end(editor_);
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  // False: the user has left.
  bool read(std::string& line) {
    int count = 0;
    ::el_set(editor_, EL_PREP_TERM, 1);  // libedit prints the prompt before that: a ^D typed in between would be the line discipline's, and lost
    const char* text = ::el_gets(editor_, &count);
    if (text == nullptr || count <= 0) return false;
    line.assign(text, static_cast<std::size_t>(count));
    line.erase(0, line.find_first_not_of(" \t\r\n"));
    line.erase(line.find_last_not_of(" \t\r\n") + 1);
    return true;
  }
  void remember(const std::string& line) {
    HistEvent event;
    ::history(history_, &event, H_ENTER, line.c_str());
    if (file_.empty()) return;
    const mode_t before = ::umask(0077);  // commands may hold passwords
    ::history(history_, &event, H_SAVE, file_.c_str());
    ::umask(before);
  }
  void print_history() {
    HistEvent event;
    for (int more = ::history(history_, &event, H_LAST); more >= 0; more = ::history(history_, &event, H_PREV)) fmt::print("{}\n", event.str);
  }

 private:
  static Editor& from(EditLine* editor) {
    void* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Editor*>(self);
  }

  // The words in front of the cursor; `begun` is the one it stands in.
  Words typed(std::string& begun) const {
    const LineInfo* line = ::el_line(editor_);
    const std::string_view text(line->buffer, static_cast<std::size_t>(line->cursor - line->buffer));
    Words words = split(text);
    begun.clear();
    if (!words.empty() && std::string_view(" \t").find(text.back()) == std::string_view::npos) {
      begun = std::move(words.back());
      words.pop_back();
    }
    return words;
  }

  unsigned char complete() {
    std::string begun;
    std::vector<api::CompletionWord> list = offered(typed(begun));
    std::erase_if(list, [&begun](const api::CompletionWord& row) { return !row.word.starts_with(begun); });
    if (list.empty()) return CC_REFRESH_BEEP;
    std::string shared = list.front().word;
    for (const api::CompletionWord& row : list) {
      const auto difference = std::mismatch(shared.begin(), shared.end(), row.word.begin(), row.word.end());
      shared.erase(difference.first, shared.end());
    }
    std::string more = shared.substr(begun.size());
    if (list.size() == 1) more += ' ';
    if (!more.empty()) return ::el_insertstr(editor_, more.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    print_list(list);
    return CC_REDISPLAY;
  }

  unsigned char help() {
    std::string begun;
    Words words = typed(begun);
    const LineInfo* line = ::el_line(editor_);
    const bool quoted = std::count(line->buffer, line->cursor, '"') % 2 == 1;
    if (quoted) return ::el_insertstr(editor_, "?") == 0 ? CC_REFRESH : CC_ERROR;
    std::vector<api::CompletionWord> list;
    if (!words.empty() || !begun.empty()) {
      Words all = words;
      if (!begun.empty()) all.push_back(begun);
      list = api::commands_like(all);
    }
    if (list.empty()) {
      list = offered(words);
      std::erase_if(list, [&](const api::CompletionWord& row) { return !row.word.starts_with(begun); });
    }
    print_list(list);
    return CC_REDISPLAY;
  }

  unsigned char cancel() {
    fmt::print("^C\n");
    const LineInfo* line = ::el_line(editor_);
    ::el_cursor(editor_, static_cast<int>(line->lastchar - line->cursor));
    ::el_deletestr(editor_, static_cast<int>(::el_line(editor_)->lastchar - ::el_line(editor_)->buffer));
    return CC_REDISPLAY;
  }

  std::string prompt_;
  std::string file_;
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
};

class Dialogue {
 public:
  Dialogue(std::unique_ptr<Conversation> speaker, const Connect& connect)
      : speaker_(std::move(speaker)), connect_(connect), editor_(speaker_->as().exabgp ? "exabgp" : "tandem") {}

  bool run() {
    for (std::string line; editor_.read(line);) {
      if (line.empty()) continue;
      editor_.remember(line);
      if (line == "exit" || line == "quit" || line == "q") return true;
      if (!carry_out(line)) return false;
      std::fflush(stdout);
    }
    fmt::print("\n");
    return true;
  }

 private:
  // False: nobody answers any more.
  bool carry_out(const std::string& line) {
    Words words = split(line);
    if (line == "history") {
      editor_.print_history();
      return true;
    }
    if (line == "clear") {
      fmt::print("\x1b[H\x1b[2J");
      return true;
    }
    for (const BuiltIn& row : k_built_in) {
      if (!row.command.empty() && split(row.words) == words) return ask(std::string(row.command));
    }
    const bool form = words.size() > 1 && (words[0] == "json" || words[0] == "text");
    std::string command = expand_shortcuts(form ? std::string_view(line).substr(words[0].size()) : std::string_view(line));
    if (!form && command != line) fmt::print("command: {}\n", command);
    if (form) command += fmt::format(" {}", words[0]);
    return ask(command);
  }

  bool ask(const std::string& command) {
    const Client::Reply reply = speaker_->ask(command);
    if (!Conversation::over(reply)) return true;
    fmt::print(stderr, "connecting again ...\n");
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
      if (attempt > 0) ::poll(nullptr, 0, k_between_attempts_ms);
      if (auto speaker = connect_()) {
        speaker_ = std::move(speaker);
        fmt::print(stderr, "connected; the command was not sent again\n");
        return true;
      }
    }
    fmt::print(stderr, "nobody answers\n");
    return false;
  }

  std::unique_ptr<Conversation> speaker_;
  const Connect& connect_;
  Editor editor_;
};

}  // namespace

bool talk_on_terminal(std::unique_ptr<Conversation> speaker, const Connect& connect) { return Dialogue(std::move(speaker), connect).run(); }

}  // namespace tandem::program
