#include "host/report/sentences.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "host/data/dataset.hpp"

namespace symscan {
namespace {

std::string number(double value) {
  std::ostringstream text;
  text.precision(3);
  text << value;
  return text.str();
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

/// "2 of 4 latents are active", "between 2 and 3 of 4 latents are active"
std::string active_phrase(const Group& group) {
  const auto [low, high] = std::minmax_element(group.active.begin(), group.active.end());
  const std::string total = " of " + std::to_string(group.config->model.latent_dim) +
                            (group.config->model.latent_dim == 1 ? " latent" : " latents");
  if (*low == *high) return std::to_string(*low) + total + (*low == 1 ? " is active" : " are active");
  return "between " + std::to_string(*low) + " and " + std::to_string(*high) + total + " are active";
}

/// "A closed curve needs 2 latents: ..."; empty if nothing is known.
std::string needs_sentence(const DatasetFacts& facts) {
  if (facts.embedding_dimension <= 0 || facts.shape.empty()) return "";
  const int needed = facts.embedding_dimension, freedom = facts.intrinsic_dimension;
  std::string text =
      facts.shape + " needs " + std::to_string(needed) + (needed == 1 ? " latent" : " latents");
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  if (freedom >= 0 && freedom < needed) {
    text += ": it has " + std::to_string(freedom) + (freedom == 1 ? " degree" : " degrees") +
            " of freedom, but cannot be laid out on so few axes without a tear";
  }
  return text + ".";
}

/// Why a group has other latents active than the shape needs; empty if it has not.
std::string difference_phrase(const DatasetFacts& facts, const Group& group) {
  const int needed = facts.embedding_dimension;
  const int found = *std::max_element(group.active.begin(), group.active.end());
  if (needed <= 0 || found == needed) return "";
  if (found > needed) return "; more than needed describe how the shape bends, or training is not finished";
  if (group.config->model.latent_dim < needed) return "; latent_dim is too small here";
  return "; at a smaller beta more of them may carry information";
}

std::string group_sentence(const RunResults& results, const Group& group, const DatasetFacts& facts,
                           bool name_it) {
  const ReplicaConfig& config = *group.config;
  std::string text;
  if (name_it) text = "With " + settings_text(config, results.varying) + ", ";
  text += active_phrase(group) + " (KL above " + number(config.relevance.threshold) + " nats";
  if (group.done.size() > 1) text += ", " + std::to_string(group.done.size()) + " seeds";
  text += ")";
  text += difference_phrase(facts, group);
  const auto ranks = sorted_measure(results, group, RelevanceMeasure::kl);
  std::vector<std::string> carried;
  constexpr std::size_t most_values = 8;
  for (const MeanAndSpread& rank : ranks) {
    if (rank.mean > config.relevance.threshold && carried.size() < most_values)
      carried.push_back(number(rank.mean));
  }
  if (!carried.empty())
    text += (carried.size() == 1 ? ". It carries " : ". They carry ") + join(carried) + " nats";
  return text + ".";
}

/// Scans over latent_dim, everything else being equal: where the number of active latents stops growing.
void scan_sentences(const RunResults& results, const std::vector<const Group*>& groups,
                    std::vector<std::string>& sentences) {
  std::vector<std::string> others = results.varying;
  std::erase(others, "model.latent_dim");
  std::vector<std::string> order;
  std::map<std::string, std::vector<const Group*>> scans;
  for (const Group* group : groups) {
    auto& scan = scans[settings_text(*group->config, others)];
    if (scan.empty()) order.push_back(settings_text(*group->config, others));
    scan.push_back(group);
  }
  constexpr std::size_t most_scans = 6;
  for (std::size_t i = 0; i < std::min(order.size(), most_scans); ++i) {
    auto& scan = scans[order[i]];
    std::stable_sort(scan.begin(), scan.end(), [](const Group* a, const Group* b) {
      return a->config->model.latent_dim < b->config->model.latent_dim;
    });
    std::set<int> sizes;
    for (const Group* group : scan) sizes.insert(group->config->model.latent_dim);
    if (sizes.size() < 3) continue;
    const double last = scan.back()->active_latents.mean;
    const std::string range = "latent_dim " + std::to_string(*sizes.begin()) + " to " +
                              std::to_string(*sizes.rbegin()) + ", " + order[i];
    if (last == 0) {
      sentences.push_back("All latents have collapsed at every size (" + range +
                          "): beta is too large for this data.");
    } else if (last + 0.5 < *sizes.rbegin()) {
      sentences.push_back("The number of active latents stops growing at " + number(last) + " (" + range +
                          ").");
    } else {
      sentences.push_back("All latents are active up to the largest latent_dim (" + range +
                          "): the number has not stopped growing.");
    }
  }
  if (order.size() > most_scans) {
    sentences.push_back("The other " + std::to_string(order.size() - most_scans) +
                        " scans are in the figures.");
  }
}

void linear_sentence(const RunResults& results, const Group& group, std::vector<std::string>& sentences) {
  const std::vector<double>& eigenvalues = results.datasets[group.dataset].eigenvalues;
  if (group.tau <= 0 || eigenvalues.empty()) return;
  const auto above =
      std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double v) { return v > group.tau; });
  sentences.push_back(
      "For comparison, a linear model of the same loss would use one latent for each principal component of "
      "the data with a variance above tau (" +
      number(group.tau) + "): " + std::to_string(above) + ".");
}

/// Counting latents of a model that has hardly been trained is the easiest way to a wrong answer.
void training_sentence(const RunResults& results, const std::vector<const Group*>& groups,
                       std::vector<std::string>& sentences) {
  std::uint64_t fewest = 0;
  std::size_t short_groups = 0, falling = 0;
  for (const Group* group : groups) {
    const TrainingVerdict state = training_state(results, *group);
    if (state.too_few_steps) {
      fewest = short_groups++ == 0 ? state.steps : std::min(fewest, state.steps);
    } else if (state.still_falling) {
      ++falling;
    }
  }
  const std::string of_groups = groups.size() > 1 ? " in " + std::to_string(short_groups + falling) + " of " +
                                                        std::to_string(groups.size()) + " groups"
                                                  : "";
  if (short_groups > 0) {
    sentences.push_back("Not trained long enough" + of_groups + ": only " + std::to_string(fewest) +
                        " training steps. Raise train.epochs before counting latents.");
  } else if (falling > 0) {
    sentences.push_back("The loss was still falling when training ended" + of_groups +
                        ": raise train.epochs before counting latents.");
  }
}

}  // namespace

const Group* main_group(const std::vector<Group>& groups, int dataset) {
  const Group* best = nullptr;
  for (const Group& group : groups) {
    if (group.dataset != dataset || group.done.empty()) continue;
    if (best == nullptr || group.config->model.latent_dim > best->config->model.latent_dim) best = &group;
  }
  return best;
}

std::string constant_features_sentence(const DatasetRecord& record) {
  std::vector<std::string> constant;
  for (std::size_t d = 0; d < record.columns.size(); ++d) {
    if (record.constant[d]) constant.push_back(record.columns[d]);
  }
  if (constant.empty()) return "";
  return join(constant) + (constant.size() == 1 ? " is constant" : " are constant") +
         " in this dataset: nothing to learn, and not divided by a spread that is only rounding noise.";
}

std::vector<std::string> summary_sentences(const RunResults& results, const std::vector<Group>& all,
                                           int dataset) {
  std::vector<std::string> sentences;
  std::vector<const Group*> groups;
  std::size_t failed = 0;
  for (const Group& group : all) {
    if (group.dataset != dataset) continue;
    failed += group.failed.size();
    if (!group.done.empty()) groups.push_back(&group);
  }
  const DatasetRecord& record = results.datasets[dataset];
  if (groups.empty()) {
    sentences.push_back("No replica of this study has finished.");
  } else {
    const DatasetFacts facts = dataset_facts(record.settings);
    const Group* main = main_group(all, dataset);
    training_sentence(results, groups, sentences);
    if (const std::string needs = needs_sentence(facts); !needs.empty()) sentences.push_back(needs);
    constexpr std::size_t few = 4;
    for (std::size_t g = 0; g < groups.size() && groups.size() <= few; ++g) {
      sentences.push_back(group_sentence(results, *groups[g], facts, groups.size() > 1));
    }
    if (groups.size() > few) {
      sentences.push_back(group_sentence(results, *main, facts, true));
    }
    scan_sentences(results, groups, sentences);
    linear_sentence(results, *main, sentences);
  }
  if (failed > 0) {
    sentences.push_back(std::to_string(failed) + (failed == 1 ? " replica" : " replicas") + " failed and " +
                        (failed == 1 ? "is" : "are") +
                        " left out of every mean; the reasons are listed under failures.");
  }
  return sentences;
}

}  // namespace symscan
