// A process loads and prepares each dataset once: the analysis after training gets its rows from there, and
// says byte for byte what it says after loading them again.
#include <sys/inotify.h>

#include "host/data/dataset.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/findings/findings.hpp"
#include "host/library/run_outputs.hpp"
#include "host/store/run_directory.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// Counts how often a file is opened, by any process.
class OpenCounter {
 public:
  explicit OpenCounter(const std::string& file) : events_(inotify_init1(IN_NONBLOCK)) {
    // With IN_CLOSE, as equal events that follow each other would be merged.
    if (inotify_add_watch(events_, file.c_str(), IN_OPEN | IN_CLOSE) < 0)
      throw std::runtime_error("no inotify");
  }
  ~OpenCounter() { close(events_); }
  OpenCounter(const OpenCounter&) = delete;
  OpenCounter& operator=(const OpenCounter&) = delete;

  /// Since the last call.
  int count() {
    int opened = 0;
    alignas(inotify_event) char buffer[4096];
    for (ssize_t size; (size = read(events_, buffer, sizeof buffer)) > 0;) {
      for (ssize_t at = 0; at < size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if ((event->mask & IN_OPEN) != 0) ++opened;
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      }
    }
    return opened;
  }

 private:
  int events_;
};

/// A file with event weights, and a built-in dataset beside it.
std::string sweep_on(const std::string& file) {
  return R"({"name": "once", "dataset": [{"kind": "file", "path": ")" + file +
         R"(", "weights": "weight"}, {"kind": "annulus", "n": 700}],
    "model": {"hidden": [8], "latent_dim": 2}, "train": {"epochs": 1, "batch_size": 512}})";
}

void write_events(const std::string& file, int rows) {
  std::string text = "x,y,weight\n";
  for (int row = 0; row < rows; ++row) {
    const int step = row * 7919 % rows;
    text += std::to_string(0.001 * step) + "," + std::to_string(step % 97) + "," +
            std::to_string(1 + row % 3) + "\n";
  }
  write_text(file, text);
}

std::vector<std::string> train_once(const TemporaryFolder& folder, const std::string& out) {
  return {"train", folder / "once.json", "--out", out, "--no-report", "--device", "cpu"};
}

TEST(Train, LoadsAFileOnce) {
  const TemporaryFolder folder;
  const std::string file = folder / "events.csv";
  write_events(file, 900);
  write_text(folder / "once.json", sweep_on(file));
  OpenCounter opened(file);
  auto without = train_once(folder, folder / "without");
  without.emplace_back("--no-analysis");
  ASSERT_EQ(run_program(without).code, 0);
  const int once = opened.count();
  EXPECT_GT(once, 0);
  const auto run = run_program(train_once(folder, folder / "with"));
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(opened.count(), once);
  ASSERT_EQ(run_program({"analyze", folder / "with", "--no-report", "--only-named"}).code, 0);
  EXPECT_GT(opened.count(), 0) << "openings are not seen";
}

TEST(Train, TheAnalysisIsThatOfRowsLoadedAgain) {
  const TemporaryFolder folder;
  write_events(folder / "events.csv", 20500);  // more than the analysis looks at
  write_text(folder / "once.json", sweep_on(folder / "events.csv"));
  const auto run = run_program(train_once(folder, folder / "run"));
  ASSERT_EQ(run.code, 0) << run.errors;
  const std::string kept = read_text_file(folder / "run/analysis.json");
  Ledger ledger = Ledger::open(ledger_file(folder / "run"), true);
  write_findings(folder.path(), analyse(load_results(ledger), ledger, quick_findings(2)));
  EXPECT_EQ(read_text_file(folder / "analysis.json"), kept);
  EXPECT_NE(kept.find("Tests of the distribution use the event weights"), std::string::npos);
  EXPECT_EQ(kept.find("rows kept with the run"), std::string::npos);
}

}  // namespace
}  // namespace symscan::test
