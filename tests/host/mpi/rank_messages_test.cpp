#include "host/mpi/rank_messages.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace symscan::test {
namespace {

ReplicaResult a_result() {
  ReplicaResult result;
  result.message = "no failure";
  result.loss = 0.25;
  result.reconstruction = 0.125;
  result.kl = std::nan("");
  result.measures[RelevanceMeasure::kl] = {1.5, 0};
  result.measures[RelevanceMeasure::activity] = {0.5, 0.25};
  result.convergence = {true, Ending::converged, 0.01, 0.02};
  result.history = {{1, 2, 3, std::nan("")}, {0.5, 0.25, 0.125, 4}};
  result.tracked = {{10, result.measures}, {20, {}}};
  result.parameters = {1.f, -2.f, 0.5f};
  return result;
}

std::vector<RankNote> one_of_each() {
  return {Greeting{"1.2", "abc", {"f1", "", "f3"}, "cpu (avx2)", 8},
          ReplicaRequest{12},
          ReplicaFinished{7, a_result()},
          ReplicaCheckpoint{3, std::string("\0blob", 5)},
          ReplicaPostponed{4, "no memory", ExitCode::bad_input},
          RankProgress{2, 1000, 900},
          RankWarning{"a device was lost"},
          RankStopped{},
          RankFailed{"no such file", ExitCode::usage},
          ReplicaGrant{5, 100, {{1, "checkpoint"}, {2, ""}}},
          StopTraining{}};
}

TEST(RankMessages, EveryKindComesBackAsItWas) {
  const std::vector<RankNote> notes = one_of_each();
  ASSERT_EQ(notes.size(), std::variant_size_v<RankNote>) << "an example of each kind";
  for (const RankNote& note : notes) {
    const std::string bytes = to_bytes(note);
    const RankNote back = from_bytes(bytes);
    EXPECT_EQ(back.index(), note.index());
    EXPECT_EQ(to_bytes(back), bytes);
  }
}

TEST(RankMessages, AResultKeepsEveryNumber) {
  const ReplicaResult before = a_result();
  const auto note = std::get<ReplicaFinished>(from_bytes(to_bytes(ReplicaFinished{7, before})));
  EXPECT_EQ(note.id, 7);
  EXPECT_EQ(note.result.message, before.message);
  EXPECT_EQ(note.result.loss, before.loss);
  EXPECT_TRUE(std::isnan(note.result.kl));
  EXPECT_EQ(note.result.measures, before.measures);
  EXPECT_EQ(note.result.convergence.ending, Ending::converged);
  EXPECT_EQ(note.result.convergence.loss_change, 0.02);
  ASSERT_EQ(note.result.history.size(), 2u);
  EXPECT_EQ(note.result.history[1].kl, 0.125);
  ASSERT_EQ(note.result.tracked.size(), 2u);
  EXPECT_EQ(note.result.tracked[0].epoch, 10u);
  EXPECT_EQ(note.result.tracked[0].measures, before.measures);
  EXPECT_EQ(note.result.parameters, before.parameters);
}

TEST(RankMessages, DamagedBytesAreRefusedOrReadAsAnotherNote) {
  std::mt19937 random(5);
  for (const RankNote& note : one_of_each()) {
    const std::string bytes = to_bytes(note);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_THROW(from_bytes(bytes.substr(0, length)), Error) << "kind " << note.index();
    EXPECT_THROW(from_bytes(bytes + "x"), Error);
    for (int trial = 0; trial < 3000; ++trial) {
      std::string damaged = bytes;
      for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits)
        damaged[random() % damaged.size()] = static_cast<char>(random());
      try {
        (void)from_bytes(damaged);
      } catch (const Error&) {
        continue;
      }
    }
  }
}

}  // namespace
}  // namespace symscan::test
