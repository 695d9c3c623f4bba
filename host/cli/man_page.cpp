// symscan(1): see man-pages(7) for the order of its sections, groff_man(7) for its macros.
#include "host/base/text.hpp"
#include "host/cli/command_text.hpp"

namespace symscan {
namespace {

/// Text as roff source: nothing of it is a request or an escape, and hyphens can be copied into a shell.
std::string roff(const std::string& text) {
  std::string source;
  for (const char c : text) {
    if (c == '\\') {
      source += "\\e";
    } else if (c == '-') {
      source += "\\-";
    } else if (c == '\'') {
      source += "\\(aq";
    } else if (c == '.' && source.empty()) {
      source += "\\&.";
    } else {
      source += c;
    }
  }
  return source;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + roff(text) + "\\fR";
}

std::string roff_entry(const std::string& title, const std::string& text) {
  return ".TP\n" + title + "\n" + roff(text) + ".\n";
}

std::string roff_title(const OptionText& option) {
  std::string title;
  for (const std::string& name : option.names) title += (title.empty() ? "" : ", ") + bold(name);
  if (option.value.empty()) return title;
  return title + (title.empty() ? "" : " ") + italic(option.value) +
         (option.names.empty() && option.repeats ? " ..." : "");
}

std::string roff_options(const std::vector<OptionText>& options) {
  std::string source;
  for (const OptionText& option : options) {
    source += roff_entry(
        roff_title(option),
        option.text + (option.repeats && !option.names.empty() ? "; may be given several times" : ""));
  }
  return source;
}

std::string roff_command(const CommandText& command) {
  return ".SS " + bold(command.name) + "\n" + roff(command.summary) + ".\n.PP\n" + roff(usage_line(command)) +
         "\n" + roff_options(command.arguments) + roff_options(command.options);
}

std::string roff_examples(const std::vector<CommandText>& commands) {
  std::string source;
  for (const CommandText& command : commands) {
    for (const Example& example : command.examples)
      source += ".TP\n" + bold(example.command) + "\n" + roff(example.text) + "\n";
  }
  return source;
}

}  // namespace

std::string man_page() {
  const std::vector<CommandText> commands = command_texts();
  std::string page =
      std::string(".TH SYMSCAN 1 \"\" \"symscan ") + SYMSCAN_VERSION + "\" \"User Commands\"\n";
  page += ".SH NAME\nsymscan \\- " + roff(commands.front().summary) + "\n";
  page += ".SH SYNOPSIS\n" + bold("symscan") + " " + italic("COMMAND") + " [" + italic("OPTIONS") + "]\n";
  page +=
      ".SH DESCRIPTION\n" +
      roff(
          "symscan trains small variational autoencoders on data and ranks their latents by relevance. From "
          "these it tells how many degrees of freedom the data have, which constraints they obey and which "
          "symmetries they have. A config describes a sweep: datasets, networks, values of beta and seeds.") +
      "\n.SH COMMANDS\n";
  for (const CommandText& command : commands) {
    if (!command.name.empty()) page += roff_command(command);
  }
  page += ".SH OPTIONS\n" + roff_options(commands.front().options) + ".SH EXIT STATUS\n";
  for (const ExitCode code :
       {ExitCode::done, ExitCode::some_failed, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted}) {
    page += roff_entry(bold(exit_number(code)), exit_meaning(code));
  }
  page +=
      ".SH ENVIRONMENT\n" +
      roff_entry(bold("SYMSCAN_CPU"),
                 "The instruction set of the CPU executor: avx512, avx2 or baseline (default: the best "
                 "that the processor has)") +
      roff_entry(bold("SYMSCAN_DEVICE_PLUGIN"), "Path of the plugin for CUDA devices") +
      roff_entry(bold("SYMSCAN_MPI"), "off: processes that a launcher of MPI starts train each by itself") +
      roff_entry(bold("SYMSCAN_MPI_PLUGIN"), "Path of the plugin for MPI") +
      roff_entry(bold("SYMSCAN_MPI_TIMEOUT"),
                 "Seconds of silence after which a rank of MPI is lost (default: 60)") +
      roff_entry(
          bold("SYMSCAN_PYTHON"),
          "The Python that reads ROOT, Parquet and Feather files, such as that of a virtual environment "
          "(default: python3)");
  page += ".SH FILES\n" +
          roff_entry(italic("runs/NAME/"), "The run directory of train, if --out names no other") +
          roff_entry(italic("runs/NAME/report.html"), "The report, one file without references to others") +
          roff_entry(italic("runs/NAME/results.sqlite"), "All results; the other files are made from it");
  return page + ".SH EXAMPLES\n" + roff_examples(commands);
}

}  // namespace symscan
