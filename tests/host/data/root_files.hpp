#pragma once
#include <zlib.h>

#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace symscan::test {

/// Makes small ROOT files with TTrees of flat branches: as ROOT streams them, big-endian.
class RootMaker {
 public:
  struct Branch {
    std::string name, leaf_class;  ///< TLeafD, ...
    std::size_t number_bytes = 8, length = 1;
    bool is_unsigned = false;
    std::string shape = {};            ///< "[2]"
    std::vector<std::string> baskets;  ///< their numbers, big-endian
    std::string algorithm = "";        ///< ZL: packed with zlib
    bool counted = false;              ///< by another leaf
  };

  template <class Integer>
  static std::string number(Integer value) {
    std::string bytes;
    for (std::size_t i = sizeof(Integer); i-- > 0;)
      bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
    return bytes;
  }
  static std::string float64(double value) { return number(std::bit_cast<std::uint64_t>(value)); }
  static std::string float32(float value) { return number(std::bit_cast<std::uint32_t>(value)); }

  void add_tree(const std::string& name, std::uint64_t entries, const std::vector<Branch>& branches,
                std::uint64_t promised = 0) {
    std::string list;
    for (const Branch& branch : branches) list += object("TBranch", branch_bytes(branch, entries));
    const std::string blank = counted(1, std::string(6, '\0'));
    std::string body = named(name) + blank + blank + blank + number(promised ? promised : entries);
    body += std::string(4 * 8 + 8 + 4 * 4 + 4 + 6 * 8 + 1 + 1, '\0') + counted(1, std::string(1, '\0'));
    body += array(list, branches.size()) + std::string(20, '\0');
    add_object("TTree", name, counted(20, body));
  }

  void add_object(const std::string& class_name, const std::string& name, const std::string& bytes,
                  int cycle = 1) {
    const std::size_t place = 200 + file_.size();
    const std::string key = key_of(class_name, name, bytes.size(), bytes.size(), place, "", cycle);
    keys_ += key;
    ++key_count_;
    file_ += key + bytes;
  }

  std::string bytes() const {
    const std::string list = number<std::uint32_t>(static_cast<std::uint32_t>(key_count_)) + keys_;
    const std::size_t place = 200 + file_.size();
    std::string out = "root" + number<std::uint32_t>(62400) + number<std::uint32_t>(100) +
                      std::string(16, '\0') + number<std::uint32_t>(20);
    out.resize(120, '\0');
    out += number<std::uint16_t>(5) + std::string(24, '\0') +
           number<std::uint32_t>(static_cast<std::uint32_t>(place));
    out.resize(200, '\0');
    return out + file_ + key_of("TFile", "list", list.size(), list.size(), place) + list;
  }

  /// A block of bytes as ROOT packs them with zlib.
  static std::string packed(const std::string& bytes) {
    std::string body(compressBound(static_cast<uLong>(bytes.size())), '\0');
    uLongf size = static_cast<uLongf>(body.size());
    compress(reinterpret_cast<Bytef*>(body.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
             static_cast<uLong>(bytes.size()));
    body.resize(size);
    return block("ZL", body, bytes.size());
  }
  static std::string block(const std::string& algorithm, const std::string& body, std::size_t unpacked) {
    std::string head = algorithm + "\x08";
    for (const std::size_t count : {body.size(), unpacked})
      for (int i = 0; i < 3; ++i) head += static_cast<char>(count >> (8 * i) & 0xff);
    return head + body;
  }

 private:
  static std::string text(const std::string& words) { return static_cast<char>(words.size()) + words; }
  static std::string counted(int version, const std::string& body) {
    return number<std::uint32_t>(0x40000000u | static_cast<std::uint32_t>(body.size() + 2)) +
           number<std::int16_t>(static_cast<std::int16_t>(version)) + body;
  }
  static std::string plain_object() { return number<std::uint16_t>(1) + std::string(8, '\0'); }
  static std::string named(const std::string& name, const std::string& title = "") {
    return counted(1, plain_object() + text(name) + text(title));
  }
  static std::string object(const std::string& class_name, const std::string& bytes) {
    const std::string inside = number<std::uint32_t>(0xFFFFFFFFu) + class_name + '\0' + bytes;
    return number<std::uint32_t>(0x40000000u | static_cast<std::uint32_t>(inside.size())) + inside;
  }
  static std::string array(const std::string& objects, std::size_t count) {
    return counted(3, plain_object() + text("") + number<std::uint32_t>(static_cast<std::uint32_t>(count)) +
                          number<std::uint32_t>(0) + objects);
  }
  static std::string key_of(const std::string& class_name, const std::string& name, std::size_t stored,
                            std::size_t unpacked, std::size_t place, const std::string& more = "",
                            int cycle = 1) {
    const std::string names = text(class_name) + text(name) + text("");
    const std::size_t size = 26 + names.size() + more.size();
    return number<std::uint32_t>(static_cast<std::uint32_t>(size + stored)) + number<std::uint16_t>(4) +
           number<std::uint32_t>(static_cast<std::uint32_t>(unpacked)) + number<std::uint32_t>(0) +
           number<std::uint16_t>(static_cast<std::uint16_t>(size)) +
           number<std::uint16_t>(static_cast<std::uint16_t>(cycle)) +
           number<std::uint32_t>(static_cast<std::uint32_t>(place)) + number<std::uint32_t>(0) + names + more;
  }

  std::string branch_bytes(const Branch& branch, std::uint64_t entries) {
    std::string sizes, firsts, places;
    std::uint64_t first = 0;
    for (const std::string& numbers : branch.baskets) {
      const std::uint64_t count = numbers.size() / (branch.number_bytes * branch.length);
      const std::size_t place = 200 + file_.size();
      const std::string stored = branch.algorithm.empty() ? numbers : packed(numbers);
      // The key's length, which ends the numbers, counts itself.
      const std::size_t key_bytes = 26 + 1 + 7 + 1 + branch.name.size() + 1 + 19;
      const std::string state =
          number<std::uint16_t>(3) + number<std::uint32_t>(32000) + number<std::uint32_t>(1000) +
          number<std::uint32_t>(static_cast<std::uint32_t>(count)) +
          number<std::uint32_t>(static_cast<std::uint32_t>(key_bytes + numbers.size())) + '\0';
      const std::string key = key_of("TBasket", branch.name, stored.size(), numbers.size(), place, state);
      file_ += key + stored;
      sizes += number<std::uint32_t>(static_cast<std::uint32_t>(key.size() + stored.size()));
      firsts += number(first);
      places += number(std::uint64_t{place});
      first += count;
    }
    const auto baskets = static_cast<std::uint32_t>(branch.baskets.size());
    const std::string leaf_base = named(branch.name, branch.name + branch.shape) +
                                  number<std::uint32_t>(static_cast<std::uint32_t>(branch.length)) +
                                  number<std::uint32_t>(static_cast<std::uint32_t>(branch.number_bytes)) +
                                  number<std::uint32_t>(0) + '\0' + (branch.is_unsigned ? '\1' : '\0') +
                                  number<std::uint32_t>(branch.counted ? 77 : 0);
    const std::string leaf =
        object(branch.leaf_class, counted(1, counted(2, leaf_base) + std::string(16, '\0')));
    std::string body = named(branch.name) + counted(2, std::string(4, '\0')) + std::string(12, '\0') +
                       number(baskets) + number(entries) + counted(1, std::string(1, '\0')) +
                       std::string(4, '\0') + number(baskets) + std::string(4, '\0') + number(entries) +
                       std::string(24, '\0');
    body += array("", 0) + array(leaf, 1) + array("", 0);
    body += '\1' + sizes + '\1' + firsts + '\1' + places + text("");
    return counted(13, body);
  }

  std::string file_, keys_;  ///< what stands at 200 and later; the headers of the keys
  std::size_t key_count_ = 0;
};

}  // namespace symscan::test
