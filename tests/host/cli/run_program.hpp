#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "host/base/file.hpp"
#include "host/findings/model_json.hpp"
#include "tests/host/schema_check.hpp"

namespace symscan::test {

/// A folder of its own, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "symscan-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Until a program that was just started has written the file, half a minute at most.
inline void wait_for_file(const std::filesystem::path& file) {
  for (int i = 0; i < 3000 && !std::filesystem::exists(file); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

/// A running symscan; its output goes to files in `folder`.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, const TemporaryFolder& folder)
      : output_(folder / "stdout.txt"), errors_(folder / "stderr.txt") {
    pid_ = fork();
    if (pid_ != 0) return;
    // The same test on machines with a GPU: only tests that name a backend use one.
    setenv("SYMSCAN_DEVICE_PLUGIN", "/nowhere/none.so", 0);
    // A driver that has no GPU, unless the test says otherwise (tests/fake_driver).
    const char* path = std::getenv("LD_LIBRARY_PATH");
    const std::string after = path != nullptr ? std::string(":") + path : "";
    setenv("LD_LIBRARY_PATH", (SYMSCAN_FAKE_DRIVER + after).c_str(), 1);
    redirect(output_, STDOUT_FILENO);
    redirect(errors_, STDERR_FILENO);
    std::vector<char*> argv = {const_cast<char*>(SYMSCAN_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(SYMSCAN_PROGRAM, argv.data());
    _exit(127);
  }

  void send(int signal) const { kill(pid_, signal); }

  /// Exit code; 128 + signal if it was killed by one.
  int wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string output() const { return read_text_file(output_); }
  std::string errors() const { return read_text_file(errors_); }

 private:
  static void redirect(const std::string& file, int descriptor) {
    const int opened = open(file.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    dup2(opened, descriptor);
    close(opened);
  }
  std::string output_, errors_;
  pid_t pid_;
};

struct Finished {
  int code;
  std::string output, errors;
};

/// The run directory that the arguments of train or analyze name; empty if there is none.
inline std::filesystem::path run_of(const std::vector<std::string>& arguments) {
  if (arguments.size() > 1 && arguments[0] == "analyze") return arguments[1];
  for (std::size_t i = 1; i + 1 < arguments.size() && arguments[0] == "train"; ++i)
    if (arguments[i] == "--out") return arguments[i + 1];
  return {};
}

/// Every analysis.json that a test makes follows its schema.
inline void check_analysis(const std::filesystem::path& run) {
  static const Json schema = analysis_schema();
  if (run.empty() || !std::filesystem::exists(run / "analysis.json")) return;
  const Json analysis = Json::parse(read_text_file(run / "analysis.json"), nullptr, false);
  EXPECT_EQ(schema_error(schema, analysis), "") << run;
}

inline Finished run_program(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const Program program(arguments, folder);
  const int code = program.wait();
  if (code == 0) check_analysis(run_of(arguments));
  return {code, program.output(), program.errors()};
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace symscan::test
