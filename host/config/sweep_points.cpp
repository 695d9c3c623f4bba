#include "host/config/sweep_points.hpp"

#include "host/config/replica.hpp"

namespace symscan {

std::vector<std::size_t> SweepPoints::place(std::size_t point) const {
  std::vector<std::size_t> place(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    place[a] = point % axes[a].points.size();
    point /= axes[a].points.size();
  }
  return place;
}

Json SweepPoints::config(std::size_t point) const {
  Json config = base;
  const std::vector<std::size_t> at = place(point);
  for (std::size_t a = 0; a < axes.size(); ++a)
    for (std::size_t i = 0; i < axes[a].targets.size(); ++i)
      config[axes[a].targets[i]] = axes[a].points[at[a]][i];
  return config;
}

const std::string& ResolvedTexts::of(const ReplicaConfig& config) {
  if (points_ != config.points || point_ != config.point) {
    points_ = config.points;
    point_ = config.point;
    text_ = points_->config(point_).dump();
    text_.back() = ',';  // instead of the brace; a config is never empty
    text_ += "\"seed\":";
    before_seed_ = text_.size();
  }
  text_.resize(before_seed_);
  text_ += std::to_string(config.seed) + "}";
  return text_;
}

}  // namespace symscan
