#pragma once
#include <string>
#include <utility>
#include <vector>

#include "host/analysis/angle_columns.hpp"

namespace symscan {

/// What was done to the columns of particles.
struct ColliderChange {
  std::vector<std::string> notes;  ///< one sentence per particle
  /// Columns that are no longer there and how parse_acceptance() calls them now: "pt1" -> "pt(1)".
  std::vector<std::pair<std::string, std::string>> renamed;
  bool transverse_angles = false;  ///< a column phi was replaced
  bool rapidities = false;         ///< a column eta, y or theta was replaced
};

/// Gives particles with pt and phi their momentum instead:
///   pt, phi                     px = pt cos phi, py = pt sin phi
///   and eta                     pz = pt sinh eta
///   or theta (pt may be p)      pz = pt / tan theta, pt = p sin theta
///   or y with m                 pz = mT sinh y, E = mT cosh y, mT^2 = m^2 + pt^2
///   or y with E                 pz = E tanh y
///   m without E                 E^2 = m^2 + p^2 (a negative m stands for a negative m^2)
///   neither m nor E             E = |p|
/// New columns are called like those of the particle: px(mu-), mu-_px, px1. Of particles that have px and py,
/// phi, eta, theta and y are left out where they agree with the momentum. Particles whose values are no
/// kinematics (pt < 0, |eta| > 20, phi of more than one turn: codes for missing values) stay as they are.
ColliderChange momenta_from_angles(NamedRows& table);

}  // namespace symscan
