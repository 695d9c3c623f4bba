#include "host/config/names.hpp"

namespace symscan {
namespace {

#define SYMSCAN_NAMED(name, slope, weights) {Activation::name, #name},
constexpr Named<Activation> activations[] = {SYMSCAN_ACTIVATIONS(SYMSCAN_NAMED)};
#undef SYMSCAN_NAMED
constexpr Named<LossKind> loss_kinds[] = {
    {LossKind::sum, "sum"}, {LossKind::half_sum, "half_sum"}, {LossKind::mean, "mean"}};
constexpr Named<Optimizer> optimizers[] = {
    {Optimizer::adam, "adam"}, {Optimizer::adamw, "adamw"}, {Optimizer::sgd, "sgd"}};
constexpr Named<Schedule> schedules[] = {
    {Schedule::constant, "constant"}, {Schedule::cosine, "cosine"}, {Schedule::rounds, "rounds"}};
constexpr Named<Precision> precisions[] = {
    {Precision::fp32, "fp32"}, {Precision::tf32, "tf32"}, {Precision::bf16, "bf16"}};
#define SYMSCAN_NAMED(name, order, pass) {RelevanceMeasure::name, #name},
constexpr Named<RelevanceMeasure> measures[] = {SYMSCAN_RELEVANCE_MEASURES(SYMSCAN_NAMED)};
#undef SYMSCAN_NAMED
constexpr Named<Preprocess> preprocesses[] = {
    {Preprocess::standardize, "standardize"}, {Preprocess::center, "center"}, {Preprocess::none, "none"}};

template <typename Enum>
std::string name_of(Enum value) {
  for (const auto& row : names_of<Enum>()) {
    if (row.value == value) return row.name;
  }
  throw std::logic_error("an enum value without a name");
}

}  // namespace

template <>
std::span<const Named<Activation>> names_of() {
  return activations;
}
template <>
std::span<const Named<LossKind>> names_of() {
  return loss_kinds;
}
template <>
std::span<const Named<Optimizer>> names_of() {
  return optimizers;
}
template <>
std::span<const Named<Schedule>> names_of() {
  return schedules;
}
template <>
std::span<const Named<Precision>> names_of() {
  return precisions;
}
template <>
std::span<const Named<RelevanceMeasure>> names_of() {
  return measures;
}
template <>
std::span<const Named<Preprocess>> names_of() {
  return preprocesses;
}

std::string to_string(Activation value) {
  return name_of(value);
}
std::string to_string(LossKind value) {
  return name_of(value);
}
std::string to_string(Optimizer value) {
  return name_of(value);
}
std::string to_string(Schedule value) {
  return name_of(value);
}
std::string to_string(Precision value) {
  return name_of(value);
}
std::string to_string(RelevanceMeasure value) {
  return name_of(value);
}
std::string to_string(Preprocess value) {
  return name_of(value);
}

}  // namespace symscan
