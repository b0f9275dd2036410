#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api/identity.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/http/request.hpp"
#include "gateway/texts/language.hpp"

namespace mf::gateway {
class IoThread;
struct Worker;
}  // namespace mf::gateway

namespace mf::gateway::http {

struct Route;

/// Header lines of a response whose texts are in this language.
[[nodiscard]] std::string language_lines(texts::Language language);

struct Response {
  int status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::string headers;  ///< whole lines, each with its CRLF
};

/// One request on its way to one response. Belongs to its thread; keep the CallPtr until respond().
class Call {
 public:
  virtual ~Call() = default;
  IoThread* thread = nullptr;
  Worker* worker = nullptr;  ///< the thread's logins and topics
  const Route* route = nullptr;
  auth::IdentityPtr identity;                              ///< set on routes that need a login
  std::array<std::string_view, 3> params;                  ///< of the path, in its order
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded; only names the route knows
  std::string address;            ///< of the client, behind trusted proxies
  std::string request_id, trace;  ///< trace: 32 hex digits

  [[nodiscard]] virtual const Request& request() const = 0;
  /// The browser talks TLS: to us, or to the proxy that `public_url` names.
  [[nodiscard]] virtual bool is_tls() const = 0;
  /// Exactly once.
  virtual void respond(Response response) = 0;
  void respond(const Problem& problem, std::string extra_headers = {});

  /// Of the texts in the answer (docs/decisions/0022-texts-in-two-languages.md).
  [[nodiscard]] texts::Language language() const;
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
};
using CallPtr = std::shared_ptr<Call>;

}  // namespace mf::gateway::http
