#pragma once
#include <cstddef>
#include <vector>

#include "host/config/replica.hpp"

namespace symscan {

/// How long the training of a replica takes, in multiply-adds and what takes as long as so many: steps of the
/// whole length (a training until convergence: of the longest), passes of validation and over the dataset.
/// `rows`, `features`: of the dataset. Measured (bench/attempts.md): right within a third between networks
/// that differ by a factor of 100.
double predicted_work(const ReplicaConfig& config, std::size_t rows, std::size_t features);

/// Deals units of work out to shards: the largest first, each to the shard that has least by then, of equal
/// ones the first (LPT, Graham, SIAM J. Appl. Math. 17 (1969) 416: no shard has more than 4/3 of the least
/// possible largest). Returns the shard of each unit.
std::vector<int> deal_out(const std::vector<double>& work, int shards);

}  // namespace symscan
