#include "host/base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <thread>

#include "host/base/error.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/write_table.hpp"
#include "tests/host/base/process_limit.hpp"
#include "tests/host/base/system_calls.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
SystemCalls system_calls;
}

namespace {

/// Whether the call fails now; errno is set then.
bool fails(int error) {
  auto& calls = symscan::test::system_calls;
  if (calls.interruptions > 0) {
    --calls.interruptions;
    errno = EINTR;
    return true;
  }
  errno = error;
  return error != 0;
}

}  // namespace

// In the place of the C library's.
extern "C" int flock(int file, int operation) noexcept {
  if (fails(symscan::test::system_calls.flock_error)) return -1;
  return static_cast<int>(syscall(SYS_flock, file, operation));
}

extern "C" int mkdir(const char* path, mode_t mode) noexcept {
  if (fails(symscan::test::system_calls.mkdir_error)) return -1;
  return static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

extern "C" int fsync(int file) {
  if (fails(symscan::test::system_calls.fsync_error)) return -1;
  struct stat status {};
  if (fstat(file, &status) == 0) symscan::test::system_calls.synced.push_back(status.st_ino);
  return static_cast<int>(syscall(SYS_fsync, file));
}

namespace symscan::test {
namespace {

namespace fs = std::filesystem;

std::string temporary_name(const std::string& name) {
  return ".symscan-" + std::to_string(getpid()) + "-" + name;
}

/// Calls `action` and expects an Error with this code, whose sentence holds `text`.
template <class Action>
void expect_error(ExitCode code, const std::string& text, Action action) {
  try {
    action();
    ADD_FAILURE() << "no error: " << text;
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
    EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what() << " lacks " << text;
  }
}

std::size_t count_entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

ino_t inode(const fs::path& path) {
  struct stat status {};
  stat(path.c_str(), &status);
  return status.st_ino;
}

bool was_synced(const fs::path& path) {
  const auto& synced = system_calls.synced;
  return std::find(synced.begin(), synced.end(), inode(path)) != synced.end();
}

pid_t dead_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

TEST(File, IsReplacedAsAWholeAndSynced) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  write_text(folder / "a.txt", "old");
  write_file_atomically(folder / "a.txt", "new");
  EXPECT_EQ(read_text_file(folder / "a.txt"), "new");
  EXPECT_TRUE(was_synced(folder / "a.txt"));
  EXPECT_TRUE(was_synced(folder.path()));
  EXPECT_EQ(count_entries(folder.path()), 1u);
}

TEST(File, LibrariesGetAnEmptyFileOfOurs) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "a.h5", [&](const fs::path& temporary) {
    EXPECT_EQ(temporary.filename(), temporary_name("a.h5"));
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(temporary)));
    EXPECT_EQ(fs::file_size(temporary), 0u);
    std::ofstream(temporary) << "text";
  });
  EXPECT_EQ(read_text_file(folder / "a.h5"), "text");
}

TEST(File, ALinkUnderTheTemporaryNameIsRefused) {
  const TemporaryFolder folder;
  write_text(folder / "victim", "mine");
  fs::create_symlink("victim", folder / temporary_name("a.txt"));
  expect_error(ExitCode::bad_input, "in the way", [&] { write_file_atomically(folder / "a.txt", "x"); });
  EXPECT_EQ(read_text_file(folder / "victim"), "mine");
  EXPECT_FALSE(fs::exists(folder / "a.txt"));
  EXPECT_TRUE(fs::is_symlink(folder / temporary_name("a.txt")));
}

TEST(File, ALeftoverUnderTheTemporaryNameIsReplaced) {
  const TemporaryFolder folder;
  write_text(folder / "victim", "mine");
  fs::create_hard_link(folder / "victim", folder / temporary_name("a.txt"));
  write_file_atomically(folder / "a.txt", "new");
  EXPECT_EQ(read_text_file(folder / "a.txt"), "new");
  EXPECT_EQ(read_text_file(folder / "victim"), "mine");
  EXPECT_EQ(count_entries(folder.path()), 2u);
}

TEST(File, ALinkIsReplacedNotFollowed) {
  const TemporaryFolder folder;
  write_text(folder / "victim", "mine");
  fs::create_symlink("victim", folder / "a.txt");
  write_file_atomically(folder / "a.txt", "new");
  EXPECT_EQ(read_text_file(folder / "victim"), "mine");
  EXPECT_FALSE(fs::is_symlink(folder / "a.txt"));
}

TEST(File, PipesAndFoldersAreNotReplaced) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_directory(folder / "sub");
  for (const char* name : {"pipe", "sub"})
    expect_error(ExitCode::bad_input, name, [&] { write_file_atomically(folder / name, "x"); });
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  EXPECT_EQ(count_entries(folder.path()), 2u);
}

TEST(File, PassingTroubleIsToldAsWhatItIs) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  const auto write = [&] { write_file_atomically(folder / "a.txt", std::string(100000, 'x')); };
  {
    const ProcessLimit limit(RLIMIT_FSIZE, 50000);
    expect_error(ExitCode::interrupted, "cannot write '" + (folder / "a.txt") + "': File too large", write);
  }
  {
    const ProcessLimit limit(RLIMIT_NOFILE, 0);
    expect_error(ExitCode::interrupted, "ulimit -n", write);
    expect_error(ExitCode::interrupted, "ulimit -n", [&] { read_text_file(SYMSCAN_PROGRAM); });
  }
  for (const int error : {EIO, ENOSPC, EDQUOT}) {
    system_calls.fsync_error = error;
    expect_error(ExitCode::interrupted, std::strerror(error), write);
  }
  expect_error(ExitCode::interrupted, "No space left", [] {
    FileWriter full("/dev/full");
    full.write("x");
  });
  expect_error(ExitCode::bad_input, "No such file",
               [&] { write_file_atomically(folder / "none/a.txt", "x"); });
  EXPECT_EQ(count_entries(folder.path()), 0u);
}

TEST(File, SignalsThatComeBetweenDoNoHarm) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  system_calls.interruptions = 3;
  write_file_atomically(folder / "a.txt", "new");
  EXPECT_EQ(system_calls.interruptions, 0);
  EXPECT_EQ(read_text_file(folder / "a.txt"), "new");
}

TEST(File, LeftoversAreRemovedIfTheyAreOurs) {
  const TemporaryFolder folder;
  const std::string dead = std::to_string(dead_process()), living = std::to_string(getppid());
  for (const std::string& name : {".symscan-" + dead + "-report.html", ".symscan-" + dead + "-x.npz.a1b2c3"})
    write_text(folder / name, "ours");
  const std::vector<std::string> theirs = {".symscan-" + living + "-report.html",
                                           ".tmp-" + dead + "-report.html",
                                           ".tmp-backup",
                                           ".symscan-notes",
                                           ".symscan-" + dead,
                                           ".symscan-x" + dead + "-report.html",
                                           "report.html"};
  for (const std::string& name : theirs) write_text(folder / name, "theirs");
  fs::create_symlink("report.html", folder / (".symscan-" + dead + "-link"));
  fs::create_directory(folder / (".symscan-" + dead + "-folder"));
  remove_leftovers(folder.path());
  for (const std::string& name : theirs) EXPECT_TRUE(fs::exists(folder / name)) << name;
  EXPECT_EQ(count_entries(folder.path()), theirs.size() + 2);
}

TEST(File, FoldersAreOnTheDiskWhenTheyAreMade) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  create_folders(folder / "a/b/c");
  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  EXPECT_TRUE(was_synced(folder.path()) && was_synced(folder / "a") && was_synced(folder / "a/b"));
  create_folders(folder / "a/b/c/");
  write_text(folder / "file", "x");
  expect_error(ExitCode::bad_input, "file'", [&] { create_folders(folder / "file/d"); });
  system_calls.mkdir_error = ENOSPC;
  expect_error(ExitCode::interrupted, "free some space", [&] { create_folders(folder / "d"); });
}

TEST(File, APipeIsReadAndNotWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error(ExitCode::bad_input, "pipe", [&] { read_text_file(folder / "pipe"); });
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(write(ends[1], "text", 4), 4);
    close(ends[1]);
  });
  EXPECT_EQ(read_text_file("/dev/fd/" + std::to_string(ends[0])), "text");
  writer.join();
  close(ends[0]);
}

TEST(File, FoldersAndDevicesAreNotRead) {
  expect_error(ExitCode::bad_input, "folder", [] { read_text_file("/"); });
  expect_error(ExitCode::bad_input, "device", [] { read_text_file("/dev/zero"); });
}

TEST(File, Hdf5NeedsNoLocks) {
  const TemporaryFolder folder;
  const FreshSystemCalls calls;
  Table table;
  table.columns = {"x", "y"};
  table.rows = 2;
  table.values = {1, 2, 3, 4};
  write_table(table, folder / "t.h5");
  FileOptions options;
  options.path = folder / "t.h5";
  system_calls.flock_error = EOPNOTSUPP;
  EXPECT_EQ(load_file_dataset(options).values, table.values);  // nobody can be writing under a lock there
  write_table(table, folder / "u.h5");
  EXPECT_EQ(read_text_file(folder / "u.h5"), read_text_file(folder / "t.h5"));
}

TEST(File, NeverTakesThePlaceOfStandardError) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int number : {0, 1, 2}) close(number);
    const Descriptor file = open_descriptor("/dev/null", O_RDONLY);
    if (file.get() <= STDERR_FILENO) _exit(1);
    hold_standard_descriptors();
    const bool held = open("/dev/null", O_RDONLY | O_CLOEXEC) > STDERR_FILENO;
    _exit(held && write(STDERR_FILENO, "x", 1) == 1 ? 0 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace symscan::test
