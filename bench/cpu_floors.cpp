// What the machine can do: products of large matrices by the installed BLAS, and copying memory.
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "bench/cpu_bench.hpp"
#include "host/base/aligned.hpp"

namespace symscan {
namespace {

/// Fortran's SGEMM: column-major matrices, integers of 32 bits, the lengths of the texts last.
using SgemmFunction = void(const char* transpose_a, const char* transpose_b, const int* rows,
                           const int* columns, const int* depth, const float* alpha, const float* a,
                           const int* stride_a, const float* b, const int* stride_b, const float* beta,
                           float* c, const int* stride_c, std::size_t, std::size_t);

/// Calls work(t) for t = 0 .. threads - 1 on as many threads, the calling one among them.
template <class Work>
void on_threads(int threads, Work work) {
  std::vector<std::jthread> others;
  for (int t = 1; t < threads; ++t) others.emplace_back([work, t] { work(t); });
  work(0);
}

/// Names the library if it is one that is made for speed; the reference BLAS is no measure of a machine.
std::string library_version(void* library) {
  const auto text = [&](const char* name) -> std::string {
    void* const function = dlsym(library, name);
    return function == nullptr ? "" : reinterpret_cast<const char* (*)()>(function)();
  };
  if (const std::string config = text("openblas_get_config"); !config.empty()) return config;
  if (const std::string version = text("bli_info_get_version_str"); !version.empty())
    return "BLIS " + version + " (" + text("bli_arch_string") + ")";
  return dlsym(library, "MKL_Get_Max_Threads") != nullptr ? "MKL" : "";
}

class Copy {
 public:
  /// Far more than any cache holds.
  static constexpr std::size_t floats = std::size_t{1} << 26;
  Copy() : from_(floats), to_(floats) {}
  void run(int threads) {
    on_threads(threads, [&](int t) {
      const std::size_t begin = floats * t / threads, end = floats * (t + 1) / threads;
      std::memcpy(to_.data() + begin, from_.data() + begin, (end - begin) * sizeof(float));
    });
  }
  /// Read and written.
  static double bytes() { return 2.0 * floats * sizeof(float); }

 private:
  AlignedFloats from_, to_;
};

}  // namespace

struct Sgemm::Matrices {
  int n = 0;
  AlignedFloats a, b;
  std::vector<AlignedFloats> c;

  void make(int size, int threads) {
    const auto count = static_cast<std::size_t>(size) * size;
    if (size != n) {
      n = size;
      a = AlignedFloats(count);
      b = AlignedFloats(count);
      c.clear();
      for (std::size_t i = 0; i < count; ++i) {
        a.data()[i] = static_cast<float>(i % 17) / 17 - 0.5f;
        b.data()[i] = static_cast<float>(i % 23) / 23 - 0.5f;
      }
    }
    while (static_cast<int>(c.size()) < threads) c.emplace_back(count);
  }
};

Sgemm::Sgemm() : matrices_(std::make_unique<Matrices>()) {
  // Read by the libraries when they are opened: one thread per product, and no threads that wait busily.
  for (const char* name :
       {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "BLIS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    setenv(name, "1", 1);
  }
  description_ = "no libopenblas.so.0 and no libblas.so.3; install libopenblas0";
  for (const char* file : {"libopenblas.so.0", "libblas.so.3"}) {
    void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    const std::string version = library_version(library);
    if (!version.empty()) function_ = dlsym(library, "sgemm_");
    if (function_ != nullptr) {
      description_ = std::string(file) + ", " + version;
      return;
    }
    description_ = std::string(file) + " is not a BLAS made for speed; install libopenblas0";
    dlclose(library);
  }
}

Sgemm::~Sgemm() = default;

void Sgemm::multiply(int n, int threads) {
  matrices_->make(n, threads);
  const auto sgemm = reinterpret_cast<SgemmFunction*>(function_);
  on_threads(threads, [&](int t) {
    const float one = 1, zero = 0;
    sgemm("N", "N", &n, &n, &n, &one, matrices_->a.data(), &n, matrices_->b.data(), &n, &zero,
          matrices_->c[t].data(), &n, 1, 1);
  });
}

Json floors_section(const CpuBench& bench) {
  print_title("floors", bench.sgemm.description());
  Json result = {{"blas", bench.sgemm.available() ? Json(bench.sgemm.description()) : Json(nullptr)},
                 {"sgemm", nullptr}};
  if (!bench.sgemm.available()) result["reason"] = bench.sgemm.description();
  std::vector<int> thread_counts = {1};
  if (bench.cores > 1) thread_counts.push_back(bench.cores);
  const auto cores_text = [](int threads) {
    return threads == 1 ? std::string("one core") : std::to_string(threads) + " cores";
  };
  if (bench.sgemm.available()) {
    result["sgemm"] = Json::array();
    for (const int threads : thread_counts) {
      double peak = 0;
      Json sizes = Json::array();
      for (const int n : {1024, 1536, 2048}) {
        const Series seconds = time_alone(bench.seconds, [&] { bench.sgemm.multiply(n, threads); });
        const Json gflops = rates(seconds, Sgemm::flops(n, threads) / 1e9);
        print_line("SGEMM " + std::to_string(n) + ", " + cores_text(threads), gflops, "GFLOP/s");
        peak = std::max(peak, gflops.at("fastest").get<double>());
        sizes.push_back({{"n", n}, {"gflops", gflops}});
      }
      result["sgemm"].push_back({{"threads", threads}, {"peak_gflops", peak}, {"sizes", sizes}});
    }
    const auto once = [&] { bench.sgemm.multiply(1024, 1); };
    const std::vector<Series> twice = time_in_turn(bench.seconds, {once, once});
    result["noise"] = noise(twice[0], twice[1]);
    print_noise(result["noise"]);
  }
  Copy copy;
  result["copy"] = Json::array();
  for (const int threads : thread_counts) {
    const Series seconds = time_alone(bench.seconds, [&] { copy.run(threads); });
    const Json rate = rates(seconds, Copy::bytes() / 1e9);
    print_line("copy, read and written, " + cores_text(threads), rate, "GB/s");
    result["copy"].push_back({{"threads", threads}, {"gigabytes_per_second", rate}});
  }
  return result;
}

}  // namespace symscan
