#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/generate/row_random.hpp"

namespace symscan {

/// A function of the state that is constant along every trajectory.
struct ConservedQuantity {
  std::string text;  ///< "p^2/2 - cos(q)"
  double (*value)(const double* state);
};

/// A system of ordinary differential equations whose trajectories the program can make.
struct TrajectorySystem {
  std::string name;                  ///< "pendulum"
  std::string description;           ///< one sentence with the equations of motion and the units
  std::vector<std::string> columns;  ///< [D]
  void (*rate)(const double* state, double* derivative);
  void (*start)(RowRandom& random, double* state);  ///< draws an initial state
  double interval = 0.1;                            ///< time between rows
  std::vector<double> spread;  ///< [D] standard deviation of each column over many trajectories, in which
                               ///< noise is measured
  std::vector<ConservedQuantity> laws = {};  ///< generate all polynomials, 1/r, log, cos that are conserved,
                                             ///< up to degree 2 (henon_heiles: 3)
  int independent = 0;  ///< functionally independent ones among the laws that the columns have
};

/// oscillator_2d, pendulum, double_pendulum, kepler, rigid_body, lotka_volterra, henon_heiles, lorenz,
/// van_der_pol.
const std::vector<TrajectorySystem>& trajectory_systems();
/// nullptr if there is none of that name.
const TrajectorySystem* find_trajectory_system(const std::string& name);

/// Trajectory `index` [rows x D], row-major, in time order from the initial state on. By the classical
/// Runge-Kutta method of order 4 with steps of at most 0.003, which keeps the laws to 1e-8 of their spread.
/// `noise`: standard deviation of the Gaussian noise that is added to every value, in units of `spread`. The
/// trajectory depends on (seed, index) alone, and its first rows do not depend on how many follow.
std::vector<double> trajectory(const TrajectorySystem& system, int rows, double noise, std::uint64_t seed,
                               std::uint64_t index);
/// Trajectories 0, 1, ... one after the other. [trajectories * rows_per_trajectory x D]
std::vector<double> trajectory_rows(const TrajectorySystem& system, int trajectories, int rows_per_trajectory,
                                    double noise, std::uint64_t seed);

}  // namespace symscan
