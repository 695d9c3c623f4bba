// A driver library for tests: what host/device/driver_probe.cpp asks libcuda.so.1, answered from the
// environment.
//   FAKE_CUDA_DEVICES=N   GPUs, "Fake GPU" of compute capability 9.0 (default 0: cuInit finds no device)
//   FAKE_CUDA_INIT=CODE   what cuInit returns instead
#include <cstdio>
#include <cstdlib>

namespace {

int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}
int devices() {
  return number("FAKE_CUDA_DEVICES", 0);
}

}  // namespace

extern "C" {

int cuInit(unsigned) {
  constexpr int no_device = 100;
  return number("FAKE_CUDA_INIT", devices() > 0 ? 0 : no_device);
}
int cuDriverGetVersion(int* version) {
  *version = 12040;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = devices();
  return 0;
}
int cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return 0;
}
int cuDeviceGetName(char* name, int length, int) {
  std::snprintf(name, static_cast<std::size_t>(length), "Fake GPU");
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
  constexpr int capability_major = 75;
  *value = attribute == capability_major ? 9 : 0;
  return 0;
}
int cuGetErrorName(int error, const char** name) {
  *name = error == 803 ? "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" : nullptr;
  return error == 803 ? 0 : 1;
}
}
