// Completions of bash, zsh and fish.
#include <algorithm>

#include "host/base/text.hpp"
#include "host/cli/command_text.hpp"

namespace symscan {
namespace {

/// How a value is completed.
struct Completion {
  std::vector<std::string> words;  ///< choices
  bool files = false, directories = false, datasets = false, commands = false;
};

Completion completion_of(const std::string& value) {
  Completion completion;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find('|', begin), value.size());
    const std::string part = value.substr(begin, end - begin);
    if (part == "FILE" || part == "CONFIG") completion.files = true;
    if (part == "DIRECTORY") completion.directories = true;
    if (part == "DATASET") completion.datasets = true;
    if (part == "COMMAND") completion.commands = true;
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (!part.empty() && std::all_of(part.begin(), part.end(), is_plain)) completion.words.push_back(part);
    begin = end + 1;
  }
  return completion;
}

std::vector<std::string> flags_of(const CommandText& command) {
  std::vector<std::string> flags;
  for (const OptionText& option : command.options)
    flags.insert(flags.end(), option.names.begin(), option.names.end());
  return flags;
}

/// symscan itself and what its overview lists.
struct Commands {
  CommandText whole;
  std::vector<CommandText> visible;
  std::vector<std::string> names;

  Commands() {
    for (const CommandText& command : command_texts()) {
      if (command.name.empty()) whole = command;
      if (command.name.empty()) continue;
      visible.push_back(command);
      names.push_back(command.name);
    }
  }
};

// bash

std::string bash_action(const Completion& completion, const Commands& commands) {
  std::string action;
  if (completion.files) action += " _symscan_files;";
  if (completion.directories) action += " _symscan_directories;";
  if (completion.datasets) action += " _symscan_words \"$(\"$program\" datasets --names 2>/dev/null)\";";
  if (completion.commands) action += " _symscan_words '" + join_words(commands.names, " ") + "';";
  if (!completion.words.empty()) action += " _symscan_words '" + join_words(completion.words, " ") + "';";
  return action.empty() ? " :;" : action;
}

std::string bash_script(const Commands& commands) {
  std::string script = R"(# Completion of symscan for bash, made by: symscan completion bash
_symscan_words() { COMPREPLY+=($(compgen -W "$1" -- "$word")); }
_symscan_files() {
  local found
  compopt -o filenames 2>/dev/null
  mapfile -t found < <(compgen -f -- "$word")
  COMPREPLY+=("${found[@]}")
}
_symscan_directories() {
  local found
  compopt -o filenames 2>/dev/null
  mapfile -t found < <(compgen -d -- "$word")
  COMPREPLY+=("${found[@]}")
}
_symscan() {
  local program=${COMP_WORDS[0]/#\~/$HOME} verb=${COMP_WORDS[1]}
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  # --out=x arrives as three words.
  [[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD-2]}
  [[ $word == = ]] && word=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
)";
  script += "    _symscan_words '" + join_words(commands.names, " ") + " " +
            join_words(flags_of(commands.whole), " ") + "'\n    return\n  fi\n  case $verb:$option in\n";
  for (const CommandText& command : commands.visible) {
    for (const OptionText& option : command.options) {
      if (option.value.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(command.name + ":" + name);
      script += "    " + join_words(patterns, "|") + ")" +
                bash_action(completion_of(option.value), commands) + " return ;;\n";
    }
  }
  script += "  esac\n  case $verb:$word in\n";
  for (const CommandText& command : commands.visible) {
    script += "    " + command.name + ":-*) _symscan_words '" + join_words(flags_of(command), " ") + "' ;;\n";
    if (command.arguments.empty()) continue;
    script += "    " + command.name + ":*)" +
              bash_action(completion_of(command.arguments.front().value), commands) + " ;;\n";
  }
  return script + "  esac\n}\ncomplete -F _symscan symscan\n";
}

// zsh

/// Inside single quotes of _arguments: brackets and colons have a meaning there.
std::string zsh_text(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string zsh_action(const Completion& completion) {
  if (!completion.words.empty()) return "(" + join_words(completion.words, " ") + ")";
  if (completion.files && completion.datasets) return "{_symscan_datasets; _files}";
  if (completion.files) return "_files";
  if (completion.directories) return "_files -/";
  if (completion.datasets) return "_symscan_datasets";
  return completion.commands ? "_symscan_commands" : " ";
}

std::string zsh_arguments(const CommandText& command) {
  std::string lines;
  for (const OptionText& option : command.options) {
    for (const std::string& name : option.names) {
      lines += " \\\n        '" + std::string(option.repeats ? "*" : "") + name + "[" +
               zsh_text(option.text) + "]";
      if (!option.value.empty())
        lines += ":" + zsh_text(option.value) + ":" + zsh_action(completion_of(option.value));
      lines += "'";
    }
  }
  if (!command.arguments.empty()) {
    const std::string& value = command.arguments.front().value;
    lines += " \\\n        '*:" + zsh_text(value) + ":" + zsh_action(completion_of(value)) + "'";
  }
  return lines;
}

std::string zsh_script(const Commands& commands) {
  std::string script =
      "#compdef symscan\n# Completion of symscan for zsh, made by: symscan completion zsh\n"
      "_symscan_datasets() {\n  local -a names\n  names=(${(f)\"$(symscan datasets --names 2>/dev/null)\"})\n"
      "  compadd -a names\n}\n_symscan_commands() {\n  local -a commands\n  commands=(\n";
  for (const CommandText& command : commands.visible)
    script += "    '" + command.name + ":" + zsh_text(command.summary) + "'\n";
  script +=
      "  )\n  _describe command commands\n}\n_symscan() {\n  local context state state_descr line\n"
      "  typeset -A opt_args\n  _arguments -C" +
      zsh_arguments(commands.whole) +
      " \\\n        '1:command:_symscan_commands' \\\n        '*::argument:->argument'\n"
      "  [[ $state == argument ]] || return 0\n  case $line[1] in\n";
  for (const CommandText& command : commands.visible) {
    script += "    " + command.name + ")\n      _arguments" + zsh_arguments(command) + "\n      ;;\n";
  }
  return script +
         "  esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n  _symscan \"$@\"\nelse\n"
         "  compdef _symscan symscan\nfi\n";
}

// fish

std::string fish_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_words(const Completion& completion, const Commands& commands) {
  std::vector<std::string> words = completion.words;
  if (completion.datasets) words.emplace_back("(symscan datasets --names 2>/dev/null)");
  if (completion.directories) words.emplace_back("(__fish_complete_directories)");
  if (completion.commands) words.push_back(join_words(commands.names, " "));
  return join_words(words, " ");
}

std::string fish_value(const Completion& completion, const Commands& commands) {
  const std::string words = fish_words(completion, commands);
  return std::string(completion.files ? " -F" : "") + (words.empty() ? "" : " -a " + fish_text(words));
}

std::string fish_option(const std::string& condition, const OptionText& option, const Commands& commands) {
  std::string line = "complete -c symscan -n " + fish_text(condition);
  for (const std::string& name : option.names)
    line += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.value.empty()) {
    const Completion completion = completion_of(option.value);
    line += (completion.files ? " -r" : " -x") + fish_value(completion, commands);
  }
  return line + " -d " + fish_text(option.text) + "\n";
}

std::string fish_script(const Commands& commands) {
  std::string script =
      "# Completion of symscan for fish, made by: symscan completion fish\ncomplete -c symscan -f\n";
  const std::string first = "__fish_use_subcommand";
  for (const CommandText& command : commands.visible) {
    script += "complete -c symscan -n " + fish_text(first) + " -a " + command.name + " -d " +
              fish_text(command.summary) + "\n";
  }
  for (const OptionText& option : commands.whole.options) script += fish_option(first, option, commands);
  for (const CommandText& command : commands.visible) {
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    for (const OptionText& option : command.options) script += fish_option(condition, option, commands);
    if (command.arguments.empty()) continue;
    const std::string value = fish_value(completion_of(command.arguments.front().value), commands);
    script += "complete -c symscan -n " + fish_text(condition) + value + "\n";
  }
  return script;
}

}  // namespace

std::string completion_script(const std::string& shell) {
  const Commands commands;
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  throw UsageError("there are no completions for '" + printable_line(shell) +
                   "'; the shells are bash, zsh and fish");
}

}  // namespace symscan
