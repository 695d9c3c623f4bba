#pragma once
#include <nanobind/nanobind.h>

#include <atomic>
#include <optional>
#include <thread>

namespace symscan::python {

namespace nb = nanobind;

/// What Python wants while the library works without the GIL: Ctrl-C, an exception of a callback. The first
/// one is kept, and raised when the library has come to its end.
class Interruption {
 public:
  /// Calls `work` with the GIL, after a look at signals; only on the thread that made this.
  template <class Work>
  void ask(const Work& work) {
    if (std::this_thread::get_id() != thread_ || stop_) return;
    const nb::gil_scoped_acquire held;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      work();
    } catch (nb::python_error& raised) {
      raised_.emplace(std::move(raised));
      stop_ = true;
    }
  }

  const std::atomic<bool>& stop() const { return stop_; }
  /// With the GIL.
  void raise() {
    if (!raised_) return;
    nb::python_error raised = std::move(*raised_);
    raised_.reset();
    throw raised;
  }

 private:
  std::thread::id thread_ = std::this_thread::get_id();
  std::atomic<bool> stop_{false};
  std::optional<nb::python_error> raised_;
};

/// Thrown through an analysis to end it; never seen by Python.
struct AnalysisEnded {};

}  // namespace symscan::python
