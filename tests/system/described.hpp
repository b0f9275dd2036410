#pragma once
// Whether answers are what the node's own OpenAPI document says, judged by nothing but JSON Schema.
#include <set>
#include <string>
#include <vector>

#include "tests/system/outside.hpp"

namespace mf::system_test {

/// As much of JSON Schema (2020-12) as the document uses; an unknown word in a schema is a fault.
/// Stricter than the document in one thing: members it does not describe are faults, too.
class Described {
 public:
  explicit Described(Json document) : document_(std::move(document)) {}

  /// What is wrong with an answer to `method` on `path`, one line each; none: it is as described.
  [[nodiscard]] std::vector<std::string> faults(const std::string& method, const std::string& path,
                                                const Answer& answer) const;
  /// Of one value, against "#/components/schemas/<name>".
  [[nodiscard]] std::vector<std::string> faults(const std::string& schema, const Json& value) const;
  /// The description of the operation that answers there; null when there is none.
  [[nodiscard]] const Json* operation(const std::string& method, const std::string& path) const;
  [[nodiscard]] const Json& document() const { return document_; }

 private:
  using Faults = std::vector<std::string>;
  [[nodiscard]] const Json& resolved(const Json& node) const;
  [[nodiscard]] Faults whole(const Json& schema, const Json& value, const std::string& at) const;
  [[nodiscard]] Faults any(const Json& schemas, const Json& value, const std::string& at,
                           bool exactly_one) const;
  void part(const Json& schema, const Json& value, const std::string& at,
            std::set<std::string>& known, Faults& faults) const;
  void members(const Json& schema, const Json& value, const std::string& at,
               std::set<std::string>& known, Faults& faults) const;
  Json document_;
};

}  // namespace mf::system_test
