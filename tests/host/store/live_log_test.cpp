// Logs that grow while a sweep trains: metrics.jsonl and the event files of TensorBoard.
#include "host/store/live_log.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sstream>

#include "host/library/symscan.hpp"
#include "host/store/appended_file.hpp"
#include "host/store/event_files.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/run_files.hpp"
#include "host/store/tensorboard_log.hpp"
#include "host/store/tensorboard_records.hpp"
#include "tests/host/base/process_limit.hpp"
#include "tests/host/base/system_calls.hpp"
#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

namespace fs = std::filesystem;
using Existing = TrainingOptions::Existing;

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::istringstream text(read_text_file(file));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

bool are_among(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  const auto left = sorted(some), right = sorted(all);
  return std::includes(right.begin(), right.end(), left.begin(), left.end());
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

/// The data of the records of an event file; a fault in their framing ends it.
std::vector<std::string> data_of_records(const std::string& bytes) {
  const auto number = [&](std::size_t at, auto value) {
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  const auto is_masked_crc = [](std::uint32_t masked, std::string_view data) {
    const std::uint32_t crc = crc32c(data);
    return masked == ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
  };
  std::vector<std::string> found;
  for (std::size_t at = 0; at < bytes.size();) {
    const bool has_head = at + 12 <= bytes.size();
    const std::uint64_t size = has_head ? number(at, std::uint64_t{}) : 0;
    if (!has_head || at + 16 + size > bytes.size() ||
        !is_masked_crc(number(at + 8, std::uint32_t{}), std::string_view(bytes).substr(at, 8)) ||
        !is_masked_crc(number(at + 12 + size, std::uint32_t{}),
                       std::string_view(bytes).substr(at + 12, size))) {
      ADD_FAILURE() << "no record at byte " << at;
      break;
    }
    found.push_back(bytes.substr(at + 12, size));
    at += 16 + size;
  }
  return found;
}

TEST(TensorboardRecords, HaveTheChecksumsOfRfc3720) {
  // RFC 3720, appendix B.4; the sums are printed there with the lowest byte first.
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i), falling += static_cast<char>(31 - i);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(rising), 0x46dd794eu);
  EXPECT_EQ(crc32c(falling), 0x113fdb5cu);
  EXPECT_EQ(crc32c(from_hex("01c00000000000000000000000000000140000000000040000000014000000182800000000000000"
                            "0200000000000000")),
            0xd9963a56u);
}

TEST(TensorboardRecords, AreFramedAsTensorflowFramesThem) {
  // How every event file of TensorFlow begins: a length of 24 and its masked sum.
  const std::string first = version_record(1.0);
  EXPECT_EQ(first.substr(0, 12), from_hex("1800000000000000a37f4b22"));
  // Event {wall_time: 1, file_version: "brain.Event:2"}
  EXPECT_EQ(data_of_records(first),
            std::vector<std::string>({from_hex("09000000000000f03f1a0d") + "brain.Event:2"}));
}

TEST(TensorboardRecords, HoldMessagesInTheWireFormat) {
  // Event {wall_time: 2, step: 300, summary {value {tag: "kl", simple_value: 0.5}}}
  EXPECT_EQ(data_of_records(scalars_record(2.0, 300, {{"kl", 0.5}}))[0],
            from_hex("090000000000000040"  // 1: float64 2
                     "10ac02"              // 2: varint 300
                     "2a0b0a09"            // 5 of 11 bytes: 1 of 9 bytes
                     "0a026b6c"            // 1: "kl"
                     "150000003f"));       // 2: float32 0.5
}

TEST(AppendedFile, TakesAllOrNothing) {
  const TemporaryFolder folder;
  write_text(folder / "log", std::string(1000, 'a'));
  {
    const ProcessLimit full(RLIMIT_FSIZE, 1500);
    append_to_file(folder / "log", std::string(400, 'b'));
    EXPECT_THROW(append_to_file(folder / "log", std::string(200, 'c')), Error);
    EXPECT_THROW(create_file(folder / "new", std::string(2000, 'c')), Error);
  }
  EXPECT_EQ(read_text_file(folder / "log"), std::string(1000, 'a') + std::string(400, 'b'));
  EXPECT_EQ(read_text_file(folder / "new"), "");
  append_to_file(folder / "log", "d");
  EXPECT_EQ(fs::file_size(folder / "log"), 1401u);
}

TEST(AppendedFile, IsNeverReachedThroughALink) {
  const TemporaryFolder folder;
  write_text(folder / "victim", "mine");
  fs::create_symlink("victim", folder / "link");
  EXPECT_THROW(append_to_file(folder / "link", "x"), Error);
  EXPECT_THROW(create_file(folder / "link", "x"), Error);
  EXPECT_THROW(create_file(folder / "victim", "x"), Error);
  fs::create_hard_link(folder / "victim", folder / "hard");
  EXPECT_THROW(append_to_file(folder / "hard", "x"), Error);
  EXPECT_THROW(append_to_file(folder / "missing", "x"), Error);
  EXPECT_EQ(read_text_file(folder / "victim"), "mine");
}

TEST(LiveLog, MetricsGrowByWhatIsNew) {
  const StoredRun stored;
  Ledger ledger = Ledger::open(stored.file, false);
  std::vector<ReplicaRecord> records;
  for (const ReplicaConfig& config : stored_sweep().replicas)
    records.push_back(ledger.replica(config.id, false));
  const fs::path run = stored.folder.path(), file = run / "metrics.jsonl";
  MetricsLog log(run, records.size());
  log.begin();
  for (const ReplicaConfig& finished : stored_sweep().replicas)
    log.finish(finished, records[static_cast<std::size_t>(finished.id)].result);
  log.flush();
  ASSERT_EQ(lines_of(file).size(), 4u) << "two epochs of each of the replicas that are done";
  const ReplicaConfig& config = stored_sweep().replicas[3];
  const ReplicaResult result = stored_result(config);
  log.add(config, {{result.history.data(), 1}, {}});
  EXPECT_EQ(lines_of(file).size(), 4u) << "nothing before flush()";
  log.flush();
  EXPECT_EQ(lines_of(file).size(), 5u);
  log.add(config, {{result.history.data(), 1}, {}});
  log.flush();
  EXPECT_EQ(lines_of(file).size(), 5u) << "no line twice";
  log.finish(config, result);
  log.flush();
  const auto grown = lines_of(file);
  ASSERT_EQ(grown.size(), 6u);
  // The same lines as at the end of the run.
  ledger.finish(config, result);
  ledger.retry_failed();
  RunResults results;
  results.sweep = stored_sweep();
  for (const ReplicaConfig& each : results.sweep.replicas)
    results.replicas.push_back(ledger.replica(each.id, false));
  write_metrics(run / "end.jsonl", results, ledger);
  EXPECT_EQ(grown, lines_of(run / "end.jsonl"));
}

/// A library's training that is watched.
struct WatchedRun {
  const TemporaryFolder folder;
  const fs::path run = folder.path() / "run", metrics = run / "metrics.jsonl";
  std::atomic<bool> stop{false};
  TrainingOptions options;
  std::vector<std::string> warnings;
  SweepText sweep = {
      R"({"model": {"hidden": [8], "latent_dim": [1, 2]}, "seeds": [1, 2], "relevance": {"every": 5},
    "train": {"epochs": 40, "batch_size": 32, "validation_fraction": 0.1}})"};

  WatchedRun() {
    options.directory = run;
    options.device = "cpu";
    options.threads = 2;
    options.checkpoint_seconds = 0.001;
    options.existing = Existing::resume;
    options.stop = &stop;
    options.warn = [this](const std::string& sentence) { warnings.push_back(sentence); };
  }
  bool train_on() {
    std::vector<double> values;
    for (int row = 0; row < 600; ++row)
      values.insert(values.end(), {std::cos(2.4 * row), std::sin(2.4 * row)});
    return train(make_table({"x", "y"}, values), sweep, options).complete();
  }
  /// Trains until the file has `lines` lines, then stops.
  void train_until(std::size_t lines) {
    options.progress = [this, lines](const TrainingProgress&) {
      if (lines_of(metrics).size() >= lines) stop = true;
    };
    EXPECT_FALSE(train_on());
    stop = false;
    options.progress = {};
  }
};

TEST(LiveLog, MetricsGrowWhileARunTrainsAndAreBegunAnewOnResume) {
  WatchedRun watched;
  watched.sweep.settings = {"train.epochs=4000"};
  watched.train_until(1);
  const auto before = lines_of(watched.metrics);
  ASSERT_GE(before.size(), 1u);
  EXPECT_FALSE(fs::exists(watched.run / "summary.json"));
  // A kill may leave half a line; what the ledger does not know is gone.
  write_text(watched.metrics, before[0] + "\n" + before[0] + "\n{\"replica\":");
  std::vector<std::string> first;
  watched.options.progress = [&](const TrainingProgress&) {
    if (first.empty()) first = lines_of(watched.metrics);
    watched.stop = true;
  };
  EXPECT_FALSE(watched.train_on());
  EXPECT_TRUE(are_among(before, first)) << "all lines are there again";
  const auto unique = sorted(first);
  EXPECT_EQ(std::adjacent_find(unique.begin(), unique.end()), unique.end()) << "none is there twice";
  watched.stop = false;
  watched.options.progress = {};
  ASSERT_TRUE(watched.train_on());
  EXPECT_TRUE(watched.warnings.empty()) << watched.warnings[0];
  const auto end = lines_of(watched.metrics);
  EXPECT_EQ(end.size(), 4u * 4000u);
  EXPECT_TRUE(are_among(first, end)) << "the lines of the end, with the relevances";
}

TEST(LiveLog, MetricsOfAllSortsHaveGrownToTheLinesOfTheEnd) {
  WatchedRun watched;
  std::vector<std::string> last;
  watched.options.progress = [&](const TrainingProgress& progress) {
    if (progress.finished == progress.replicas) last = lines_of(watched.metrics);
  };
  ASSERT_TRUE(watched.train_on());
  EXPECT_EQ(sorted(last), sorted(lines_of(watched.metrics)));
  EXPECT_EQ(last.size(), 160u);
}

TEST(LiveLog, ALogThatCannotGrowCostsAWarning) {
  WatchedRun watched;
  write_text(watched.folder / "victim", "mine");
  watched.options.progress = [&](const TrainingProgress&) {
    if (fs::is_symlink(watched.metrics)) return;
    fs::remove(watched.metrics);
    fs::create_symlink(watched.folder.path() / "victim", watched.metrics);
  };
  watched.sweep.settings = {"train.epochs=400"};
  ASSERT_TRUE(watched.train_on());
  ASSERT_EQ(watched.warnings.size(), 1u);
  EXPECT_NE(watched.warnings[0].find("metrics.jsonl does not grow any more (cannot write"), std::string::npos)
      << watched.warnings[0];
  EXPECT_EQ(read_text_file(watched.folder / "victim"), "mine");
  EXPECT_EQ(lines_of(watched.metrics).size(), 1600u);
}

TEST(LiveLog, AFullDiskEndsTheEventFilesAndNotTheTraining) {
  const FreshSystemCalls fresh;
  WatchedRun watched;
  watched.options.logs = {"tensorboard"};
  fs::create_directory(watched.run);
  system_calls.mkdir_error = ENOSPC;
  ASSERT_TRUE(watched.train_on());
  ASSERT_EQ(watched.warnings.size(), 1u);
  EXPECT_NE(watched.warnings[0].find("tensorboard does not grow any more"), std::string::npos)
      << watched.warnings[0];
  EXPECT_NE(watched.warnings[0].find("No space left"), std::string::npos) << watched.warnings[0];
  EXPECT_EQ(lines_of(watched.metrics).size(), 160u);
  // When there is space again, the finished run gets its event files.
  system_calls.mkdir_error = 0;
  ASSERT_TRUE(watched.train_on());
  EXPECT_EQ(event_files(watched.run).size(), 4u);
}

TEST(LiveLog, EventFilesOfEveryReplica) {
  WatchedRun watched;
  watched.options.logs = {"tensorboard"};
  watched.sweep.settings = {"train.epochs=1000"};
  watched.train_until(1);
  ASSERT_FALSE(event_files(watched.run).empty());
  ASSERT_TRUE(watched.train_on());
  EXPECT_TRUE(watched.warnings.empty()) << watched.warnings[0];
  const auto files = event_files(watched.run);
  ASSERT_EQ(files.size(), 4u) << "those from before are replaced";
  for (const fs::path& file : files) {
    const auto records = data_of_records(read_text_file(file));
    // The version, the settings, 1000 epochs, the relevances.
    EXPECT_EQ(records.size(), 1003u) << file;
    EXPECT_NE(records[1].find("latent_dim"), std::string::npos);
    EXPECT_NE(records[1].find(", seed "), std::string::npos);
    EXPECT_NE(records.back().find("final_relevance/z1"), std::string::npos);
  }
}

TEST(LiveLog, EventFilesOfOthersStay) {
  WatchedRun watched;
  watched.options.logs = {"tensorboard"};
  ASSERT_TRUE(watched.train_on());
  const fs::path folder = watched.run / "tensorboard";
  const std::vector<fs::path> foreign = {folder / "notes.txt",
                                         folder / "replica_00000/events.out.tfevents.1.host",
                                         folder / "replica_mine/events.out.tfevents.1.symscan"};
  fs::create_directory(folder / "replica_mine");
  for (const fs::path& file : foreign) write_text(file.string(), "mine");
  // A folder of others under a name of ours.
  fs::create_directory(watched.folder / "elsewhere");
  write_text(watched.folder / "elsewhere/events.out.tfevents.1.symscan", "mine");
  fs::create_directory_symlink(watched.folder / "elsewhere", folder / "replica_00007");
  const auto files = event_files(watched.run);
  ASSERT_EQ(files.size(), 4u);
  watched.options.existing = Existing::overwrite;
  watched.options.logs = {};
  ASSERT_TRUE(watched.train_on());
  EXPECT_TRUE(event_files(watched.run).empty());
  EXPECT_FALSE(fs::exists(folder / "replica_00001"));
  for (const fs::path& file : foreign) EXPECT_EQ(read_text_file(file), "mine") << file;
  EXPECT_EQ(read_text_file(watched.folder / "elsewhere/events.out.tfevents.1.symscan"), "mine");
}

TEST(LiveLog, EventFilesWithoutTheirRunAreNotReplaced) {
  WatchedRun watched;
  fs::create_directories(watched.run / "tensorboard/replica_00000");
  const std::string file = watched.run / "tensorboard/replica_00000/events.out.tfevents.1.symscan";
  write_text(file, "mine");
  for (const Existing existing : {Existing::refuse, Existing::resume, Existing::overwrite}) {
    watched.options.existing = existing;
    expect_refusal(refusal_of([&] { watched.train_on(); }), ExitCode::bad_input, "not from a run");
    EXPECT_EQ(read_text_file(file), "mine");
  }
}

TEST(LiveLog, ALinkInThePlaceOfTheEventFolderIsRefused) {
  WatchedRun watched;
  watched.options.logs = {"tensorboard"};
  fs::create_directory(watched.run);
  fs::create_directory(watched.folder / "elsewhere");
  fs::create_directory_symlink(watched.folder / "elsewhere", watched.run / "tensorboard");
  expect_refusal(refusal_of([&] { watched.train_on(); }), ExitCode::bad_input, "link in the place");
  EXPECT_TRUE(fs::is_empty(watched.folder / "elsewhere"));
  watched.options.logs = {};
  EXPECT_TRUE(watched.train_on());
}

TEST(LiveLog, LogsThatCannotBeAreRefusedBeforeTraining) {
  WatchedRun watched;
  watched.options.logs = {"tensorbord"};
  expect_refusal(refusal_of([&] { watched.train_on(); }), ExitCode::usage, "there is no log 'tensorbord'");
  watched.options.logs = {"tensorboard"};
  Json seeds = Json::array();
  for (int seed = 0; seed < 501; ++seed) seeds.push_back(seed);
  watched.sweep.settings = {"seeds=" + seeds.dump()};
  expect_refusal(refusal_of([&] { watched.train_on(); }), ExitCode::usage, "1002 replicas");
  EXPECT_FALSE(fs::exists(watched.run));
  watched.sweep.settings = {};
  watched.options.directory.clear();
  expect_refusal(refusal_of([&] { watched.train_on(); }), ExitCode::usage, "TrainingOptions::directory");
}

}  // namespace
}  // namespace symscan::test
