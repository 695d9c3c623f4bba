#pragma once
#include <memory>
#include <utility>

#include "host/base/json.hpp"

namespace symscan {

/// A JSON value that many hold and nobody changes; a copy costs a pointer.
class SharedJson {
 public:
  SharedJson() : SharedJson(Json()) {}
  SharedJson(Json value) : value_(std::make_shared<const Json>(std::move(value))) {}

  const Json& operator*() const { return *value_; }
  const Json* operator->() const { return value_.get(); }
  operator const Json&() const { return *value_; }

  /// Whether both are the same object: then they are equal, and finding out costs nothing.
  bool is_same_as(const SharedJson& other) const { return value_ == other.value_; }

 private:
  std::shared_ptr<const Json> value_;
};

}  // namespace symscan
