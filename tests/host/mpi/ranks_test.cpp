// Ranks in one process: messages, lost ranks, and a sweep that several ranks train.
#include "host/mpi/ranks.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <thread>

#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/mpi/rank_crew.hpp"
#include "host/mpi/rank_worker.hpp"
#include "tests/host/mpi/fake_mpi.hpp"

namespace symscan::test {
namespace {

/// Ends of the ranks other than 0.
struct Ends {
  std::mutex mutex;
  std::vector<RankEnd> list;
};

/// Runs rank 0 and the others, each on a thread of its own.
std::vector<RankEnd> run_ranks(int size, double lost_after, const std::function<void(Ranks&)>& rank_0,
                               const std::function<void(Ranks&)>& others) {
  const MpiApi& api = FakeMpi::of(size);
  Ends ends;
  const auto run = [&] {
    Ranks ranks(api, {lost_after, [&](const RankEnd& end) {
                        const std::lock_guard lock(ends.mutex);
                        ends.list.push_back(end);
                      }});
    if (ranks.rank() == 0) return rank_0(ranks);
    others(ranks);
    while (!ranks.ended()) ranks.wait(0.01);
  };
  {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < size; ++rank) threads.emplace_back(run);
  }
  return ends.list;
}

TEST(Ranks, MessagesArriveInOrderAndAllEndTogether) {
  std::map<int, std::string> arrived;
  const auto ends = run_ranks(
      4, 60,
      [&](Ranks& ranks) {
        for (std::size_t count = 0; count < 300;) {
          ranks.wait(1);
          for (const RankMessage& message : ranks.receive()) arrived[message.from] += message.bytes, ++count;
        }
        ranks.finish(ExitCode::some_failed);
      },
      [](Ranks& ranks) {
        for (int i = 0; i < 100; ++i) ranks.send(0, std::string(1, static_cast<char>(i)));
      });
  ASSERT_EQ(arrived.size(), 3u);
  for (const auto& [from, bytes] : arrived)
    for (int i = 0; i < 100; ++i) EXPECT_EQ(bytes[static_cast<std::size_t>(i)], static_cast<char>(i)) << from;
  ASSERT_EQ(ends.size(), 3u);
  for (const RankEnd& end : ends) {
    EXPECT_EQ(end.code, ExitCode::some_failed);
    EXPECT_FALSE(end.rank_0_is_lost);
  }
  EXPECT_EQ(FakeMpi::finished(), 4);
}

TEST(Ranks, ASilentRankIsLostAndTheOthersEndWithoutIt) {
  bool lost = false;
  const auto ends = run_ranks(
      3, 0.2,
      [&](Ranks& ranks) {
        FakeMpi::silence(2);
        while (!lost) {
          ranks.wait(1);
          for (const RankMessage& message : ranks.receive())
            lost = lost || (message.lost && message.from == 2);
        }
        ranks.finish(ExitCode::done);
      },
      [](Ranks&) {});
  EXPECT_TRUE(lost);
  ASSERT_EQ(ends.size(), 2u);
  EXPECT_EQ(ends[0].rank_0_is_lost + ends[1].rank_0_is_lost, 1) << "the silent one hears nothing either";
  EXPECT_EQ(FakeMpi::finished(), 0) << "MPI_Finalize would wait for the lost rank";
}

TEST(Ranks, WithoutRank0TheOthersEnd) {
  const auto ends = run_ranks(
      3, 0.2,
      [](Ranks& ranks) {
        FakeMpi::silence(0);
        ranks.wait(0.5);
      },
      [](Ranks&) {});
  ASSERT_EQ(ends.size(), 2u);
  for (const RankEnd& end : ends) {
    EXPECT_TRUE(end.rank_0_is_lost);
    EXPECT_EQ(end.code, ExitCode::interrupted);
  }
}

/// A sweep of small replicas, trained by ranks.
class RankSweepTest : public ::testing::Test {
 protected:
  RankSweepTest()
      : sweep_(parse_config(Json::parse(R"({"dataset": {"kind": "circle", "n": 300}, "train": {"epochs": 6},
            "model": {"latent_dim": 2}, "seeds": [1,2,3,4,5,6,7,8,9,10,11,12]})"))),
        prepared_(prepare(load_dataset(sweep_.replicas[0].dataset), sweep_.replicas[0].preprocess)) {
    for (const ReplicaConfig& replica : sweep_.replicas) replicas_.push_back(&replica);
    observer_.begin_batch = observer_.end_batch = [] {};
    observer_.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
      EXPECT_TRUE(parameters_.emplace(config.id, result.parameters).second) << "told twice";
      if (on_finished_) on_finished_();
    };
    observer_.checkpoint = [this](const ReplicaConfig& config, const std::string& blob) {
      saved_[config.id] = blob;
    };
    observer_.tick = [this](const SweepProgress& progress) { progress_ = progress; };
  }

  LocalTraining local() const {
    LocalTraining local;
    local.slots = 1;
    local.run = [this](JobQueue& queue, const std::atomic<bool>& stop, const SweepObserver& observer,
                       SweepProgress& progress) {
      run_jobs(queue, 1, data_, {1, 0.05, rank_tick_seconds}, stop, observer, progress);
    };
    return local;
  }

  /// What rank 0 says: all are finished.
  bool train(int size, double lost_after = 60) {
    bool finished = false;
    ends_ = run_ranks(
        size, lost_after,
        [&](Ranks& ranks) {
          RankCrew crew(ranks, [this](int, const Greeting& greeting) {
            greeted_.push_back(greeting.config);
            if (greeting.config == "other") throw ConfigError("it reads another config");
          });
          const auto saved = [this](int id) -> std::optional<std::string> {
            const auto found = saved_.find(id);
            return found == saved_.end() ? std::nullopt : std::optional(found->second);
          };
          ExitCode code = ExitCode::done;
          try {
            finished = crew.run({replicas_, data_, checkpoints_, local(), saved,
                                 [this](const std::string& sentence) { warnings_ += sentence + "\n"; }},
                                stop_, observer_);
          } catch (const Error& error) {
            error_ = error.what();
            code = error.code();
          }
          ranks.finish(code);
        },
        [&](Ranks& ranks) {
          RankWorker::Work work;
          work.replica = [this](int id) -> const ReplicaConfig& {
            return sweep_.replicas.at(static_cast<std::size_t>(id));
          };
          work.local = local();
          work.greeting.config = config_of_others_;
          RankWorker(ranks, std::move(work)).run(worker_stop_);
        });
    return finished;
  }

  void expect_results_of_one_process() {
    const auto together = std::exchange(parameters_, {});
    on_finished_ = nullptr;
    const std::atomic<bool> go_on{false};
    EXPECT_TRUE(run_sweep(replicas_, data_, {}, {2, 1e9}, go_on, observer_));
    EXPECT_EQ(together, parameters_);
  }

  SweepConfig sweep_;
  PreparedData prepared_;
  DataOf data_ = [this](const ReplicaConfig&) -> const PreparedData& { return prepared_; };
  std::vector<const ReplicaConfig*> replicas_;
  std::map<int, std::string> checkpoints_, saved_;
  std::map<int, std::vector<float>> parameters_;
  SweepObserver observer_;
  SweepProgress progress_;
  std::function<void()> on_finished_;
  std::atomic<bool> stop_{false}, worker_stop_{false};
  std::vector<std::string> greeted_;
  std::string config_of_others_ = "same", warnings_, error_;
  std::vector<RankEnd> ends_;
};

TEST_F(RankSweepTest, GivesTheResultsOfOneProcess) {
  EXPECT_TRUE(train(4));
  EXPECT_EQ(progress_.finished, 12u);
  EXPECT_EQ(progress_.steps_done, progress_.steps);
  expect_results_of_one_process();
}

TEST_F(RankSweepTest, ReplicasOfALostRankGoOnElsewhere) {
  on_finished_ = [] {
    FakeMpi::silence(1);
    FakeMpi::silence(2);
  };
  EXPECT_TRUE(train(4, 0.3)) << error_;
  EXPECT_EQ(progress_.finished, 12u);
  expect_results_of_one_process();
}

TEST_F(RankSweepTest, AnInterruptedSweepGoesOnWithOtherRanks) {
  on_finished_ = [this] { stop_ = true; };
  EXPECT_FALSE(train(3));
  EXPECT_LT(parameters_.size(), 12u);
  // What is left, from the checkpoints of both ranks.
  stop_ = false;
  on_finished_ = nullptr;
  std::erase_if(replicas_,
                [this](const ReplicaConfig* replica) { return parameters_.count(replica->id) > 0; });
  checkpoints_ = saved_;
  EXPECT_TRUE(train(2)) << error_;
  replicas_.clear();
  for (const ReplicaConfig& replica : sweep_.replicas) replicas_.push_back(&replica);
  expect_results_of_one_process();
}

TEST_F(RankSweepTest, ASignalForOneRankStopsAll) {
  on_finished_ = [this] { worker_stop_ = true; };
  EXPECT_FALSE(train(2));
  EXPECT_LT(parameters_.size(), 12u);
}

TEST_F(RankSweepTest, ARankThatDiffersEndsAll) {
  config_of_others_ = "other";
  for (ReplicaConfig& replica : sweep_.replicas) replica.train.epochs = 100;  // time enough to greet
  EXPECT_FALSE(train(2));
  EXPECT_EQ(error_, "rank 1: it reads another config");
  ASSERT_EQ(ends_.size(), 1u);
  EXPECT_EQ(ends_[0].code, ExitCode::bad_input);
}

}  // namespace
}  // namespace symscan::test
