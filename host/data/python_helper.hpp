#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/file.hpp"
#include "host/data/byte_source.hpp"

namespace symscan {

/// The interpreter that runs helpers: the environment variable SYMSCAN_PYTHON (a path, or a name in PATH), or
/// python3 of PATH. Relative elements of PATH are not looked into. Empty: there is none.
std::string find_python();

/// A program in Python that runs beside symscan; what it writes to its standard output is read from here. It
/// takes no code from the current folder, and it ends when this object or symscan does.
class PythonHelper : public ByteSource {
 public:
  /// Starts `interpreter` -I -c script arguments. `patience`: how long read() and write() wait for a sign of
  /// life. Throws Error, with exit_code_of() what the system said.
  PythonHelper(const std::string& interpreter, const std::string& script,
               const std::vector<std::string>& arguments,
               std::chrono::milliseconds patience = std::chrono::minutes(10));
  PythonHelper(const PythonHelper&) = delete;
  PythonHelper& operator=(const PythonHelper&) = delete;
  ~PythonHelper() override;

  /// Throws DataError with ExitCode::interrupted when the patience is at an end.
  std::size_t read(char* buffer, std::size_t size) override;
  /// To its standard input. False: it does not listen any more.
  bool write(std::string_view bytes);

  /// Waits for its end. "was ended by signal 9", "ended with exit code 3", with what it said last on its
  /// standard error, in one line.
  std::string ending();
  /// After ending(): a signal ended it, as when memory is short.
  bool was_killed() const { return killed_; }

 private:
  bool wait_for(bool output, bool input);
  void read_words();
  [[noreturn]] void throw_silence();

  std::chrono::milliseconds patience_;
  pid_t process_ = -1;
  Descriptor output_, words_, input_;
  std::string said_;  ///< the last 64 KB of its standard error
  bool killed_ = false;
};

/// Foreign words in one line: no control characters, at most `limit` characters.
std::string one_line(std::string_view words, std::size_t limit = 300);

}  // namespace symscan
