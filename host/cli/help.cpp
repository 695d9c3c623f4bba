// The pages of --help.
#include "host/base/text.hpp"
#include "host/cli/command_text.hpp"

namespace symscan {
namespace {

constexpr std::size_t kPageWidth = 100, kOptionColumn = 30, kWordColumn = 15;

/// "  title      text", the text wrapped from `column` on, below a title that reaches so far.
std::string page_entry(const std::string& title, const std::string& text, std::size_t column) {
  std::string entry = "  " + title;
  if (entry.size() + 2 > column) entry += "\n";
  std::size_t used = entry.back() == '\n' ? 0 : entry.size();
  for (const std::string& line : wrapped(text, kPageWidth - column)) {
    entry += std::string(column - used, ' ') + line + "\n";
    used = 0;
  }
  return entry;
}

std::string page_of_options(const std::vector<OptionText>& options) {
  std::string page, group;
  for (const OptionText& option : options) {
    if (option.group != group) page += "\n" + option.group + ":\n";
    group = option.group;
    page += page_entry(option_title(option),
                       option.text + (option.repeats ? "; may be given several times" : ""), kOptionColumn);
  }
  return page;
}

std::string page_of_examples(const std::vector<Example>& examples) {
  std::string page;
  for (const Example& example : examples) page += "  " + example.command + "\n      " + example.text + "\n";
  return page;
}

std::string page_of_exits(const std::vector<ExitCode>& exits) {
  std::string page;
  for (const ExitCode code : exits) page += page_entry(exit_number(code), exit_meaning(code), kWordColumn);
  return page;
}

}  // namespace

std::string exit_number(ExitCode code) {
  return std::to_string(static_cast<int>(code));
}

std::string exit_meaning(ExitCode code) {
  switch (code) {
    case ExitCode::done:
      return "done";
    case ExitCode::some_failed:
      return "some replicas failed; the results of the others are there";
    case ExitCode::usage:
      return "the command line cannot be understood";
    case ExitCode::bad_input:
      return "config, data or run directory cannot be used; the same command would fail again";
    case ExitCode::interrupted:
      return "interrupted, or the disk is full; repeat the command (train and merge: with --resume)";
  }
  return "";
}

std::string option_title(const OptionText& option) {
  std::string title = join_words(option.names, ", ");
  if (option.value.empty()) return title;
  if (!title.empty()) return title + " " + option.value;
  title = option.value + (option.repeats ? " ..." : "");
  return option.required ? title : "[" + title + "]";
}

std::string usage_line(const CommandText& command) {
  std::string usage = "symscan " + command.name;
  for (const OptionText& argument : command.arguments) usage += " " + option_title(argument);
  for (const OptionText& option : command.options) {
    if (option.required) usage += " " + option_title(option);
  }
  return usage + " [OPTIONS]";
}

std::string overview_page() {
  const std::vector<CommandText> commands = command_texts();
  std::string page =
      "symscan trains small variational autoencoders on your data and ranks their latents by relevance:\n"
      "which symmetries and how many degrees of freedom do the data have?\n\n"
      "Usage: symscan COMMAND [OPTIONS]\n\nCommands:\n";
  for (const CommandText& command : commands) {
    if (!command.name.empty()) page += page_entry(command.name, command.summary, kWordColumn);
  }
  page += page_of_options(commands.front().options);
  page +=
      "\nFirst steps:\n" + page_of_examples({{"symscan train circle", "train on a built-in dataset"},
                                             {"symscan train --data FILE", "train on your own data"},
                                             {"symscan help train", "options and examples of a command"}});
  return page + "\nExit codes:\n" +
         page_of_exits({ExitCode::done, ExitCode::some_failed, ExitCode::usage, ExitCode::bad_input,
                        ExitCode::interrupted});
}

std::string help_page(const CommandText& command) {
  std::string page = command.summary + ".\n\nUsage: " + usage_line(command) + "\n";
  if (!command.arguments.empty()) page += "\nArguments:\n";
  for (const OptionText& argument : command.arguments)
    page += page_entry(argument.value + (argument.repeats ? " ..." : ""), argument.text, kOptionColumn);
  page += page_of_options(command.options);
  page += "\nExamples:\n" + page_of_examples(command.examples);
  if (!command.exits.empty()) page += "\nExit codes:\n" + page_of_exits(command.exits);
  return page;
}

}  // namespace symscan
