#include "host/train/job_queue.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace symscan::test {
namespace {

/// Jobs of the given work, with ids in this order.
class JobQueueTest : public ::testing::Test {
 protected:
  std::vector<Job> jobs(const std::vector<double>& work) {
    configs_.resize(work.size());
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < work.size(); ++i) {
      configs_[i].id = static_cast<int>(i);
      jobs.push_back({&configs_[i], work[i], ""});
    }
    return jobs;
  }
  std::vector<ReplicaConfig> configs_;
};

TEST_F(JobQueueTest, GivesTheLongestFirstAndEqualOnesById) {
  JobQueue queue(jobs({1, 5, 3, 5, 4}), 1);
  std::vector<int> ids;
  for (std::size_t held = 0; const auto job = queue.take(held); ++held) ids.push_back(job->config->id);
  EXPECT_EQ(ids, (std::vector<int>{1, 3, 4, 2, 0}));
}

TEST_F(JobQueueTest, TheDevicesShareWhatIsLeft) {
  JobQueue queue(jobs({1, 1, 1, 1, 1}), 2);
  std::size_t first = 0, second = 0;
  while (queue.take(first)) ++first;
  while (queue.take(second)) ++second;
  EXPECT_EQ(first, 3u);
  EXPECT_EQ(second, 2u);
}

TEST_F(JobQueueTest, WhatComesBackIsTakenAgainWithItsCheckpoint) {
  JobQueue queue(jobs({2, 1}), 1);
  Job job = *queue.take(0);
  job.checkpoint = "half way";
  queue.give_back(std::move(job));
  EXPECT_EQ(queue.take(0)->checkpoint, "half way");
}

TEST_F(JobQueueTest, ADeviceWithoutJobsWaitsForThoseUnderWayElsewhere) {
  JobQueue queue(jobs({1}), 2);
  Job job = *queue.take(0);
  EXPECT_FALSE(queue.take(0));
  std::jthread waiting([&] {
    while (queue.wait()) {
      if (queue.take(0)) queue.finish();
    }
  });
  while (!queue.is_awaited()) std::this_thread::yield();
  queue.give_back(std::move(job));
  waiting.join();
  EXPECT_FALSE(queue.wait()) << "all are finished";
}

TEST_F(JobQueueTest, AnOpenQueueIsWaitedForUntilItIsClosed) {
  JobQueue queue({}, 1, true);
  EXPECT_TRUE(queue.wait_for_more());
  queue.add(jobs({1, 2}));
  EXPECT_EQ(queue.take(0)->config->id, 1);
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_EQ(queue.taken(), 1u);
  std::jthread waiting([&] {
    while (queue.wait_for_more())
      if (queue.take(0)) queue.finish();
  });
  queue.close();
  waiting.join();
  EXPECT_EQ(queue.taken(), 1u) << "what another has taken is not waited for";
  EXPECT_TRUE(queue.wait()) << "where jobs come back it is";
  queue.finish();
  EXPECT_FALSE(queue.wait());
}

}  // namespace
}  // namespace symscan::test
