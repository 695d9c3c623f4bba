#pragma once
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "host/base/file.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {

/// Runs a command line of a shell in `folder`, where symscan is the program under test.
inline Finished run_shell(const std::string& command, const std::string& folder,
                          const std::string& shell = "sh") {
  const std::filesystem::path program = SYMSCAN_PROGRAM;
  write_text(folder + "/command.sh",
             "export PATH='" + program.parent_path().string() +
                 "':\"$PATH\" SYMSCAN_DEVICE_PLUGIN=/nowhere/none.so LD_LIBRARY_PATH='" SYMSCAN_FAKE_DRIVER
                 "':\"$LD_LIBRARY_PATH\"\n" +
                 command + "\n");
  const int status =
      std::system(("cd '" + folder + "' && " + shell + " command.sh > output.txt 2> errors.txt").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, read_text_file(folder + "/output.txt"),
          read_text_file(folder + "/errors.txt")};
}

inline bool has_command(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

}  // namespace symscan::test
