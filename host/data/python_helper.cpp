// A child process that runs Python: started without a shell, heard through pipes, never left behind.
#include "host/data/python_helper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/trouble.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostErrorText = 64 << 10;

bool is_program(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

/// In the absolute folders of PATH.
std::string find_in_path(const std::string& name) {
  const char* list = std::getenv("PATH");
  std::string_view rest = list ? list : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string folder(rest.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
    if (folder.empty() || folder.front() != '/') continue;
    if (const std::string path = folder + "/" + name; is_program(path)) return path;
  }
  return "";
}

struct PipeEnds {
  Descriptor reading, writing;
};

/// Neither end is 0, 1 or 2, and both close when another program starts.
PipeEnds open_ends(int (*make)(int*)) {
  std::array<int, 2> made{};
  if (make(made.data()) != 0) throw_trouble("cannot start", "python3", errno);
  const Descriptor first(made[0]), second(made[1]);
  PipeEnds ends{Descriptor(::fcntl(made[0], F_DUPFD_CLOEXEC, 3)),
                Descriptor(::fcntl(made[1], F_DUPFD_CLOEXEC, 3))};
  if (!ends.reading || !ends.writing) throw_trouble("cannot start", "python3", errno);
  return ends;
}

PipeEnds open_pipe() {
  return open_ends([](int* ends) { return ::pipe2(ends, O_CLOEXEC); });
}

/// For what is written: a socket tells of a reader that is gone without a signal.
PipeEnds open_sockets() {
  return open_ends([](int* ends) { return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); });
}

/// More memory than the machine has is refused to the helper, rather than taken from other programs.
void limit_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0) return;
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, static_cast<rlim_t>(pages) * static_cast<rlim_t>(bytes));
  ::setrlimit(RLIMIT_DATA, &limit);
}

/// What the child does before it becomes Python: only what is safe after fork() in a program with threads.
[[noreturn]] void become(const char* const* words, int input, int output, int error, pid_t parent) {
  constexpr int not_started = 127;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(not_started);
  std::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  limit_memory();
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(error, 2) < 0) ::_exit(not_started);
#ifdef SYS_close_range
  constexpr unsigned close_on_exec = 4;
  ::syscall(SYS_close_range, 3u, ~0u, close_on_exec);  // of libraries that open files without the flag
#endif
  ::execv(words[0], const_cast<char* const*>(words));
  ::_exit(not_started);
}

}  // namespace

std::string find_python() {
  const char* chosen = ::secure_getenv("SYMSCAN_PYTHON");
  if (chosen == nullptr || *chosen == '\0') return find_in_path("python3");
  const std::string name = chosen;
  if (name.find('/') == std::string::npos) return find_in_path(name);
  return is_program(name) ? name : "";
}

std::string one_line(std::string_view words, std::size_t limit) {
  std::string out;
  for (const char c : words.substr(0, limit))
    out += c >= 0x20 && c < 0x7f ? c : (c == '\n' || c == '\t') ? ' ' : '?';
  if (words.size() > limit) out += "...";
  const std::size_t last = out.find_last_not_of(' ');
  return out.substr(0, last == std::string::npos ? 0 : last + 1);
}

PythonHelper::PythonHelper(const std::string& interpreter, const std::string& script,
                           const std::vector<std::string>& arguments, std::chrono::milliseconds patience)
    : patience_(patience) {
  PipeEnds output = open_pipe(), words = open_pipe(), input = open_sockets();
  std::vector<const char*> line = {interpreter.c_str(), "-I", "-c", script.c_str()};
  for (const std::string& argument : arguments) line.push_back(argument.c_str());
  line.push_back(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw_trouble("cannot start", interpreter, errno);
  if (process_ == 0)
    become(line.data(), input.reading.get(), output.writing.get(), words.writing.get(), parent);
  output_ = std::move(output.reading);
  words_ = std::move(words.reading);
  input_ = std::move(input.writing);
  ::fcntl(words_.get(), F_SETFL, O_NONBLOCK);
}

PythonHelper::~PythonHelper() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  repeated([&] { return ::waitpid(process_, nullptr, 0); });
}

void PythonHelper::throw_silence() {
  throw DataError(
      "python3 has said nothing for " + std::to_string(patience_.count() / 1000) +
          " s and is not waited for any longer; repeat when the machine or the file system is less busy",
      ExitCode::interrupted);
}

void PythonHelper::read_words() {
  char block[4096];
  const ssize_t got = ::read(words_.get(), block, sizeof block);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return static_cast<void>(words_.close());
  said_.append(block, static_cast<std::size_t>(got));
  if (said_.size() > kMostErrorText) said_.erase(0, said_.size() - kMostErrorText);
}

/// Until there is something to read, or room to write; what it says on its standard error is kept meanwhile.
bool PythonHelper::wait_for(bool output, bool input) {
  const auto end = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    std::array<pollfd, 3> places{};
    places[0] = {output ? output_.get() : -1, POLLIN, 0};
    places[1] = {words_ ? words_.get() : -1, POLLIN, 0};
    places[2] = {input ? input_.get() : -1, POLLOUT, 0};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    const int wait = static_cast<int>(std::min<long long>(left, 1 << 30));
    const int ready = ::poll(places.data(), places.size(), wait);
    if (ready < 0 && errno != EINTR) throw_trouble("cannot hear", "python3", errno);
    if (ready <= 0) continue;
    if (places[1].revents != 0) read_words();
    if (places[0].revents != 0 || places[2].revents != 0) return true;
  }
}

std::size_t PythonHelper::read(char* buffer, std::size_t size) {
  if (!wait_for(true, false)) throw_silence();
  const ssize_t got = repeated([&] { return ::read(output_.get(), buffer, size); });
  if (got < 0) throw_trouble("cannot hear", "python3", errno);
  return static_cast<std::size_t>(got);
}

bool PythonHelper::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(false, true)) throw_silence();
    const ssize_t sent = repeated(
        [&] { return ::send(input_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT); });
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string PythonHelper::ending() {
  input_ = Descriptor();
  while (words_) {
    pollfd place{words_.get(), POLLIN, 0};
    const int ready = repeated(
        [&] { return ::poll(&place, 1, static_cast<int>(std::min<long long>(patience_.count(), 1 << 30))); });
    if (ready <= 0) break;
    read_words();
  }
  if (words_) ::kill(process_, SIGKILL);
  int status = 0;
  repeated([&] { return ::waitpid(process_, &status, 0); });
  process_ = -1;
  killed_ = WIFSIGNALED(status);
  const std::string how = killed_ ? "was ended by signal " + std::to_string(WTERMSIG(status))
                                  : "ended with exit code " + std::to_string(WEXITSTATUS(status));
  const std::string words = trimmed(said_);
  return words.empty() ? how
                       : how + " (" + one_line(std::string_view(words).substr(words.rfind('\n') + 1)) + ")";
}

}  // namespace symscan
