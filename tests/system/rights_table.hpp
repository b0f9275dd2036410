#pragma once
// Who may do what, as it was agreed and not as the code does it: one line for each route and body.
#include <string>
#include <string_view>
#include <vector>

namespace mf::system_test {

/// The people of the columns of Right::who, in this order. What is asked about belongs to Laura and
/// Ana and lies in the north; to the others it is foreign.
enum Column : std::size_t {
  nobody,
  laura,
  mateo,
  ana,
  ben,
  supervisor_north,
  supervisor_south,
  operations,
  administrator,
  column_count
};

/// One letter for each column:
///   1  401   3  403, seen but not allowed (or a collection this role may not list)
///   4  404, foreign: looks as if it did not exist   y  2xx, 409 or 422: the right is there
struct Right {
  std::string method, path;  ///< as in the OpenAPI document
  std::string operation;     ///< what the stream's rpc calls it; empty: only REST has it
  std::string body;          ///< $client, $site, $type, $technician, $zone, $new stand for ids
  std::string_view who;
  bool has_missing = true;  ///< the path names one object, which may be missing
};
[[nodiscard]] const std::vector<Right>& rights();

/// Routes that are not a question of rights, or have tests of their own.
[[nodiscard]] const std::vector<std::string_view>& open_routes();

/// A topic per kind; `n`: an answer that does not tell whether it exists.
struct TopicRight {
  std::string_view topic;    ///< "order:$order"
  std::string_view missing;  ///< the same kind of topic of something that does not exist
  std::string_view who;
};
[[nodiscard]] const std::vector<TopicRight>& topic_rights();

}  // namespace mf::system_test
