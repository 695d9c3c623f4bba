#pragma once
#include <string>
#include <vector>

#include "host/base/error.hpp"

/// What the command line says about itself. Help, man page and completions are made from these texts, and
/// the texts from the options that the parser has (command_line.cpp).
namespace symscan {

/// An option, or an argument without a name.
struct OptionText {
  std::vector<std::string> names;  ///< "-h", "--help"; none: an argument
  /// What is given: FILE, DIRECTORY, CONFIG, DATASET, COMMAND (which completions fill in), another word in
  /// capitals, or choices such as auto|fused. Empty: nothing is given.
  std::string value;
  std::string text;   ///< one or two sentences
  std::string group;  ///< the heading it stands under
  bool required = false, repeats = false;
};

struct Example {
  std::string command;  ///< as typed into a shell
  std::string text;     ///< what it does
};

struct CommandText {
  std::string name;     ///< "train"; empty: symscan itself
  std::string summary;  ///< one sentence without its full stop
  std::vector<OptionText> arguments, options;
  std::vector<Example> examples;
  std::vector<ExitCode> exits;  ///< worth telling
};

/// symscan itself, then every command.
std::vector<CommandText> command_texts();

/// "0", "42", ... and what it means.
std::string exit_number(ExitCode code);
std::string exit_meaning(ExitCode code);

/// "--out FILE", "[KEY=VALUE ...]"
std::string option_title(const OptionText& option);
std::string usage_line(const CommandText& command);

/// The page that `symscan` and `symscan --help` print.
std::string overview_page();
/// The page of `symscan NAME --help`, at most 100 columns wide.
std::string help_page(const CommandText& command);
/// symscan(1) in roff.
std::string man_page();
/// `shell`: bash, zsh or fish. Throws UsageError.
std::string completion_script(const std::string& shell);

}  // namespace symscan
