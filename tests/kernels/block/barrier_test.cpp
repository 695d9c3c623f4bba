#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <set>

#include "tests/kernels/block/training_case.hpp"

// Which barriers of a block's programs are needed. Each is left out in turn, for all threads: then the
// results must depend on the order in which the threads run, or the threads must diverge, unless the barrier
// is known to be redundant. A barrier that is needed and missing shows in the first test.

namespace symscan::test {
namespace {

/// A barrier that may be left out by itself. Told apart from others of its name by the barriers around it.
struct Redundant {
  const char* barrier;
  std::vector<std::string> after;  ///< the barriers right before, the nearest last; empty: any
  const char* before;              ///< the next barrier; "": any
  const char* why;
};

const Redundant known_redundant[] = {
    {"begin_block phase 3", {}, "", "others follow before the parameters are read"},
    {"train_one_step single before",
     {},
     "",
     "what it writes was last read before the barriers of the last step"},
    {"add_bias_gradients phase", {}, "update_if_finite phase", "a barrier follows"},
    {"update_all phase 2", {}, "train_one_step single 2 before", "a barrier follows"},
    {"train_one_step single 2 before", {}, "", "follows a barrier; the state is read after the single only"},
    {"keep_parameters phase", {}, "", "a thread brings back what it kept itself"},
    {"restore_parameters phase", {}, "train_slice phase 2", "a thread stores what it brought back itself"},
    {"train_slice phase 2", {}, "", "the program ends"},
    {"evaluate_chunk phase", {}, "", "others follow before sums are added"},
    {"add_relevance phase", {}, "", "each sum is one thread's own; others follow before its terms change"},
    {"multiply_in_tiles phase",
     {"take_mean_as_latent phase", "multiply_in_tiles phase"},
     "",
     "tangents come after the barriers of two more phases, and the output at the mean is not used"},
    {"add_jacobian phase 2", {}, "add_jacobian single 3 before", "a barrier follows"},
    {"add_jacobian single 3 before", {}, "", "follows a barrier"},
    {"add_jacobian single 3 after", {}, "tangent phase", "only the thread of `single` adds to the sum"},
    {"add_jacobian single 3 after", {}, "load phase", "only the thread of `single` adds to the sum"},
    {"evaluate_chunk phase 2", {}, "", "the program ends; the losses are the thread's own"},
    {"evaluate_chunk phase 3", {}, "", "the program ends"},
};

/// Barriers none of which is needed alone, but one of each row.
const std::vector<std::vector<std::string>> stand_in_for_each_other = {
    {"add_jacobian phase 2", "add_jacobian single 3 before"},
};

/// A program of a block whose result is known.
struct Program {
  std::string name;
  BlockRun run;
  std::function<bool(const BlockRun&, std::vector<Barrier>*)> right;  ///< whether a run gives that result

  std::vector<std::string> barriers() const {
    std::vector<Barrier> passed;
    EXPECT_TRUE(right(run, &passed)) << name;
    std::vector<std::string> names;
    for (const Barrier& barrier : passed) names.push_back(barrier.name());
    return names;
  }
  /// Whether the result is wrong, or the threads diverge, in some order of the threads.
  bool order_matters_without(const std::vector<std::size_t>& left_out) const {
    BlockRun changed = run;
    changed.left_out = left_out;
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
      changed.order = seed == 0   ? FiberOrder::backward
                      : seed == 1 ? FiberOrder::forward
                                  : FiberOrder::shuffled;
      changed.seed = seed;
      try {
        if (!right(changed, nullptr)) return true;
      } catch (const DivergenceError&) {
        return true;
      }
    }
    return false;
  }
};

/// Two epochs of two steps and a validation pass; the first epoch is the best, so that the second ends
/// training and brings its parameters back. Layers are wide enough that a result is not read by the thread
/// that wrote it. Two tiles per step.
struct TrainingProgram {
  TrainingCase c;
  Program program;

  explicit TrainingProgram(const std::vector<int>& hidden = {40, 24}, int latents = 9,
                           Precision precision = Precision::fp32, int threads = 32)
      : c({5, hidden, latents, 128, 32, 64}, Activation::tanh, Optimizer::adam, true) {
    c.task.epochs = 20;
    c.task.beta_warmup_epochs = 1;  // the settings change from step to step
    c.task.min_delta = 1e9;
    program.name = "training";
    program.run.tile = 32;
    program.run.threads = threads;
    program.run.precision = precision;
    program.right = with_units(all_units);
  }
  static constexpr std::uint64_t all_units = 6;

  std::function<bool(const BlockRun&, std::vector<Barrier>*)> with_units(std::uint64_t units) const {
    const TrainingResult expected = train_with_loops(c, program.run, units);
    return [this, units, expected](const BlockRun& run, std::vector<Barrier>* barriers) {
      return difference(expected, train_with_fibers(c, run, units, barriers)).empty();
    };
  }
  /// Number of the first barrier after so many units of work.
  std::size_t barriers_of(std::uint64_t units) const {
    std::vector<Barrier> passed;
    with_units(units)(program.run, &passed);
    return passed.size() - 1;  // the last ends the program
  }
};

struct EvaluationProgram {
  TrainingCase c{{5, {40, 24}, 3, 38, 14, 32}, Activation::tanh, Optimizer::adam, true};
  Program program;

  explicit EvaluationProgram(Precision precision = Precision::fp32, int threads = 32) {
    program.name = "evaluation";
    program.run.tile = 32;
    program.run.threads = threads;
    program.run.precision = precision;
    program.right = [this, expected = evaluate_with_loops(c, program.run, 0)](
                        const BlockRun& run, std::vector<Barrier>* barriers) {
      return evaluate_with_fibers(c, run, 0, barriers) == expected;
    };
  }
};

const Redundant* find_redundant(const std::vector<std::string>& names, std::size_t k) {
  for (const Redundant& entry : known_redundant) {
    if (names[k] != entry.barrier) continue;
    if (*entry.before != '\0' && (k + 1 == names.size() || names[k + 1] != entry.before)) continue;
    const std::size_t count = entry.after.size();
    if (count > k || !std::equal(entry.after.begin(), entry.after.end(), names.begin() + (k - count)))
      continue;
    return &entry;
  }
  return nullptr;
}

/// Checks the barriers begin..end-1 of a program, and notes which entries of the list were met.
void check_barriers(const Program& program, std::size_t begin, std::size_t end,
                    std::set<const Redundant*>& met) {
  const std::vector<std::string> names = program.barriers();
  for (std::size_t k = begin; k < end; ++k) {
    const Redundant* redundant = find_redundant(names, k);
    const std::string where = program.name + ", barrier " + std::to_string(k) + " '" + names[k] + "'" +
                              (k > 0 ? " after '" + names[k - 1] + "'" : "") +
                              (k + 1 < names.size() ? " before '" + names[k + 1] + "'" : "");
    if (redundant != nullptr) {
      met.insert(redundant);
      EXPECT_FALSE(program.order_matters_without({k})) << where << " is listed as redundant, but is needed";
    } else {
      EXPECT_TRUE(program.order_matters_without({k}))
          << where << " is not needed by any order that was tried";
    }
  }
}

TEST(BlockBarriers, NoOrderOfTheThreadsChangesAResult) {
  constexpr std::uint32_t seeds = under_thread_sanitizer ? 1 : 12;
  for (const Precision precision : {Precision::fp32, Precision::tf32, Precision::bf16}) {
    for (const int threads : {32, 64}) {
      const TrainingProgram training({40, 24}, 9, precision, threads);
      const EvaluationProgram evaluation(precision, threads);
      for (const Program* program : {&training.program, &evaluation.program}) {
        for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
          BlockRun run = program->run;
          run.order = FiberOrder::shuffled;
          run.seed = seed;
          EXPECT_TRUE(program->right(run, nullptr)) << program->name << " seed " << seed;
        }
        EXPECT_FALSE(program->order_matters_without({})) << program->name;
      }
    }
  }
}

/// Programs that lack a barrier.
class BlockBarriersLeftOut : public testing::Test {
 protected:
  void SetUp() override {
    if (under_thread_sanitizer) GTEST_SKIP() << "a program without a barrier has data races by intent";
  }
};
using BlockBarriersLeftOutDeathTest = BlockBarriersLeftOut;

TEST_F(BlockBarriersLeftOut, EachIsNeededOrKnownToBeRedundant) {
  std::set<const Redundant*> met;
  const TrainingProgram training;
  // Not in the first step: memory that nobody has written yet may hold any row number.
  const std::size_t end = training.barriers_of(TrainingProgram::all_units) + 1;
  check_barriers(training.program, 1, 2, met);
  check_barriers(training.program, training.barriers_of(1), training.barriers_of(3), met);
  check_barriers(training.program, training.barriers_of(5), end, met);
  const EvaluationProgram evaluation;
  check_barriers(evaluation.program, 1, evaluation.program.barriers().size(), met);
  for (const Redundant& entry : known_redundant) {
    EXPECT_TRUE(met.count(&entry) == 1)
        << "no barrier '" << entry.barrier << "' was met: strike it off the list";
  }
}

TEST_F(BlockBarriersLeftOut, OnTensorCoresEachIsNeededOrKnownToBeRedundant) {
  std::set<const Redundant*> met;
  // Four warps, and several tiles in both directions: no warp overwrites only what it has read itself.
  const TrainingProgram training({72, 40}, 20, Precision::tf32, 128);
  check_barriers(training.program, training.barriers_of(1), training.barriers_of(2), met);
}

TEST_F(BlockBarriersLeftOutDeathTest, TheFirstBarrierIsNeeded) {
  // Without it other threads use offsets that are not there yet.
  const EvaluationProgram evaluation;
  EXPECT_DEATH(
      {
        if (evaluation.program.order_matters_without({0})) std::abort();
      },
      "");
}

TEST_F(BlockBarriersLeftOut, RedundantOnesAreNeededTogether) {
  const TrainingProgram training;
  const EvaluationProgram evaluation;
  std::set<std::size_t> met;
  const auto check = [&](const Program& program, std::size_t begin, std::size_t end) {
    const std::vector<std::string> names = program.barriers();
    for (std::size_t k = begin; k < end; ++k) {
      for (std::size_t row = 0; row < stand_in_for_each_other.size(); ++row) {
        const auto& together = stand_in_for_each_other[row];
        if (k + together.size() > names.size()) continue;
        if (!std::equal(together.begin(), together.end(), names.begin() + k)) continue;
        met.insert(row);
        std::vector<std::size_t> left_out;
        for (std::size_t i = 0; i < together.size(); ++i) left_out.push_back(k + i);
        EXPECT_TRUE(program.order_matters_without(left_out)) << together.front() << " and what follows";
      }
    }
  };
  check(training.program, training.barriers_of(1), training.barriers_of(2));
  check(evaluation.program, 1, evaluation.program.barriers().size());
  EXPECT_EQ(met.size(), stand_in_for_each_other.size());
}
}  // namespace
}  // namespace symscan::test
