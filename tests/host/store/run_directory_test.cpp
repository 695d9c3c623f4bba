#include "host/store/run_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>

#include "host/base/error.hpp"
#include "host/config/config.hpp"
#include "tests/host/base/process_limit.hpp"
#include "tests/host/base/system_calls.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

namespace fs = std::filesystem;
using Mode = RunDirectory::Mode;

constexpr Mode modes[] = {Mode::fresh, Mode::resume, Mode::overwrite};

SweepConfig small_sweep() {
  return parse_config(Json{{"dataset", {{"kind", "circle"}, {"n", 100}}}, {"train", {{"epochs", 1}}}});
}

/// The error of opening `run`; an empty one with code 0 if it works.
struct Refusal {
  ExitCode code = ExitCode::done;
  std::string sentence;
};

Refusal open_run(const fs::path& run, Mode mode) {
  try {
    const RunDirectory opened(run, mode, small_sweep(), "cpu");
    return {};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
}

void expect_refused(const fs::path& run, Mode mode, const std::string& text,
                    ExitCode code = ExitCode::bad_input) {
  const Refusal refusal = open_run(run, mode);
  EXPECT_EQ(static_cast<int>(refusal.code), static_cast<int>(code)) << refusal.sentence;
  EXPECT_NE(refusal.sentence.find(text), std::string::npos) << refusal.sentence << " lacks " << text;
}

void expect_opened(const fs::path& run, Mode mode) {
  EXPECT_EQ(open_run(run, mode).sentence, "");
}

/// Every file of a folder with its bytes.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename().string()] = entry.is_symlink()
                                                  ? "-> " + fs::read_symlink(entry.path()).string()
                                              : entry.is_regular_file() ? read_text_file(entry.path())
                                                                        : "no file";
  }
  return files;
}

TEST(RunDirectory, TakesOnlyItsOwnNamesForAnalysisParts) {
  const TemporaryFolder folder;
  for (const char* name :
       {"analysis_shard_0_of_2.json", "analysis_shard_my_notes.json", "analysis_shard_2_of_2.json",
        "analysis_shard_00_of_2.json", "analysis_shard_0_of_2.json.bak", "analysis_shard__of_.json",
        "analysis_shard_1_of_2_of_3.json"})
    write_text(folder / name, "{}");
  fs::create_directory(folder / "analysis_shard_1_of_2.json");
  const auto files = analysis_part_files(folder.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].filename(), "analysis_shard_0_of_2.json");
}

TEST(RunDirectoryTest, ADirectoryThatIsNotARunIsNeverChanged) {
  const std::map<std::string, void (*)(const TemporaryFolder&)> strangers = {
      {"a database",
       [](const TemporaryFolder& folder) {
         Database(folder / "results.sqlite", Database::Access::create)
             .execute("CREATE TABLE results(x); INSERT INTO results VALUES(1)");
       }},
      {"a database with a table of the same name",
       [](const TemporaryFolder& folder) {
         Database(folder / "results.sqlite", Database::Access::create)
             .execute("CREATE TABLE meta(key, value)");
       }},
      {"no database", [](const TemporaryFolder& folder) { write_text(folder / "results.sqlite", "text"); }},
      {"a folder", [](const TemporaryFolder& folder) { fs::create_directory(folder / "results.sqlite"); }},
      {"a report", [](const TemporaryFolder& folder) { write_text(folder / "report.html", "mine"); }},
      {"a report beside an empty file",
       [](const TemporaryFolder& folder) {
         write_text(folder / "results.sqlite", "");
         write_text(folder / "report.html", "mine");
       }},
      {"a config and a .lock",
       [](const TemporaryFolder& folder) {
         write_text(folder / ".lock", "");
         write_text(folder / "config.json", R"({"dataset": {"kind": "circle"}})");
       }},
      {"a log without its database",
       [](const TemporaryFolder& folder) { write_text(folder / "results.sqlite-wal", "mine"); }},
  };
  for (const auto& [what, make] : strangers) {
    SCOPED_TRACE(what);
    const TemporaryFolder folder;
    make(folder);
    const auto before = contents(folder.path());
    for (const Mode mode : modes) {
      expect_refused(folder.path(), mode, "not from a run");
      EXPECT_EQ(contents(folder.path()), before);
    }
  }
}

TEST(RunDirectoryTest, FilesThatAreNotOfTheRunStay) {
  const TemporaryFolder folder;
  expect_opened(folder.path(), Mode::fresh);
  for (const char* name : {".tmp-backup", ".tmp-1-notes.txt", "thesis.tex"})
    write_text(folder / name, "mine");
  for (const Mode mode : {Mode::resume, Mode::overwrite}) {
    expect_opened(folder.path(), mode);
    const auto after = contents(folder.path());
    for (const char* name : {".tmp-backup", ".tmp-1-notes.txt", "thesis.tex"})
      EXPECT_EQ(after.count(name), 1u) << name;
  }
}

TEST(RunDirectoryTest, LinksAreNotWrittenThrough) {
  for (const char* name : {".lock", "results.sqlite", "results.sqlite-wal"}) {
    for (const char* target : {"victim", "missing"}) {
      const TemporaryFolder folder;
      expect_opened(folder / "elsewhere", Mode::fresh);
      fs::copy_file(folder / "elsewhere/results.sqlite", folder / "victim");
      fs::create_directory(folder / "run");
      fs::create_symlink(folder / target, folder / (std::string("run/") + name));
      const std::string before = read_text_file(folder / "victim");
      for (const Mode mode : modes) expect_refused(folder / "run", mode, "symbolic link");
      EXPECT_FALSE(fs::exists(folder / "missing"));
      EXPECT_EQ(read_text_file(folder / "victim"), before);
    }
  }
}

TEST(RunDirectoryTest, APipeIsNoLock) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / ".lock").c_str(), 0600), 0);
  for (const Mode mode : modes) expect_refused(folder.path(), mode, ".lock");
}

TEST(RunDirectoryTest, WhatALockSaysIsTold) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  expect_opened(folder.path(), Mode::fresh);
  system_calls.flock_error = EWOULDBLOCK;
  expect_refused(folder.path(), Mode::resume, "another symscan process", ExitCode::interrupted);
  for (const int error : {EOPNOTSUPP, ENOSYS, EINVAL}) {
    system_calls.flock_error = error;
    expect_refused(folder.path(), Mode::resume, "has no file locks; choose an --out on a local disk");
  }
  system_calls.flock_error = ENOLCK;
  expect_refused(folder.path(), Mode::resume, "local disk", ExitCode::interrupted);
  system_calls.flock_error = EIO;
  expect_refused(folder.path(), Mode::resume, "Input/output error", ExitCode::interrupted);
  system_calls.flock_error = 0;
  system_calls.interruptions = 2;
  expect_opened(folder.path(), Mode::resume);
}

TEST(RunDirectoryTest, TwoAtOneTimeAreRefused) {
  const TemporaryFolder folder;
  const RunDirectory first(folder.path(), Mode::fresh, small_sweep(), "cpu");
  for (const Mode mode : {Mode::resume, Mode::overwrite})
    expect_refused(folder.path(), mode, "another symscan process", ExitCode::interrupted);
}

TEST(RunDirectoryTest, ARefusedRunIsNotLockedAfterwards) {
  const TemporaryFolder folder;
  expect_opened(folder.path(), Mode::fresh);
  const SweepConfig other = parse_config(Json{{"dataset", {{"kind", "disk"}}}});
  EXPECT_THROW(RunDirectory(folder.path(), Mode::resume, other, "cpu"), ConfigError);
  expect_opened(folder.path(), Mode::resume);
}

TEST(RunDirectoryTest, ADamagedLedgerOfARunCanBeReplaced) {
  const TemporaryFolder folder;
  expect_opened(folder.path(), Mode::fresh);
  write_text(folder / "results.sqlite", std::string(20000, 'x'));
  for (const Mode mode : {Mode::fresh, Mode::resume}) expect_refused(folder.path(), mode, "--overwrite");
  expect_opened(folder.path(), Mode::overwrite);
  expect_opened(folder.path(), Mode::resume);

  write_text(folder / "results.sqlite", std::string(20000, 'x'));
  write_text(folder / "config.json", "{\"my\": \"config\"}");
  expect_refused(folder.path(), Mode::overwrite, "not from a run");
}

TEST(RunDirectoryTest, AKilledCreationIsTakenUp) {
  const TemporaryFolder folder;
  write_text(folder / ".lock", "");
  write_text(folder / "results.sqlite", "");
  expect_opened(folder.path(), Mode::resume);
}

TEST(RunDirectoryTest, AnotherDirectoryInItsPlaceIsNotWritten) {
  const TemporaryFolder folder;
  const RunDirectory run(folder / "run", Mode::fresh, small_sweep(), "cpu");
  run.check_still_there();
  fs::rename(folder / "run", folder / "moved");
  EXPECT_THROW(run.check_still_there(), Error);
  expect_opened(folder / "run", Mode::fresh);
  EXPECT_THROW(run.check_still_there(), Error);
  fs::remove_all(folder / "run");
  fs::rename(folder / "moved", folder / "run");
  run.check_still_there();
  fs::rename(folder / "run/results.sqlite", folder / "run/kept");
  fs::copy_file(folder / "run/kept", folder / "run/results.sqlite");
  EXPECT_THROW(run.check_still_there(), Error);
}

TEST(RunDirectoryTest, PassingTroubleIsNoDamage) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  expect_opened(folder / "run", Mode::fresh);
  {
    const ProcessLimit limit(RLIMIT_NOFILE, 0);
    const Refusal refusal = open_run(folder / "run", Mode::resume);
    EXPECT_EQ(static_cast<int>(refusal.code), 75) << refusal.sentence;
    EXPECT_EQ(refusal.sentence.find("--overwrite"), std::string::npos) << refusal.sentence;
  }
  {
    const ProcessLimit limit(RLIMIT_NOFILE, 0);
    expect_refused(folder / "new", Mode::fresh, "ulimit -n", ExitCode::interrupted);
  }
  system_calls.mkdir_error = EDQUOT;
  expect_refused(folder / "other", Mode::fresh, "quota", ExitCode::interrupted);
  system_calls.mkdir_error = 0;
  system_calls.fsync_error = EIO;
  expect_refused(folder / "other", Mode::fresh, "Input/output error", ExitCode::interrupted);
}

}  // namespace
}  // namespace symscan::test
