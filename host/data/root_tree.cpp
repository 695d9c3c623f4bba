// TTrees of flat branches: the streamed form of TTree (versions 19, 20), TBranch (12, 13) and TLeaf, and
// baskets.
#include "host/data/root_tree.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

namespace symscan {
namespace {

constexpr std::size_t kMostRootKeys = 10000, kDeepestFolder = 20, kLargestEntry = 65536;
constexpr std::uint32_t kNewClass = 0xFFFFFFFF, kKnownClass = 0x80000000, kHasCount = 0x40000000;

/// A folder: where its list of keys is.
std::uint64_t place_of_keys(std::string_view bytes) {
  RootCursor cursor(bytes);
  const bool large = cursor.number<std::int16_t>() > 1000;
  cursor.skip(4 + 4 + 4 + 4);        // times; sizes of keys and name
  cursor.skip(2 * (large ? 8 : 4));  // places of the folder and of its parent
  return large ? cursor.number<std::uint64_t>() : cursor.number<std::uint32_t>();
}

void add_keys(const RootFile& file, std::uint64_t place, const std::string& folder, std::size_t depth,
              std::size_t& count_of_all, std::vector<RootKey>& keys) {
  if (depth > kDeepestFolder || place == 0) throw RootForeign("folders too deep");
  const std::string list = file.object(file.key_at(place));
  RootCursor cursor(list);
  const auto count = cursor.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count; ++i) {
    RootKey key = read_root_key(cursor);
    if (++count_of_all > kMostRootKeys) throw RootForeign("too many keys");
    key.name = folder + key.name;
    if (key.class_name != "TDirectory" && key.class_name != "TDirectoryFile") {
      keys.push_back(key);
      continue;
    }
    const std::string bytes = file.object(key);
    add_keys(file, place_of_keys(bytes), key.name + "/", depth + 1, count_of_all, keys);
  }
}

/// Objects of a TTree: each says its class the first time, later where that was.
class RootObjects {
 public:
  RootObjects(std::string_view bytes, std::size_t key_bytes) : cursor(bytes), key_bytes_(key_bytes) {}

  /// Calls read(class name) for each object of a list; what it leaves unread is gone over.
  template <class Read>
  void list(Read read) {
    const RootCursor::Version whole = cursor.version();
    cursor.skip(2 + 4);  // version and number of TObject
    if ((cursor.number<std::uint32_t>() & (1u << 4)) != 0) cursor.skip(2);
    cursor.text();
    const auto count = cursor.number<std::uint32_t>();
    cursor.skip(4);  // lower bound
    for (std::uint32_t i = 0; i < count; ++i) object(read);
    cursor.move_to(whole.end);
  }

  /// False: a null pointer, or an object that came before.
  template <class Read>
  bool object(Read read) {
    const auto first = cursor.number<std::uint32_t>();
    if ((first & kHasCount) == 0 || first == kNewClass) {
      if ((first & kKnownClass) != 0) throw RootForeign("an object without its length");
      return false;
    }
    const std::size_t start = cursor.at(), end = start + (first & ~kHasCount);
    const auto tag = cursor.number<std::uint32_t>();
    if ((tag & kKnownClass) == 0) throw RootForeign("an object that came before");
    std::string name;
    if (tag == kNewClass) {
      name = cursor.class_name();
      classes_[start + key_bytes_ + 2] = name;
    } else {
      const auto known = classes_.find(tag & ~kKnownClass);
      if (known == classes_.end()) throw RootForeign("an object of an unknown class");
      name = known->second;
    }
    read(name);
    cursor.move_to(end);
    return true;
  }

  RootCursor cursor;

 private:
  std::size_t key_bytes_;
  std::map<std::size_t, std::string> classes_;
};

/// "v[3][2]" -> 3, 2. A name in the brackets is a count that varies.
std::vector<std::size_t> shape_of(const std::string& title) {
  std::vector<std::size_t> shape;
  for (std::size_t open = title.find('['); open != std::string::npos; open = title.find('[', open + 1)) {
    const std::size_t close = title.find(']', open);
    const std::string size = title.substr(open + 1, close == std::string::npos ? close : close - open - 1);
    const bool plain =
        !size.empty() && size.size() < 6 && size.find_first_not_of("0123456789") == std::string::npos;
    if (!plain) throw RootForeign("an array of unknown size");
    shape.push_back(std::stoul(size));
  }
  return shape;
}

void read_leaf(RootObjects& objects, const std::string& class_name, RootBranch& branch) {
  RootCursor& cursor = objects.cursor;
  cursor.version();
  const RootCursor::Version base = cursor.version();
  const RootCursor::Named named = cursor.named();
  branch.length = cursor.number<std::uint32_t>();
  cursor.skip(4 + 4 + 1);  // size of the type, place, whether it has a range
  branch.is_unsigned = cursor.number<std::uint8_t>() != 0;
  const bool counted = cursor.number<std::uint32_t>() != 0;  // by another leaf
  (void)base;
  static constexpr std::string_view types = "DFLISBO";
  if (class_name.size() != 6 || !class_name.starts_with("TLeaf"))
    throw RootForeign("a leaf of class " + class_name);
  branch.type = class_name[5];
  if (branch.type == 'C') {
    branch.kind = RootBranch::Kind::text;
    return;
  }
  if (types.find(branch.type) == std::string_view::npos) throw RootForeign("a leaf of class " + class_name);
  if (counted) {
    branch.kind = RootBranch::Kind::list;
    return;
  }
  branch.shape = shape_of(named.title);
  std::size_t product = 1;
  for (const std::size_t size : branch.shape) product = std::min(product * size, kLargestEntry + 1);
  if (product != branch.length || product == 0 || product > kLargestEntry)
    throw RootForeign("an array of unknown size");
}

std::vector<std::uint64_t> numbers_of(RootCursor& cursor, std::size_t count, std::size_t size) {
  cursor.skip(1);  // whether the array is there
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < count; ++i)
    numbers.push_back(size == 4 ? cursor.number<std::uint32_t>() : cursor.number<std::uint64_t>());
  return numbers;
}

RootBranch read_branch(RootObjects& objects, const std::string& class_name, std::uint64_t entries) {
  if (class_name != "TBranch") throw RootForeign("a branch of class " + class_name);
  RootCursor& cursor = objects.cursor;
  const RootCursor::Version version = cursor.version();
  if (version.number != 12 && version.number != 13) throw RootForeign("TBranch of another version");
  RootBranch branch;
  branch.name = cursor.named().name;
  while (branch.name.ends_with('.')) branch.name.pop_back();
  cursor.skip_class();     // TAttFill
  cursor.skip(4 + 4 + 4);  // compression, size of baskets, of offsets
  const auto written = cursor.number<std::uint32_t>();
  cursor.skip(8);                                 // next entry
  if (version.number == 13) cursor.skip_class();  // TIOFeatures
  cursor.skip(4);                                 // offset
  const auto most = cursor.number<std::uint32_t>();
  cursor.skip(4);  // level of splitting
  const auto own_entries = cursor.number<std::uint64_t>();
  cursor.skip(8 + 8 + 8);  // first entry, sizes
  objects.list([](const std::string&) { throw RootForeign("a branch of branches"); });
  std::size_t leaves = 0;
  objects.list([&](const std::string& leaf) {
    if (++leaves == 1) read_leaf(objects, leaf, branch);
  });
  if (leaves != 1) throw RootForeign("a branch of several leaves");
  bool in_memory = false;
  objects.list([&](const std::string&) { in_memory = true; });
  const auto bytes = numbers_of(cursor, most, 4), first = numbers_of(cursor, most, 8),
             places = numbers_of(cursor, most, 8);
  if (!cursor.text().empty()) throw RootForeign("a branch in another file");
  if (branch.kind != RootBranch::Kind::numbers) return branch;
  if (in_memory || own_entries != entries || written > most)
    throw RootForeign("a branch with baskets elsewhere");
  for (std::size_t i = 0; i < written; ++i) {
    const std::uint64_t end = i + 1 == written ? entries : first[i + 1];
    if (first[i] > end || end > entries || (i == 0 && first[i] != 0))
      throw RootForeign("baskets out of order");
    branch.baskets.push_back({places[i], static_cast<std::uint32_t>(bytes[i]), first[i], end - first[i]});
  }
  if (branch.baskets.empty() && entries > 0) throw RootForeign("a branch without baskets");
  return branch;
}

struct TreeStart {
  int version = 0;
  std::uint64_t entries = 0;
};

TreeStart begin_tree(RootObjects& objects, const RootKey& key) {
  RootCursor& cursor = objects.cursor;
  if (key.class_name == "TNtuple" || key.class_name == "TNtupleD") cursor.version();
  const int version = cursor.version().number;
  if (version != 19 && version != 20) throw RootForeign("TTree of another version");
  cursor.named();
  for (int i = 0; i < 3; ++i) cursor.skip_class();  // TAttLine, TAttFill, TAttMarker
  return {version, cursor.number<std::uint64_t>()};
}

template <class Number>
void append_numbers(std::string_view bytes, RootValues& out) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  RootCursor cursor(bytes);
  while (cursor.at() < bytes.size()) {
    const auto number = cursor.number<Number>();
    if constexpr (sizeof(Number) == 8) {
      if (std::cmp_greater(number, exact) || std::cmp_less(number, -exact))
        out.rounded.push_back(out.numbers.size());
    }
    out.numbers.push_back(static_cast<double>(number));
  }
}

std::size_t size_of(char type) {
  return type == 'D' || type == 'L' ? 8 : type == 'F' || type == 'I' ? 4 : type == 'S' ? 2 : 1;
}

}  // namespace

std::vector<RootKey> root_keys(const RootFile& file) {
  const std::string head = file.bytes(0, 48);
  RootCursor cursor(head, 4);
  const bool large = cursor.number<std::uint32_t>() >= 1000000;
  const auto begin = cursor.number<std::uint32_t>();
  cursor.skip(large ? 8 + 8 + 4 + 4 : 4 * 4);
  const auto name_bytes = cursor.number<std::uint32_t>();
  std::vector<RootKey> keys;
  std::size_t count = 0;
  add_keys(file, place_of_keys(file.bytes(std::uint64_t{begin} + name_bytes, 42)), "", 0, count, keys);
  return keys;
}

std::uint64_t root_entries(const RootFile& file, const RootKey& key) {
  const std::string bytes = file.object(key);
  RootObjects objects(bytes, key.key_bytes);
  return begin_tree(objects, key).entries;
}

RootTree read_root_tree(const RootFile& file, const RootKey& key) {
  const std::string bytes = file.object(key);
  RootObjects objects(bytes, key.key_bytes);
  const TreeStart start = begin_tree(objects, key);
  RootCursor& cursor = objects.cursor;
  RootTree tree{key.name, start.entries, {}};
  cursor.skip(4 * 8 + 8 + 4 * 4);  // sizes, weight; timer, scan, update, offsets
  const auto clusters = cursor.number<std::uint32_t>();
  cursor.skip(6 * 8);  // numbers of entries for automatic saving and such
  for (int i = 0; i < 2; ++i) cursor.skip(1 + std::size_t{8} * clusters);
  if (start.version == 20) cursor.skip_class();  // TIOFeatures
  objects.list(
      [&](const std::string& name) { tree.branches.push_back(read_branch(objects, name, start.entries)); });
  return tree;
}

RootValues root_values(const RootFile& file, const RootBranch& branch, const RootBranch::Basket& basket) {
  const RootKey key = file.key_at(basket.place);
  if (key.class_name != "TBasket" || key.bytes != basket.bytes) throw RootForeign("a basket that is none");
  const std::size_t size = size_of(branch.type), width = size * branch.length;
  // After the key: version, sizes of buffers, entries, where the numbers end, a flag.
  constexpr std::size_t more = 2 + 4 + 4 + 4 + 4 + 1;
  if (key.key_bytes < more) throw RootForeign("a basket that is none");
  const std::string counts = file.bytes(basket.place + key.key_bytes - more, more);
  RootCursor state(counts, 2 + 4 + 4);
  const std::uint64_t entries = state.number<std::uint32_t>(), end = state.number<std::uint32_t>();
  if (entries != basket.entries || end != key.key_bytes + entries * width)
    throw RootForeign("a basket of another number of entries");
  const std::string bytes = file.object(key);
  if (entries > bytes.size() / width) throw RootForeign("a basket with too few numbers");
  const std::string_view used = std::string_view(bytes).substr(0, static_cast<std::size_t>(entries) * width);
  RootValues out;
  out.numbers.reserve(used.size() / size);
  RootCursor cursor(used);
  const bool sign = !branch.is_unsigned;
  switch (branch.type) {
    case 'D':
      while (cursor.at() < used.size()) out.numbers.push_back(cursor.float64());
      break;
    case 'F':
      while (cursor.at() < used.size())
        out.numbers.push_back(static_cast<double>(std::bit_cast<float>(cursor.number<std::uint32_t>())));
      break;
    case 'L':
      sign ? append_numbers<std::int64_t>(used, out) : append_numbers<std::uint64_t>(used, out);
      break;
    case 'I':
      sign ? append_numbers<std::int32_t>(used, out) : append_numbers<std::uint32_t>(used, out);
      break;
    case 'S':
      sign ? append_numbers<std::int16_t>(used, out) : append_numbers<std::uint16_t>(used, out);
      break;
    case 'B':
      sign ? append_numbers<std::int8_t>(used, out) : append_numbers<std::uint8_t>(used, out);
      break;
    default:
      for (const char c : used) out.numbers.push_back(c != 0 ? 1.0 : 0.0);
  }
  return out;
}

}  // namespace symscan
