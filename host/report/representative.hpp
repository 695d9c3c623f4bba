#pragma once
#include "host/report/report_model.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// How much of each dataset a page draws: less where there are many, so that the page stays light.
struct DrawnDetail {
  std::size_t representatives = 10;  ///< groups whose latents are drawn point by point
  std::size_t rows = 1500;           ///< of the sample
  std::size_t plane_points = 41;     ///< on each side of an encoder's plane
};
DrawnDetail drawn_detail(std::size_t datasets);

/// Which of the rows kept with the run are drawn: evenly spaced, at most `most`.
std::vector<std::size_t> drawn_rows(const DatasetRecord& record, std::size_t most);

/// The done replica of a group with the lowest loss; there is one. Activations are rounded to what a figure
/// resolves, and are those of the first latents alone where there are many.
Representative representative_of(const RunResults& results, const SampleMeasures& measures,
                                 const Group& group, const DrawnDetail& detail, Ledger& ledger);

}  // namespace symscan
