#include "host/store/network_file_system.hpp"

#include <sys/vfs.h>

#include <cstdint>

#include "host/store/ledger_limits.hpp"

namespace symscan {
namespace {

struct FileSystemType {
  std::uint32_t type;  ///< linux/magic.h, man 2 statfs
  const char* name;
};
constexpr FileSystemType shared_by_machines[] = {
    {0x00006969, "NFS"},    {0x0000517B, "SMB"},    {0xFF534D42, "CIFS"},  {0xFE534D42, "SMB2"},
    {0x65735546, "FUSE"},   {0x0BD00BD0, "Lustre"}, {0x47504653, "GPFS"},  {0x00C36400, "Ceph"},
    {0x01021997, "9p"},     {0x5346414F, "AFS"},    {0x6B414653, "AFS"},   {0x19830326, "BeeGFS"},
    {0xAAD7AAEA, "PanFS"},  {0x01161970, "GFS2"},   {0x7461636F, "OCFS2"}, {0x73757245, "Coda"},
    {0x786F4256, "vboxsf"},
};

}  // namespace

const char* network_file_system(long type) {
  for (const FileSystemType& known : shared_by_machines)
    if (known.type == static_cast<std::uint32_t>(type)) return known.name;
  return nullptr;
}

std::string network_file_system_of(const std::filesystem::path& file) {
  long type = 0;
  struct statfs status {};
  if (const auto& given = ledger_limits().file_system)
    type = *given;
  else if (::statfs(file.has_parent_path() ? file.parent_path().c_str() : ".", &status) == 0)
    type = static_cast<long>(status.f_type);
  const char* name = network_file_system(type);
  return name != nullptr ? name : "";
}

}  // namespace symscan
