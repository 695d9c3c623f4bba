#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/data/table.hpp"

namespace symscan {

/// Whether a column called so is an angle if its values are those of one: "phi1", "azimuth",
/// "wind_direction".
bool is_angle_name(const std::string& column);

/// The period (2 pi or 360) of values from `low` to `high` that reach both ends of (-pi, pi), (0, 2 pi),
/// (-180, 180) or (0, 360) within 2 % of the period and do not go beyond; none for any others.
std::optional<double> full_period(double low, double high);
/// The period of values that are known to be an angle: 360 if they reach both ends of a full turn in degrees,
/// or if radians would be more than four turns and degrees at most one; else 2 pi.
double period_of(double low, double high);

std::string cosine_of(const std::string& angle);  ///< "cos(phi)"
std::string sine_of(const std::string& angle);    ///< "sin(phi)"

/// Throws DataError, one sentence, for a name in `angles` that is neither a column nor an angle whose cosine
/// and sine are.
void check_angles(const std::vector<std::string>& angles, const std::vector<std::string>& columns);

/// Columns cos(NAME) and sin(NAME) in place of each of `angles`, and of those that are called like angles and
/// cover a full turn. Throws DataError as check_angles().
void encode_angles(Table& table, const std::vector<std::string>& angles);

}  // namespace symscan
