#pragma once
#include <stdexcept>
#include <string>

namespace symscan {

/// Exit codes of the command line (also the contract with schedulers: 42 must not be retried, 75 may be).
enum class ExitCode : int { done = 0, some_failed = 1, usage = 2, bad_input = 42, interrupted = 75 };

// Thrown across the boundary of the shared library.
#pragma GCC visibility push(default)

/// Every error a user can cause or must know of: one sentence that says what is wrong and what to do.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& sentence, ExitCode code = ExitCode::bad_input)
      : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// A config that cannot be used (exit code 42).
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// Data that cannot be used (exit code 42).
class DataError : public Error {
 public:
  using Error::Error;
};

/// A command line that cannot be understood (exit code 2).
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& sentence) : Error(sentence, ExitCode::usage) {}
};

#pragma GCC visibility pop

}  // namespace symscan
