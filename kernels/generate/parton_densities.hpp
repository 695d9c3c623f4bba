#pragma once
#include <cmath>

#include "kernels/host_device.hpp"

namespace symscan {

/// Momentum densities x f(x) of the proton, 0 < x < 1: the input of the Les Houches 2001 benchmark of QCD
/// evolution (hep-ph/0204316) at the scale 2 GeV^2. It obeys the sum rules; it is not evolved to higher
/// scales and not meant for precise predictions.
///   u_v = 5.1072 x^0.8 (1-x)^3,   d_v = 3.06432 x^0.8 (1-x)^4,
///   dbar = 0.1939875 x^-0.1 (1-x)^6,   ubar = (1-x) dbar,   s = sbar = 0.2 (ubar + dbar)
struct PartonDensities {
  double up_valence, down_valence, up_sea, down_sea, strange;

  static constexpr double up_normalisation = 5.1072, down_normalisation = 3.06432,
                          sea_normalisation = 0.1939875;

  SYMSCAN_HOST_DEVICE static PartonDensities at(double x) {
    const double root = std::pow(x, -0.1), root2 = root * root, root4 = root2 * root2;
    const double power = 1.0 / (root4 * root4);  // x^0.8
    const double rest = 1.0 - x, cube = rest * rest * rest;
    const double down_sea = sea_normalisation * root * cube * cube, up_sea = rest * down_sea;
    return {up_normalisation * power * cube, down_normalisation * power * cube * rest, up_sea, down_sea,
            0.2 * (up_sea + down_sea)};
  }
};

}  // namespace symscan
