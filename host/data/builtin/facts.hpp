#pragma once
#include <string>
#include <vector>

#include "host/base/text.hpp"

/// Texts that the facts of several built-in datasets share.
namespace symscan {

/// The rotations of `axes` axes: "so(3)"; "none" below two.
inline std::string rotations(int axes) {
  return axes < 2 ? "none" : "so(" + std::to_string(axes) + ")";
}

/// Independent rotations of `planes` planes: "so(2)+so(2)".
inline std::string plane_rotations(int planes) {
  std::string text = planes < 1 ? "none" : "so(2)";
  for (int plane = 1; plane < planes; ++plane) text += "+so(2)";
  return text;
}

/// As many digits as float32 has: "0.25".
inline std::string short_number(double value) {
  return rounded(value, 9);
}

/// "3 x", or "x" for a factor 1.
inline std::string scaled(double factor, const std::string& term) {
  return factor == 1.0 ? term : short_number(factor) + " " + term;
}

/// "x0^2 + x1^2"
inline std::string sum_of_squares(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " + ") + name + "^2";
  return text;
}

/// "x^2 + y^2 = 0.25"
inline std::string circle_equation(const std::string& x, const std::string& y, double radius) {
  return sum_of_squares({x, y}) + " = " + short_number(radius * radius);
}

/// E, px, py, pz of mu-, then of mu+.
inline std::vector<std::string> muon_pair_columns() {
  std::vector<std::string> columns;
  for (const char* particle : {"(mu-)", "(mu+)"}) {
    for (const char* feature : {"E", "px", "py", "pz"}) columns.push_back(std::string(feature) + particle);
  }
  return columns;
}

/// "px(mu-) + px(mu+) = 0"
inline std::string muons_balance(const std::string& feature) {
  return feature + "(mu-) + " + feature + "(mu+) = 0";
}

/// E^2 - p^2 = m^2 of both muons; mass in GeV.
inline std::vector<std::string> muon_mass_shells(double mass) {
  std::vector<std::string> shells;
  for (const std::string particle : {"(mu-)", "(mu+)"}) {
    std::string text = "E" + particle + "^2";
    for (const char* feature : {"px", "py", "pz"}) text += " - " + (feature + particle) + "^2";
    shells.push_back(text + " = " + short_number(mass * mass) + " GeV^2");
  }
  return shells;
}

}  // namespace symscan
