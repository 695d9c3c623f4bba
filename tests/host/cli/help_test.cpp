// What the program says about itself: pages, man page, completions, and the examples in them.
#include <algorithm>
#include <sstream>

#include "host/base/text.hpp"
#include "host/cli/command_text.hpp"
#include "host/data/dataset.hpp"
#include "tests/host/cli/shell.hpp"

namespace symscan::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<CommandText> visible_commands() {
  std::vector<CommandText> commands = command_texts();
  std::erase_if(commands, [](const CommandText& command) { return command.name.empty(); });
  return commands;
}

void expect_narrow(const std::string& page) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(decode_utf8(line).size(), 100u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(Help, EveryCommandHasAPage) {
  for (const CommandText& command : command_texts()) {
    if (command.name.empty()) continue;
    const auto page = run_program({command.name, "--help"});
    EXPECT_EQ(page.code, 0) << command.name << page.errors;
    EXPECT_EQ(page.output, help_page(command));
    EXPECT_EQ(run_program({"help", command.name}).output, page.output);
    EXPECT_GE(command.examples.size(), 2u) << command.name;
    EXPECT_LE(command.examples.size(), 5u) << command.name;
    for (const Example& example : command.examples) EXPECT_TRUE(contains(page.output, example.command));
    for (const OptionText& option : command.options) {
      EXPECT_FALSE(option.text.empty());
      for (const std::string& name : option.names) EXPECT_TRUE(contains(page.output, name)) << name;
    }
    expect_narrow(page.output);
  }
}

TEST(Help, TheOverviewListsTheCommands) {
  const auto page = run_program({"--help"});
  EXPECT_EQ(page.code, 0);
  for (const CommandText& command : visible_commands())
    EXPECT_TRUE(contains(page.output, "\n  " + command.name + " ")) << command.name;
  expect_narrow(page.output);
  EXPECT_EQ(run_program({"help"}).output, page.output);
  const auto nothing = run_program({});
  EXPECT_EQ(nothing.output, page.output);
  EXPECT_EQ(nothing.code, 2);
}

TEST(Help, TheVersionIsOneLine) {
  const auto version = run_program({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.output.rfind("symscan ", 0), 0u);
  EXPECT_EQ(run_program({"version"}).output, version.output);
}

TEST(Help, SlipsOfTheFingerAreUnderstood) {
  struct Case {
    std::vector<std::string> arguments;
    int code;
    const char* fragment;
  };
  const Case cases[] = {
      {{"trian"}, 2, "there is no command 'trian'; did you mean 'train'?"},
      {{"xyzzy"}, 2, "the commands are train, inspect,"},
      {{"help", "reprot"}, 2, "did you mean 'report'?"},
      {{"train", "circle", "--overwite"}, 2, "has no option '--overwite'; did you mean '--overwrite'?"},
      {{"train", "circle", "--thraeds=2"}, 2, "has no option '--thraeds'; did you mean '--threads'?"},
      {{"train", "circle", "--epochs", "3"}, 2, "did you mean 'train.epochs'?"},
      {{"analyze", "--only-nmaed"}, 2, "did you mean '--only-named'?"},
      {{"report", "--frobnicate"},
       2,
       "symscan: report has no option '--frobnicate'; see symscan report --help"},
      {{"--versoin"}, 2, "there is no option '--versoin'; did you mean '--version'?"},
      {{"report"}, 2, "DIRECTORY is required"},
      {{"train", "nosuch"}, 42, "symscan datasets"},
      {{"train", "circle", "--dry-run", "--json"}, 2, "leave out --json or --dry-run"},
      {{"datasets", "kelper"}, 42, "there is no dataset 'kelper'; did you mean 'kepler'?"},
      {{"generate", "kelper", "--out", "x.csv"}, 42, "there is no dataset 'kelper'; did you mean 'kepler'?"},
      {{"generate", "xyzzy", "--out", "x.csv"}, 42, "there is no dataset 'xyzzy'; symscan datasets lists"},
      {{"generate", "file", "--out", "x.csv"}, 2, "generate writes built-in datasets"},
      {{"completion", "tcsh"}, 2, "bash, zsh and fish"},
  };
  for (const Case& c : cases) {
    const auto run = run_program(c.arguments);
    EXPECT_EQ(run.code, c.code) << run.errors;
    EXPECT_TRUE(contains(run.errors, c.fragment)) << run.errors << " lacks " << c.fragment;
    EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1) << run.errors;
    EXPECT_EQ(run.output, "");
  }
}

TEST(Datasets, AreShownTogetherOrOneByOne) {
  const std::string all = run_program({"datasets"}).output;
  std::string one_by_one, names;
  for (const BuiltinDataset& dataset : builtin_datasets()) {
    one_by_one += run_program({"datasets", dataset.kind}).output;
    names += dataset.kind + "\n";
  }
  EXPECT_EQ(one_by_one + run_program({"datasets", "file"}).output, all);
  EXPECT_EQ(run_program({"datasets", "--names"}).output, names);
  expect_narrow(all);
}

/// The settings that make an example small.
std::string small(const Example& example) {
  if (!example.command.starts_with("symscan train")) return "";
  return std::string(contains(example.command, "--data") ? " dataset.max_rows=200"
                                                         : " dataset.n=200 name=circle") +
         " train.epochs=1 model.hidden=[8]";
}

TEST(Help, EveryExampleRuns) {
  const TemporaryFolder folder;
  const std::string path = folder.path().string();
  write_text(folder / "config.json", R"({"dataset": "circle", "model": {"latent_dim": 2}})");
  ASSERT_EQ(run_shell("symscan generate sphere --n 200 --out events.csv && "
                      "symscan generate disk --n 200 --out arrays.npz && "
                      "symscan generate circle --n 200 --out other.csv && "
                      "symscan generate ee_mumu --n 200 --out muons.lhe.gz",
                      path)
                .code,
            0);
  for (const CommandText& command : command_texts()) {
    for (const Example& example : command.examples) {
      const auto run = run_shell(example.command + small(example), path);
      EXPECT_EQ(run.code, 0) << example.command << "\n" << run.errors;
    }
  }
}

TEST(ManPage, HasEveryOptionAndNoWarnings) {
  const TemporaryFolder folder;
  const std::string page = run_program({"man"}).output;
  EXPECT_EQ(page, man_page());
  for (const CommandText& command : command_texts()) {
    for (const OptionText& option : command.options) {
      for (std::string name : option.names) {
        for (std::size_t at = 0; (at = name.find('-', at)) != std::string::npos; at += 2)
          name.insert(at, "\\");
        EXPECT_TRUE(contains(page, "\\fB" + name)) << name;
      }
    }
  }
  write_text(folder / "symscan.1", page);
  int checked = 0;
  if (has_command("groff")) {
    const auto run = run_shell("groff -ww -man -Tutf8 symscan.1", folder.path().string());
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.errors, "");
    ++checked;
  }
  if (has_command("man")) {
    const auto run = run_shell("man --warnings -E UTF-8 -l - < symscan.1", folder.path().string());
    EXPECT_EQ(run.errors, "");
    ++checked;
  }
  if (checked == 0) GTEST_SKIP() << "neither groff nor man is installed";
}

class Completions : public testing::TestWithParam<const char*> {};

TEST_P(Completions, HaveEveryOption) {
  const std::string shell = GetParam(), script = completion_script(shell);
  for (const CommandText& command : visible_commands()) {
    EXPECT_TRUE(contains(script, command.name)) << command.name;
    for (const OptionText& option : command.options) {
      for (const std::string& name : option.names) {
        const bool is_long = name.rfind("--", 0) == 0;
        const std::string word = shell != "fish" ? name
                                 : is_long       ? "-l " + name.substr(2)
                                                 : "-s " + name.substr(1);
        EXPECT_TRUE(contains(script, word)) << name;
      }
    }
  }
}

TEST_P(Completions, AreValid) {
  const std::string shell = GetParam();
  if (!has_command(shell)) GTEST_SKIP() << shell << " is not installed";
  const TemporaryFolder folder;
  write_text(folder / "script", completion_script(shell));
  const auto run = run_shell(shell + " -n script", folder.path().string());
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(run.errors, "");
}

INSTANTIATE_TEST_SUITE_P(Shells, Completions, testing::Values("bash", "zsh", "fish"),
                         [](const auto& shell) { return std::string(shell.param); });

TEST(BashCompletion, CompletesCommandsOptionsDatasetsAndFiles) {
  if (!has_command("bash")) GTEST_SKIP() << "bash is not installed";
  const TemporaryFolder folder;
  write_text(folder / "my data.csv", "1,2\n");
  std::filesystem::create_directory(folder / "my_runs");
  const auto completed = [&](const std::string& words) {
    const auto run = run_shell(
        "source <(symscan completion bash)\ncomplete -p symscan > /dev/null || exit 3\n"
        "COMP_WORDS=(" +
            words +
            ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_symscan\n"
            "printf '%s\\n' \"${COMPREPLY[@]}\" | sort",
        folder.path().string(), "bash");
    EXPECT_EQ(run.code, 0) << run.errors;
    EXPECT_EQ(run.errors, "");
    return run.output;
  };
  EXPECT_EQ(completed("symscan tr"), "train\n");
  EXPECT_EQ(completed("symscan d"), "datasets\ndecode\ndoctor\n");
  EXPECT_EQ(completed("symscan --v"), "--version\n");
  EXPECT_EQ(completed("symscan help ana"), "analyze\n");
  EXPECT_EQ(completed("symscan train --no-"), "--no-analysis\n--no-report\n");
  EXPECT_EQ(completed("symscan train --tier c"), "cached\n");
  EXPECT_EQ(completed("symscan train --tier = f"), "fused\n");
  EXPECT_EQ(completed("symscan train --device =").substr(0, 5), "auto\n");
  EXPECT_EQ(completed("symscan train kep"), "kepler\n");
  EXPECT_EQ(completed("symscan generate torus --out my"), "my data.csv\nmy_runs\n");
  EXPECT_EQ(completed("symscan train my"), "my data.csv\nmy_runs\n");
  EXPECT_EQ(completed("symscan train --data my\\ d"), "my data.csv\n");
  EXPECT_EQ(completed("symscan report my"), "my_runs\n");
  std::string kinds;
  for (const BuiltinDataset& dataset : builtin_datasets()) kinds += dataset.kind + "\n";
  EXPECT_EQ(completed("symscan generate ''"), kinds);
}

}  // namespace
}  // namespace symscan::test
