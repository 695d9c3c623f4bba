// How long a user waits for the program itself: the processes of `symscan` beside this program.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "bench/cpu_bench.hpp"
#include "bench/cpu_scratch.hpp"

extern char** environ;

namespace symscan {
namespace {

/// Runs a program without output to its end; throws if it fails.
void run_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + words[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(words[0] + " " + words[1] + " failed");
}

}  // namespace

Json start_section(const CpuBench& bench) {
  const std::filesystem::path symscan =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "symscan";
  print_title("start", symscan.string() + ", from the start of the process to its end");
  if (!std::filesystem::exists(symscan)) {
    const std::string reason = "there is no symscan beside this program; build it";
    std::printf("  not measured: %s\n", reason.c_str());
    return {{"reason", reason}, {"processes", nullptr}};
  }
  const ScratchFolder folder;
  Json result = {{"processes", Json::array()}};
  const auto add = [&](const std::string& name, std::size_t least, const std::function<void()>& run) {
    // As many rounds as asked for, of one process each.
    const Series seconds = time_alone(0, run, least);
    Json entry = {{"command", name}, {"milliseconds", times(seconds, 1e3)}};
    print_line(name, entry["milliseconds"], "ms");
    result["processes"].push_back(entry);
  };
  add("symscan --help", 20, [&] { run_program({symscan.string(), "--help"}); });
  add("symscan version", 20, [&] { run_program({symscan.string(), "version"}); });
  const std::filesystem::path run = folder.path() / "run";
  const std::vector<std::string> train = {
      symscan.string(), "train",     "circle",  "dataset.n=1000", "train.epochs=10",
      "--device",       "cpu",       "--quiet", "--threads",      std::to_string(bench.cores),
      "--out",          run.string()};
  add("symscan train circle, 1000 rows, 10 epochs", 5, [&] {
    std::filesystem::remove_all(run);
    run_program(train);
    if (!std::filesystem::exists(run / "report.html"))
      throw std::runtime_error("symscan train left no report");
  });
  return result;
}

}  // namespace symscan
