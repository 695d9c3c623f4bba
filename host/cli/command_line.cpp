// The parser: from words to a command, and from its options to the texts of help, man page and completions.
#include "host/cli/command_line.hpp"

#include <algorithm>
#include <cstdio>

#include "host/base/text.hpp"
#include "host/cli/verbs.hpp"
#include "host/config/check.hpp"

namespace symscan {
namespace {

constexpr const char* kOther = "Other";

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) {
    names.push_back(verb.name);
  }
  return names;
}

const Verb* find_verb(const std::string& name) {
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

const Verb& verb_called(const std::string& name) {
  if (const Verb* verb = find_verb(name)) return *verb;
  const std::string hint = did_you_mean(name, verb_names());
  throw UsageError("there is no command '" + printable_line(name) + "'" +
                   (hint.empty() ? "; the commands are " + join_words(verb_names()) : hint));
}

OptionText option_text(const CLI::Option& option) {
  OptionText text;
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  text.value = option.get_type_name();
  text.text = option.get_description();
  text.group = option.get_group();
  text.required = option.get_required();
  text.repeats = option.get_items_expected_max() > 1;
  return text;
}

void take_options(const CLI::App& app, CommandText& command) {
  std::vector<OptionText> last;
  for (const CLI::Option* option : app.get_options()) {
    OptionText text = option_text(*option);
    if (text.names.empty()) {
      command.arguments.push_back(text);
    } else if (option == app.get_help_ptr() || option == app.get_version_ptr()) {
      text.value.clear();
      text.group = kOther;
      last.push_back(text);
    } else {
      command.options.push_back(text);
    }
  }
  command.options.insert(command.options.end(), last.begin(), last.end());
}

CommandText text_of(const Verb& verb, const CLI::App& app) {
  CommandText command{verb.name, verb.summary, {}, {}, verb.examples, verb.exits};
  take_options(app, command);
  return command;
}

class Parser {
 public:
  Parser() {
    app_.name("symscan");
    app_.require_subcommand(0, 1);  // a second name is an argument, as in: symscan help train
    app_.set_help_flag("-h,--help", "Print this help");
    app_.set_version_flag("--version", std::string("symscan ") + SYMSCAN_VERSION, "Print the version");
    app_.formatter_fn([](const CLI::App* app, const std::string&, CLI::AppFormatMode) {
      const Verb* verb = find_verb(app->get_name());
      return verb == nullptr ? overview_page() : help_page(text_of(*verb, *app));
    });
    for (const Verb& verb : verbs()) verb.define(*app_.add_subcommand(verb.name, verb.summary), given_);
  }

  std::vector<CommandText> texts() const {
    CommandText whole;
    whole.summary = "find the symmetries of data with small variational autoencoders";
    take_options(app_, whole);
    std::vector<CommandText> all = {whole};
    for (const Verb& verb : verbs()) all.push_back(text_of(verb, *app_.get_subcommand(verb.name)));
    return all;
  }

  ExitCode run(int argc, char** argv) {
    if (argc > 1 && argv[1][0] != '-') (void)verb_called(argv[1]);
    given_.command.assign(argv, argv + argc);
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& request) {  // help or version
      app_.exit(request);
      return ExitCode::done;
    } catch (const CLI::ParseError& error) {
      refuse(error);
    }
    const auto chosen = app_.get_subcommands();
    if (!chosen.empty()) return verb_called(chosen.front()->get_name()).run(given_);
    std::printf("%s", overview_page().c_str());
    return ExitCode::usage;
  }

 private:
  /// A flag that does not exist explains other errors, and therefore comes first.
  [[noreturn]] void refuse(const CLI::ParseError& error) const {
    const auto chosen = app_.get_subcommands();
    const CLI::App& app = chosen.empty() ? app_ : *chosen.front();
    const std::string help = (chosen.empty() ? "symscan" : "symscan " + app.get_name()) + " --help";
    for (const std::string& word : app_.remaining(true)) {
      if (word.size() > 1 && word[0] == '-') refuse_flag(app, help, word.substr(0, word.find('=')));
    }
    std::string what = error.what();
    if (what.starts_with("first ")) what = app.get_option("first")->get_type_name() + what.substr(5);
    if (what.starts_with("second "))
      what = "a second " + app.get_option("second")->get_type_name() + what.substr(6);
    throw UsageError(printable_line(what) + "; see " + help);
  }

  [[noreturn]] static void refuse_flag(const CLI::App& app, const std::string& help,
                                       const std::string& flag) {
    CommandText command;
    take_options(app, command);
    std::vector<std::string> flags;
    for (const OptionText& option : command.options)
      flags.insert(flags.end(), option.names.begin(), option.names.end());
    std::string hint;
    if (app.get_name() == "train")
      hint = did_you_mean_elsewhere(flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
    if (!hint.empty()) hint += " Settings are written key=value.";
    if (hint.empty()) hint = did_you_mean(flag, flags);
    const std::string whose = app.get_parent() == nullptr ? "there is" : app.get_name() + " has";
    throw UsageError(whose + " no option '" + printable_line(flag) + "'" +
                     (hint.empty() ? "; see " + help : hint));
  }

  CLI::App app_;
  GivenOptions given_;
};

}  // namespace

std::vector<CommandText> command_texts() {
  return Parser().texts();
}

ExitCode help_command(const std::string& topic) {
  if (topic.empty()) {
    std::printf("%s", overview_page().c_str());
    return ExitCode::done;
  }
  const std::string name = verb_called(topic).name;
  for (const CommandText& command : command_texts()) {
    if (command.name == name) std::printf("%s", help_page(command).c_str());
  }
  return ExitCode::done;
}

ExitCode run_command_line(int argc, char** argv) {
  return Parser().run(argc, argv);
}

}  // namespace symscan
