#include "kernels/device/device_api.hpp"

#include <cstring>

#include "kernels/device/device.hpp"

namespace symscan {
namespace {

/// Runs `f`; turns what it throws into a status and a sentence.
template <class F>
DeviceStatus guarded(char* why, F f) {
  const auto tell = [&](const char* sentence) {
    std::strncpy(why, sentence, DeviceApi::why_size - 1);
    why[DeviceApi::why_size - 1] = '\0';
  };
  try {
    f();
    return DeviceStatus::ok;
  } catch (const DeviceError& error) {
    tell(error.what());
    return error.status();
  } catch (const std::bad_alloc&) {
    tell("the host's memory is exhausted");
    return DeviceStatus::failed;
  } catch (const std::exception& error) {
    tell(error.what());
    return DeviceStatus::failed;
  }
}

DeviceStatus count(int* devices, char* why) {
  return guarded(why, [&] {
    std::string sentence;
    *devices = Runtime::device_count(sentence);
    std::strncpy(why, sentence.c_str(), DeviceApi::why_size - 1);
    why[DeviceApi::why_size - 1] = '\0';
  });
}
DeviceStatus info(int number, DeviceInfo* info, char* why) {
  return guarded(why, [&] { *info = Runtime::device_info(number); });
}
DeviceStatus open(int number, Device** opened, char* why) {
  return guarded(why, [&] { *opened = new Device(number); });
}
void close(Device* device) {
  delete device;
}
DeviceStatus add_dataset(Device* device, const float* values, const float* weights, std::size_t rows,
                         int features, int* dataset, char* why) {
  return guarded(why, [&] { *dataset = device->add_dataset(values, weights, rows, features); });
}
DeviceStatus generate_dataset(Device* device, const RowSampler* sampler, std::uint64_t seed, std::size_t rows,
                              const double* offset, const double* scale, int* dataset, char* why) {
  return guarded(why, [&] { *dataset = device->generate_dataset(*sampler, seed, rows, offset, scale); });
}
DeviceStatus read_dataset(Device* device, int dataset, std::size_t first_row, std::size_t rows, float* values,
                          char* why) {
  return guarded(why, [&] { device->read_dataset(dataset, first_row, rows, values); });
}
DeviceStatus remove_dataset(Device* device, int dataset, char* why) {
  return guarded(why, [&] { device->remove_dataset(dataset); });
}
DeviceStatus free_memory(Device* device, std::uint64_t* bytes, char* why) {
  return guarded(why, [&] { *bytes = device->runtime.free_memory(); });
}
DeviceStatus add_replicas(Device* device, const ReplicaStart* starts, int count, int* replicas, char* why) {
  return guarded(why, [&] { device->add_replicas(starts, count, replicas); });
}
DeviceStatus read_replicas(Device* device, const int* replicas, int count, const ReplicaCopy* copies,
                           char* why) {
  return guarded(why, [&] { device->read_replicas(replicas, count, copies); });
}
DeviceStatus remove_replicas(Device* device, const int* replicas, int count, char* why) {
  return guarded(why, [&] { device->remove_replicas(replicas, count); });
}
DeviceStatus train(Device* device, const int* replicas, int count, std::uint64_t units, double seconds,
                   char* why) {
  return guarded(why, [&] { device->train(replicas, count, units, seconds); });
}
DeviceStatus wait(Device* device, char* why) {
  return guarded(why, [&] { device->wait(); });
}
DeviceStatus states(Device* device, const int* replicas, int count, TrainingState* states, char* why) {
  return guarded(why, [&] { device->states(replicas, count, states); });
}
DeviceStatus evaluate(Device* device, const int* replicas, int count, char* why) {
  return guarded(why, [&] { device->evaluate(replicas, count); });
}
DeviceStatus results(Device* device, LossSums* losses, double* sums, const ReplicaCopy* copies, char* why) {
  return guarded(why, [&] { device->results(losses, sums, copies); });
}

}  // namespace
}  // namespace symscan

extern "C" const symscan::DeviceApi* symscan_device_api(void) {
  using namespace symscan;
  static const DeviceApi api = {device_api_layout(),
                                Runtime::build(),
                                count,
                                info,
                                open,
                                close,
                                free_memory,
                                add_dataset,
                                generate_dataset,
                                read_dataset,
                                remove_dataset,
                                add_replicas,
                                read_replicas,
                                remove_replicas,
                                train,
                                wait,
                                states,
                                evaluate,
                                results};
  return &api;
}
