#pragma once
#include <string>
#include <utility>

namespace symscan {

/// What an affine vector field does, from the eigenvalues of its linear part and its shift.
/// Screw: a rotation with a translation along its axis; spiral: a rotation with a scaling.
enum class FieldKind { rotation, translation, scaling, shear, boost, screw, spiral, other };
inline constexpr std::pair<FieldKind, const char*> field_kind_names[] = {
    {FieldKind::rotation, "rotation"}, {FieldKind::translation, "translation"},
    {FieldKind::scaling, "scaling"},   {FieldKind::shear, "shear"},
    {FieldKind::boost, "boost"},       {FieldKind::screw, "screw"},
    {FieldKind::spiral, "spiral"},     {FieldKind::other, "other"}};

/// "rotation", "translation", ...
inline std::string to_string(FieldKind kind) {
  for (const auto& [candidate, name] : field_kind_names)
    if (candidate == kind) return name;
  return "other";
}

}  // namespace symscan
