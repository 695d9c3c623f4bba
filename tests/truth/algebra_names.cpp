// What names of algebras say.
#include <regex>

#include "tests/truth/contradictions.hpp"

namespace symscan::truth {
namespace {

std::vector<std::string> parts_of(std::string name) {
  std::vector<std::string> parts;
  static const std::regex plus(" ?\\+ ?");
  const std::sregex_token_iterator end;
  for (std::sregex_token_iterator part(name.begin(), name.end(), plus, -1); part != end; ++part)
    parts.push_back(part->str());
  return parts;
}

/// so(n), so(p,q), so(n,C), sl(n,R), sl(n,C), su(n), su(p,q), sp(n), sp(p,q), sp(2n,R), so*(2n), su*(2n).
std::optional<int> dimension_of_classical(const std::string& name) {
  static const std::regex form("(so|su|sl|sp|so\\*|su\\*)\\((\\d+)(?:,(\\d+|R|C))?\\)");
  std::smatch match;
  if (!std::regex_match(name, match, form)) return std::nullopt;
  const std::string letters = match[1], second = match[3];
  const bool field = second == "R" || second == "C", complex = second == "C";
  const int n = std::stoi(match[2]) + (second.empty() || field ? 0 : std::stoi(second));
  const bool abelian = n == 2 && letters == "so" && !second.empty();  // so(1,1)
  if (n < (letters == "sp" ? 1 : 2) || abelian) return std::nullopt;
  const int copies = complex ? 2 : 1;
  if (letters.starts_with("so")) return copies * n * (n - 1) / 2;
  if (letters.starts_with("su") || letters == "sl") return copies * (n * n - 1);
  return field ? copies * n * (n + 1) / 2 : n * (2 * n + 1);
}

std::optional<int> dimension_of_part(const std::string& part) {
  static const std::regex single(
      "scaling|boost|translation|shear|screw|rotation with shear|rotation with scaling|scaling with "
      "translation|"
      "scaling with shear|field|motion");
  static const std::regex several("(\\d+) (scalings|translations|shears|screws|fields|motions)");
  static const std::regex others(
      "(?:unnamed algebra of|nilpotent algebra of dimension|"
      "a simple algebra of dimension) (\\d+)(?: fields?)?");
  std::smatch match;
  if (part == "none") return 0;
  if (std::regex_match(part, single)) return 1;
  if (part == "Heisenberg") return 3;
  if (part == "g2" || part == "split g2") return 14;
  if (part.find("f4") != std::string::npos) return 52;
  if (std::regex_match(part, match, several) || std::regex_match(part, match, others))
    return std::stoi(match[1]);
  return dimension_of_classical(part);
}

std::optional<int> dimension_of_sum(const std::string& name) {
  int sum = 0;
  for (const std::string& part : parts_of(name)) {
    const std::optional<int> dimension = dimension_of_part(part);
    if (!dimension) return std::nullopt;
    sum += *dimension;
  }
  return sum;
}

}  // namespace

std::optional<int> dimension_of_algebra(const std::string& name) {
  static const std::string semidirect = " (semidirect)", with = " with ";
  if (!name.ends_with(semidirect)) return dimension_of_sum(name);
  const std::string both = name.substr(0, name.size() - semidirect.size());
  const std::size_t at = both.rfind(with);
  if (at == std::string::npos) return std::nullopt;
  const auto acting = dimension_of_sum(both.substr(0, at)),
             ideal = dimension_of_sum(both.substr(at + with.size()));
  if (!acting || !ideal) return std::nullopt;
  return *acting + *ideal;
}

bool is_compact_algebra(const std::string& name) {
  static const std::regex compact("none|(so|su|sp)\\(\\d+\\)|g2|f4|\\d+ motions?");
  for (const std::string& part : parts_of(name))
    if (!std::regex_match(part, compact)) return false;
  return true;
}

}  // namespace symscan::truth
