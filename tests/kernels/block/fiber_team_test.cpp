#include "tests/kernels/block/fiber_team.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace symscan::test {
namespace {

constexpr int threads = 64;

/// What the threads leave when each reads its right neighbour's number, with or without the barrier between.
std::vector<int> read_neighbours(FiberOrder order, const std::vector<std::size_t>& left_out) {
  std::vector<int> numbers(threads, -1), neighbours(threads, -1);
  FiberBlock block(nullptr, threads, order, 5);
  block.leave_out(left_out);
  block.run([&](const FiberTeam& team) {
    team.phase(threads, [&](int i) { numbers[i] = i; });
    team.phase(threads, [&](int i) { neighbours[i] = numbers[(i + 1) % threads]; });
  });
  return neighbours;
}

TEST(BlockFibers, ABarrierOrdersWhatItSeparates) {
  std::vector<int> expected(threads);
  for (int i = 0; i < threads; ++i) expected[i] = (i + 1) % threads;
  for (const FiberOrder order : {FiberOrder::forward, FiberOrder::backward, FiberOrder::shuffled}) {
    EXPECT_EQ(read_neighbours(order, {}), expected);
  }
}

TEST(BlockFibers, AMissingBarrierShowsInTheOrderOfTheThreads) {
  if (under_thread_sanitizer) GTEST_SKIP() << "a data race by intent";
  const auto forward = read_neighbours(FiberOrder::forward, {0});
  const auto backward = read_neighbours(FiberOrder::backward, {0});
  const auto shuffled = read_neighbours(FiberOrder::shuffled, {0});
  EXPECT_EQ(forward[0], -1);
  EXPECT_EQ(forward[threads - 1], 0);
  EXPECT_EQ(backward[0], 1);
  EXPECT_EQ(backward[threads - 1], -1);
  EXPECT_NE(shuffled, forward);
  EXPECT_NE(shuffled, backward);
}

// In a process of its own: ThreadSanitizer ends a program that has a data race with code 66.
TEST(BlockFibersDeathTest, ThreadSanitizerSeesAMissingBarrier) {
  if (!under_thread_sanitizer) GTEST_SKIP() << "not built with ThreadSanitizer";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](const std::vector<std::size_t>& left_out) {
    read_neighbours(FiberOrder::forward, left_out);
    std::exit(0);
  };
  EXPECT_EXIT(run({0}), testing::ExitedWithCode(66), "data race");
  EXPECT_EXIT(run({}), testing::ExitedWithCode(0), "");
}

TEST(BlockFibers, AShuffledOrderIsNewAtEveryBarrierAndFollowsFromTheSeed) {
  if (under_thread_sanitizer)
    GTEST_SKIP() << "the threads write the order to one place: a data race by intent";
  const auto orders = [](std::uint32_t seed) {
    std::vector<std::vector<int>> found(3);
    FiberBlock block(nullptr, threads, FiberOrder::shuffled, seed);
    block.run([&](const FiberTeam& team) {
      for (auto& order : found) team.phase(threads, [&](int i) { order.push_back(i); });
    });
    return found;
  };
  const auto first = orders(1);
  EXPECT_NE(first[0], first[1]);
  EXPECT_NE(first[1], first[2]);
  EXPECT_EQ(first, orders(1));
  EXPECT_NE(first, orders(2));
}

TEST(BlockFibers, SingleRunsOnceBetweenBarriersAndWarpPhasesOncePerWarp) {
  for (const FiberOrder order : {FiberOrder::forward, FiberOrder::backward, FiberOrder::shuffled}) {
    std::vector<int> values(threads, 0), seen(threads, 0), tiles(5, 0), by(5, -1);
    int sum = 0;
    FiberBlock block(nullptr, threads, order);
    block.run([&](const FiberTeam& team) {
      team.phase_nosync(threads, [&](int i) { values[i] = i; });
      team.single([&] { sum += std::accumulate(values.begin(), values.end(), 0); });
      team.phase(threads, [&](int i) { seen[i] = sum; });
      team.warp_phase(5, [&](int i) {
        ++tiles[i];
        by[i] = team.thread();
      });
    });
    EXPECT_EQ(seen, std::vector<int>(threads, threads * (threads - 1) / 2));
    EXPECT_EQ(tiles, std::vector<int>(5, 1));
    EXPECT_EQ(by, (std::vector<int>{0, 32, 0, 32, 0}));
    ASSERT_EQ(block.barriers().size(), 4u);
    EXPECT_EQ(block.barriers()[0].kind, BarrierKind::before_single);
  }
}

TEST(BlockFibers, EveryThreadHasItsOwnLocalVariables) {
  std::vector<int> results(threads);
  FiberBlock block(nullptr, threads, FiberOrder::shuffled);
  block.run([&](const FiberTeam& team) {
    int local = team.thread();
    for (int round = 0; round < 3; ++round) {
      team.phase(0, [](int) {});
      local += 1000;
    }
    results[team.thread()] = local;
  });
  for (int i = 0; i < threads; ++i) EXPECT_EQ(results[i], 3000 + i);
}

TEST(BlockFibers, ThreadsThatMissABarrierAreAnErrorAndNoHang) {
  for (const FiberOrder order : {FiberOrder::forward, FiberOrder::backward, FiberOrder::shuffled}) {
    FiberBlock block(nullptr, threads, order);
    EXPECT_THROW(block.run([](const FiberTeam& team) {
      if (team.thread() != 7) team.phase(1, [](int) {});
    }),
                 DivergenceError);
    EXPECT_THROW(block.run([](const FiberTeam& team) {
      if (team.thread() < 32) {
        team.phase(1, [](int) {});
      } else {
        team.single([] {});
      }
    }),
                 DivergenceError);
    EXPECT_NO_THROW(block.run([](const FiberTeam& team) { team.phase(1, [](int) {}); }));
  }
}

TEST(BlockFibers, AnExceptionOfTheProgramReachesTheTest) {
  FiberBlock block(nullptr, threads, FiberOrder::forward);
  EXPECT_THROW(block.run([](const FiberTeam& team) {
    team.phase(1, [](int) {});
    if (team.thread() == 3) throw std::out_of_range("of the program");
    team.phase(1, [](int) {});
  }),
               std::out_of_range);
}

struct Named {
  template <class Team>
  void outer(const Team& team) const {
    team.phase(1, [](int) {});
    team.single([] {});
  }
};

TEST(BlockFibers, BarriersAreNamedByTheirFunction) {
  FiberBlock block(nullptr, 32, FiberOrder::forward);
  block.run([](const FiberTeam& team) { Named().outer(team); });
  std::vector<std::string> names;
  for (const Barrier& barrier : block.barriers()) names.push_back(barrier.name());
  EXPECT_EQ(names,
            (std::vector<std::string>{"outer phase", "outer single 2 before", "outer single 2 after"}));
}

}  // namespace
}  // namespace symscan::test
