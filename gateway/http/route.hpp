#pragma once
#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/commands.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/http/call.hpp"

namespace mf::gateway::http {

enum class Access : std::uint8_t { open, login, tracking };
/// `compared`: answers 304 where If-None-Match names it.
enum class ETag : std::uint8_t { none, sent, compared };
enum class BodyType : std::uint8_t { none, json, merge_patch };

/// One line of the table that drives dispatch, 405 + Allow and the OpenAPI document.
struct Route {
  Method method = Method::get;
  std::string pattern;  ///< "/v1/orders/{id}/timeline"
  std::string name;     ///< OpenAPI's operationId: "orders.timeline"
  std::string summary;
  Access access = Access::login;
  void (*handle)(const CallPtr&) = nullptr;
  BodyType body = BodyType::none;
  const Operation* operation = nullptr;  ///< of a command
  EntityKind kind = EntityKind::work_order;
  std::vector<Parameter> query;  ///< those it knows; others, and values they can't have, are a 422
  std::string schema;            ///< JSON Schema of the body, where there is no operation
  /// The schema of its answer in OpenAPI: a name; "Name[]" for a page of such rows; "View" for an
  /// entity of `kind` as the caller sees it, "List" for a page of its rows; or "nothing" (204),
  /// "page", "upgrade".
  std::string answer;
  std::string answer_schema = {};  ///< under that name, where the answer is this route's own
  std::string media_type = "application/json";  ///< of its answer, without parameters
  ETag etag = ETag::none;
  bool needs_if_match = false;
};

/// Finds routes by path, then by method. Immutable after add().
class Router {
 public:
  void add(Route route);

  struct Found {
    const Route* route = nullptr;  ///< null: no such path, or not with this method
    bool is_path_known = false;
    bool is_open = false;  ///< some route of this path needs no login
    std::string allow;     ///< of a known path, when the method is wrong
  };
  /// HEAD is answered by GET. Fills `params`; their views live as long as `path`.
  [[nodiscard]] Found find(Method method, std::string_view path,
                           std::array<std::string_view, 3>& params) const;
  [[nodiscard]] const std::deque<Route>& routes() const { return routes_; }

 private:
  struct Node {
    std::vector<std::pair<std::string, std::size_t>> children;  // literal → node
    std::size_t param = 0;                                      // node of {…}, 0: none
    std::array<const Route*, method_count> by_method{};
  };
  [[nodiscard]] const Node* walk(std::size_t node, std::string_view path, std::size_t depth,
                                 std::array<std::string_view, 3>& params) const;
  std::size_t child(std::size_t node, std::string_view segment);

  std::deque<Route> routes_;
  std::vector<Node> nodes_{1};
};

/// "a=1&b=x%20y" decoded; an error names the parameter. `+` is a space.
[[nodiscard]] std::expected<std::vector<std::pair<std::string, std::string>>, FieldError>
parse_query(std::string_view query);

}  // namespace mf::gateway::http
