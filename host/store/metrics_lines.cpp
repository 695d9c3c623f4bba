#include "host/store/metrics_lines.hpp"

#include "host/store/measures_json.hpp"

namespace symscan {

std::string metrics_lines(int replica, const EpochRecords& records) {
  std::string lines;
  // One object for all lines: to make it takes longer than to print it. References into it stay valid.
  Json line = {{"replica", replica},    {"epoch", 0}, {"loss", 0.0},
               {"reconstruction", 0.0}, {"kl", 0.0},  {"validation_loss", 0.0}};
  Json &number = line["epoch"], &loss = line["loss"], &reconstruction = line["reconstruction"],
       &kl = line["kl"], &validation = line["validation_loss"];
  for_each_epoch(records, [&](std::size_t epoch, const EpochMetrics& m, const TrackedRelevance* tracked) {
    number = epoch;
    loss = m.loss;
    reconstruction = m.reconstruction;
    kl = m.kl;
    validation = m.validation_loss;
    if (tracked == nullptr) {
      lines += line.dump();
    } else {
      Json with_relevance = line;
      with_relevance["relevance"] = measures_json(tracked->measures);
      lines += with_relevance.dump();
    }
    lines += '\n';
  });
  return lines;
}

}  // namespace symscan
