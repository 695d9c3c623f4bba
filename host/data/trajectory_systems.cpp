#include "host/data/trajectory_systems.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace symscan {
namespace {

constexpr double kLongestStep = 0.003;

// Isotropic oscillator, mass and frequency 1: (x, y, px, py).
void oscillator_rate(const double* s, double* d) {
  d[0] = s[2], d[1] = s[3], d[2] = -s[0], d[3] = -s[1];
}
void normal_start(RowRandom& random, double* s, int size) {
  for (int i = 0; i < size; ++i) s[i] = random.normal();
}

// Pendulum that swings, mass, length and gravity 1: (q, p).
void pendulum_rate(const double* s, double* d) {
  d[0] = s[1], d[1] = -std::sin(s[0]);
}
double pendulum_energy(const double* s) {
  return s[1] * s[1] / 2 - std::cos(s[0]);
}

// Two equal pendulums, one hanging from the other: (theta1, theta2, w1, w2).
void double_pendulum_rate(const double* s, double* d) {
  const double c = std::cos(s[0] - s[1]), n = std::sin(s[0] - s[1]);
  const double rest = s[2] * s[2] * n - std::sin(s[1]);
  d[0] = s[2], d[1] = s[3];
  d[2] = -(c * rest + s[3] * s[3] * n + 2 * std::sin(s[0])) / (2 - c * c);
  d[3] = rest - d[2] * c;
}
double double_pendulum_energy(const double* s) {
  return s[2] * s[2] + s[3] * s[3] / 2 + s[2] * s[3] * std::cos(s[0] - s[1]) - 2 * std::cos(s[0]) -
         std::cos(s[1]);
}

// A planet of mass 1 around a fixed centre, gravity 1: (x, y, px, py).
void kepler_rate(const double* s, double* d) {
  const double r = std::hypot(s[0], s[1]), pull = 1 / (r * r * r);
  d[0] = s[2], d[1] = s[3], d[2] = -pull * s[0], d[3] = -pull * s[1];
}
/// From a point at the distance 0.7 to 1.6 with 0.85 to 1.15 of the speed of a circle, about
/// across, either way round.
void kepler_start(RowRandom& random, double* s) {
  const double r = random.uniform(0.7, 1.6), way = random.uniform() < 0.5 ? -1 : 1;
  const double along = way * random.uniform(0.85, 1.15) / std::sqrt(r);
  const double outwards = random.uniform(-0.15, 0.15), angle = two_pi * random.uniform();
  const double c = std::cos(angle), n = std::sin(angle);
  s[0] = r * c, s[1] = r * n;
  s[2] = outwards * c - along * n, s[3] = outwards * n + along * c;
}
double kepler_energy(const double* s) {
  return (s[2] * s[2] + s[3] * s[3]) / 2 - 1 / std::hypot(s[0], s[1]);
}
double angular_momentum(const double* s) {
  return s[0] * s[3] - s[1] * s[2];
}

// Free rigid body with moments of inertia 1, 2 and 3, in its own axes: (w1, w2, w3).
void rigid_body_rate(const double* s, double* d) {
  d[0] = -s[1] * s[2], d[1] = s[2] * s[0], d[2] = -s[0] * s[1] / 3;
}

// Prey x and predators y, all rates 1.
void lotka_volterra_rate(const double* s, double* d) {
  d[0] = s[0] * (1 - s[1]), d[1] = s[1] * (s[0] - 1);
}
double lotka_volterra_law(const double* s) {
  return s[0] - std::log(s[0]) + s[1] - std::log(s[1]);
}

// Henon and Heiles (1964): (x, y, px, py).
void henon_heiles_rate(const double* s, double* d) {
  d[0] = s[2], d[1] = s[3];
  d[2] = -s[0] - 2 * s[0] * s[1];
  d[3] = -s[1] - s[0] * s[0] + s[1] * s[1];
}
double henon_heiles_energy(const double* s) {
  return (s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + s[3] * s[3]) / 2 + s[0] * s[0] * s[1] -
         s[1] * s[1] * s[1] / 3;
}
/// Inside the triangle that encloses bound orbits, with energies from 0.02 to 0.16 (1/6 escapes).
void henon_heiles_start(RowRandom& random, double* s) {
  double energy = 0;
  do {
    for (int i = 0; i < 4; ++i) s[i] = random.uniform(-0.55, 0.55);
    energy = henon_heiles_energy(s);
  } while (!(energy > 0.02 && energy < 0.16 && s[1] > -0.5 && s[1] < 1 - 1.7320508 * std::abs(s[0])));
}

void lorenz_rate(const double* s, double* d) {
  d[0] = 10 * (s[1] - s[0]);
  d[1] = s[0] * (28 - s[2]) - s[1];
  d[2] = s[0] * s[1] - 8.0 / 3 * s[2];
}
void lorenz_start(RowRandom& random, double* s) {
  for (int i = 0; i < 3; ++i) s[i] = 5 * random.normal();
}

void van_der_pol_rate(const double* s, double* d) {
  d[0] = s[1], d[1] = (1 - s[0] * s[0]) * s[1] - s[0];
}

std::vector<TrajectorySystem> conservative_systems() {
  return {
      {"oscillator_2d",
       "Isotropic oscillator in the plane: x' = px, y' = py, px' = -x, py' = -y",
       {"x", "y", "px", "py"},
       oscillator_rate,
       [](RowRandom& random, double* s) { normal_start(random, s, 4); },
       0.15,
       {1, 1, 1, 1},
       {{"x^2 + px^2", [](const double* s) { return s[0] * s[0] + s[2] * s[2]; }},
        {"y^2 + py^2", [](const double* s) { return s[1] * s[1] + s[3] * s[3]; }},
        {"x y + px py", [](const double* s) { return s[0] * s[1] + s[2] * s[3]; }},
        {"x py - y px", angular_momentum}},
       3},
      {"pendulum",
       "Pendulum that swings: q' = p, p' = -sin(q)",
       {"q", "p"},
       pendulum_rate,
       [](RowRandom& random, double* s) { s[0] = random.uniform(-2, 2), s[1] = random.uniform(-1, 1); },
       0.15,
       {1, 0.84},
       {{"p^2/2 - cos(q)", pendulum_energy}},
       1},
      {"double_pendulum",
       "Two equal pendulums, one hanging from the other, with angles theta from below and their rates w",
       {"theta1", "theta2", "w1", "w2"},
       double_pendulum_rate,
       [](RowRandom& random, double* s) {
         for (int i = 0; i < 4; ++i) s[i] = random.uniform(-1, 1) * (i < 2 ? 1 : 0.5);
       },
       0.1,
       {0.435, 0.62, 0.47, 0.645},
       {{"w1^2 + w2^2/2 + w1 w2 cos(theta1 - theta2) - 2 cos(theta1) - cos(theta2)", double_pendulum_energy}},
       1},
      {"kepler",
       "A planet around a fixed centre: x' = px, y' = py, (px, py)' = -(x, y)/r^3",
       {"x", "y", "px", "py"},
       kepler_rate,
       kepler_start,
       0.1,
       {0.96, 0.96, 0.7, 0.7},
       {{"x py - y px", angular_momentum}, {"px^2/2 + py^2/2 - 1/r", kepler_energy}},
       2},
      {"rigid_body",
       "Free rigid body with moments of inertia 1, 2 and 3: w1' = -w2 w3, w2' = w3 w1, w3' = -w1 w2/3",
       {"w1", "w2", "w3"},
       rigid_body_rate,
       [](RowRandom& random, double* s) { normal_start(random, s, 3); },
       0.15,
       {1, 1, 1},
       {{"w1^2 + 2 w2^2 + 3 w3^2",
         [](const double* s) { return s[0] * s[0] + 2 * s[1] * s[1] + 3 * s[2] * s[2]; }},
        {"w1^2 + 4 w2^2 + 9 w3^2",
         [](const double* s) { return s[0] * s[0] + 4 * s[1] * s[1] + 9 * s[2] * s[2]; }}},
       2},
      {"lotka_volterra",
       "Prey x and predators y: x' = x (1 - y), y' = y (x - 1)",
       {"x", "y"},
       lotka_volterra_rate,
       [](RowRandom& random, double* s) { s[0] = random.uniform(0.4, 2), s[1] = random.uniform(0.4, 2); },
       0.15,
       {0.475, 0.48},
       {{"x - log(x) + y - log(y)", lotka_volterra_law}},
       1},
      {"henon_heiles",
       "Henon and Heiles: x' = px, y' = py, px' = -x - 2 x y, py' = -y - x^2 + y^2",
       {"x", "y", "px", "py"},
       henon_heiles_rate,
       henon_heiles_start,
       0.2,
       {0.25, 0.26, 0.225, 0.23},
       {{"x^2/2 + y^2/2 + px^2/2 + py^2/2 + x^2 y - y^3/3", henon_heiles_energy}},
       1},
  };
}

std::vector<TrajectorySystem> all_systems() {
  std::vector<TrajectorySystem> systems = conservative_systems();
  systems.push_back({"lorenz",
                     "Lorenz (1963), chaotic: x' = 10 (y - x), y' = x (28 - z) - y, z' = x y - 8/3 z",
                     {"x", "y", "z"},
                     lorenz_rate,
                     lorenz_start,
                     0.03,
                     {8.8, 9.9, 8.3}});
  systems.push_back(
      {"van_der_pol",
       "Van der Pol, to a limit cycle: x' = v, v' = (1 - x^2) v - x",
       {"x", "v"},
       van_der_pol_rate,
       [](RowRandom& random, double* s) { s[0] = random.uniform(-3, 3), s[1] = random.uniform(-3, 3); },
       0.1,
       {1.5, 1.4}});
  return systems;
}

/// One step of the classical Runge-Kutta method.
void advance(const TrajectorySystem& system, std::vector<double>& state, double step) {
  const std::size_t size = state.size();
  std::array<std::vector<double>, 4> rate;
  std::vector<double> there = state;
  for (int stage = 0; stage < 4; ++stage) {
    if (stage > 0) {
      const double part = stage == 3 ? step : step / 2;
      for (std::size_t i = 0; i < size; ++i) there[i] = state[i] + part * rate[stage - 1][i];
    }
    rate[stage].resize(size);
    system.rate(there.data(), rate[stage].data());
  }
  for (std::size_t i = 0; i < size; ++i)
    state[i] += step / 6 * (rate[0][i] + 2 * rate[1][i] + 2 * rate[2][i] + rate[3][i]);
}

}  // namespace

const std::vector<TrajectorySystem>& trajectory_systems() {
  static const std::vector<TrajectorySystem> systems = all_systems();
  return systems;
}

const TrajectorySystem* find_trajectory_system(const std::string& name) {
  for (const TrajectorySystem& system : trajectory_systems()) {
    if (system.name == name) return &system;
  }
  return nullptr;
}

std::vector<double> trajectory(const TrajectorySystem& system, int rows, double noise, std::uint64_t seed,
                               std::uint64_t index) {
  RowRandom random(seed, index);
  const int steps = static_cast<int>(std::ceil(system.interval / kLongestStep - 1e-9));
  std::vector<double> state(system.columns.size()), values;
  values.reserve(state.size() * static_cast<std::size_t>(rows > 0 ? rows : 0));
  system.start(random, state.data());
  for (int row = 0; row < rows; ++row) {
    for (int step = 0; step < steps && row > 0; ++step) advance(system, state, system.interval / steps);
    for (std::size_t i = 0; i < state.size(); ++i)
      values.push_back(state[i] + (noise > 0 ? noise * system.spread[i] * random.normal() : 0));
  }
  return values;
}

std::vector<double> trajectory_rows(const TrajectorySystem& system, int trajectories, int rows_per_trajectory,
                                    double noise, std::uint64_t seed) {
  std::vector<double> values;
  for (int k = 0; k < trajectories; ++k) {
    const std::vector<double> own =
        trajectory(system, rows_per_trajectory, noise, seed, static_cast<std::uint64_t>(k));
    values.insert(values.end(), own.begin(), own.end());
  }
  return values;
}

}  // namespace symscan
