// Calibration of host/analysis/flow_invariance: level, power beside a permutation test with the energy
// distance, false equivalence, serial rows, dimensions of invariant subspaces. Not part of the tests;
// minutes. make calibration, or density_calibration level|power|equivalence|serial|subspaces [repeats]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/analysis/flow_invariance.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Draw = KnownDistributions;

struct Named {
  std::string name;
  std::function<MatrixXd(Draw&, Index)> sample;
};

struct Counts {
  int repeats = 0, below_1 = 0, below_5 = 0, established = 0, serial = 0;
  double effect = 0, effective_events = 0;
  double share(int count) const { return count / static_cast<double>(repeats); }
};

Counts rotations(const Named& set, Index rows, int repeats, std::uint64_t seed) {
  Draw draw(seed);
  Counts counts;
  for (; counts.repeats < repeats; ++counts.repeats) {
    const MatrixXd points = set.sample(draw, rows);
    const FlowInvariance found =
        FlowInvarianceTest(points).test(plane_rotation(points.cols()), VectorXd::Zero(points.cols()));
    counts.below_1 += found.p_value < 0.01;
    counts.below_5 += found.p_value < 0.05;
    counts.established += found.verdict == Invariance::established;
    counts.serial += found.serial;
    counts.effect += found.effect / repeats;
    counts.effective_events += found.effective_events / repeats;
  }
  return counts;
}

void print_level(int repeats) {
  const std::vector<Named> sets = {
      {"circle", [](Draw& d, Index n) { return d.circle(n); }},
      {"Gaussian 2-D",
       [](Draw& d, Index n) {
         return d.gaussian(n, {1, 1});
       }},
      {"Gaussian 5-D",
       [](Draw& d, Index n) {
         return d.gaussian(n, {1, 1, 1, 1, 1});
       }},
      {"sphere", [](Draw& d, Index n) { return d.sphere(n); }},
      {"Student t3 2-D", [](Draw& d, Index n) { return d.student(n, 2, 3); }},
      {"Cauchy 2-D", [](Draw& d, Index n) { return d.student(n, 2, 1); }},
      {"disk", [](Draw& d, Index n) { return d.disk(n); }},
      {"shell", [](Draw& d, Index n) { return d.shell(n); }},
  };
  std::printf("invariant sets: share with p < 0.01, p < 0.05, established, serial\n");
  for (const Index rows : {500, 2000, 10'000}) {
    for (const Named& set : sets) {
      const Counts counts = rotations(set, rows, repeats, 1000 + static_cast<std::uint64_t>(rows));
      std::printf("%-16s %6td %8.4f %8.4f %8.3f %8.4f\n", set.name.c_str(), rows,
                  counts.share(counts.below_1), counts.share(counts.below_5),
                  counts.share(counts.established), counts.share(counts.serial));
      std::fflush(stdout);
    }
  }
}

/// Energy distance of one half of the points to the other, rotated, against random relabellings; the smallest
/// of three angles, by Bonferroni. At most 500 points of each half.
double energy_p_value(const MatrixXd& points, Draw& draw) {
  constexpr Index half = 500, all = 2 * half;
  constexpr int relabellings = 499;
  double smallest = 1;
  for (const double angle : {0.5, 1.0, 2.0}) {
    MatrixXd both = points.topRows(all);
    const MatrixXd turn{{std::cos(angle), -std::sin(angle)}, {std::sin(angle), std::cos(angle)}};
    both.bottomRows(half) = (both.bottomRows(half) * turn.transpose()).eval();
    MatrixXd distances(all, all);
    for (Index i = 0; i < all; ++i) distances.col(i) = (both.rowwise() - both.row(i)).rowwise().norm();
    MatrixXd signs(all, relabellings + 1);
    VectorXd label(all);
    label << VectorXd::Ones(half), -VectorXd::Ones(half);
    for (Index b = 0; b < signs.cols(); ++b) {
      signs.col(b) = label;
      for (Index i = all - 1; i > 0; --i)
        std::swap(label(i), label(static_cast<Index>(draw.uniform() * static_cast<double>(i + 1))));
    }
    const VectorXd energies = -(distances * signs).cwiseProduct(signs).colwise().sum();
    const auto larger = static_cast<double>((energies.array() >= energies(0) - 1e-9).count());
    smallest = std::min(smallest, larger / static_cast<double>(signs.cols()));
  }
  return std::min(1.0, 3 * smallest);
}

void print_power(int repeats) {
  std::vector<Named> sets;
  for (const auto& [size, order] : {std::pair(0.05, 1), {0.1, 1}, {0.1, 4}, {0.2, 4}}) {
    const std::function<double(double)> density = [size = size, order = order](double t) {
      return 1 + size * std::cos(order * t);
    };
    sets.push_back({"1 + " + std::to_string(size).substr(0, 4) + " cos " + std::to_string(order) + "t",
                    [density, size = size](Draw& d, Index n) { return d.circle(n, density, 1 + size); }});
  }
  for (const double ratio : {1.05, 1.1}) {
    sets.push_back({"sigma ratio " + std::to_string(ratio).substr(0, 4), [ratio](Draw& d, Index n) {
                      return d.gaussian(n, {1, ratio});
                    }});
  }
  std::printf("10 000 events: share with p < 0.01, mean effect, established; energy distance p < 0.01\n");
  for (const Named& set : sets) {
    const Counts counts = rotations(set, 10'000, repeats, 5);
    Draw draw(6);
    int energy = 0;
    for (int i = 0; i < repeats; ++i) energy += energy_p_value(set.sample(draw, 10'000), draw) < 0.01;
    std::printf("%-20s %6.3f %8.3f %8.3f %8.3f\n", set.name.c_str(), counts.share(counts.below_1),
                counts.effect, counts.share(counts.established), counts.share(energy));
    std::fflush(stdout);
  }
}

void print_equivalence(int repeats) {
  std::printf("N(0, diag(1, 1 + e)): events, e, true effect, established, broken, mean effect; delta 0.1\n");
  for (const Index rows : {500, 2000, 10'000}) {
    for (const double excess : {0.0, 0.02, 0.05, 0.1, 0.11, 0.12, 0.15, 0.2}) {
      const Named set{"", [excess](Draw& d, Index n) { return d.gaussian(n, {1, std::sqrt(1 + excess)}); }};
      const Counts counts = rotations(set, rows, repeats, 11 + static_cast<std::uint64_t>(rows));
      std::printf("%6td %6.2f %8.4f %8.3f %8.3f %8.3f\n", rows, excess, excess / std::sqrt(1 + excess),
                  counts.share(counts.established), counts.share(counts.below_1), counts.effect);
      std::fflush(stdout);
    }
  }
}

void print_serial(int repeats) {
  std::printf("AR(1) rows, Gaussian 2-D: correlation, rows, p < 0.01, serial, effective events\n");
  for (const double correlation : {0.3, 0.9, 0.97}) {
    for (const Index rows : {2000, 10'000}) {
      const Named set{"", [=](Draw& d, Index n) { return d.autoregressive(n, 2, correlation); }};
      const Counts counts = rotations(set, rows, repeats, 3);
      std::printf("%6.2f %6td %8.4f %8.3f %8.0f\n", correlation, rows, counts.share(counts.below_1),
                  counts.share(counts.serial), counts.effective_events);
      std::fflush(stdout);
    }
  }
}

void print_subspaces(int repeats) {
  std::printf("all affine fields: events, fields that keep the set, right, all counts\n");
  for (const Index rows : {1000, 10'000}) {
    for (const KnownSymmetry& known : known_symmetries()) {
      int right = 0;
      std::string counts;
      for (int i = 0; i < repeats; ++i) {
        Draw draw(100 + static_cast<std::uint64_t>(i));
        const MatrixXd points = known.sample(draw, rows);
        const Index found = FlowInvarianceTest(points)
                                .invariant_subspace(FlowInvarianceTest::all_affine(points.cols()))
                                .combinations.cols();
        right += found == known.fields;
        counts += " " + std::to_string(found);
      }
      std::printf("%-22s %6td %3td %3d of %d:%s\n", known.name.c_str(), rows, known.fields, right, repeats,
                  counts.c_str());
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace symscan

int main(int count, char** words) {
  const std::string_view table = count > 1 ? words[1] : "";
  const auto repeats = [&](int usual) { return count > 2 ? std::atoi(words[2]) : usual; };
  if (table == "level") {
    symscan::print_level(repeats(1000));
  } else if (table == "power") {
    symscan::print_power(repeats(20));
  } else if (table == "equivalence") {
    symscan::print_equivalence(repeats(300));
  } else if (table == "serial") {
    symscan::print_serial(repeats(300));
  } else if (table == "subspaces") {
    symscan::print_subspaces(repeats(10));
  } else {
    std::fprintf(stderr, "usage: %s level|power|equivalence|serial|subspaces [repeats]\n", words[0]);
    return 2;
  }
}
