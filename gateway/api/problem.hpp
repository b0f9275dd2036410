#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "actors/entity/command.hpp"
#include "base/decision.hpp"
#include "base/json_text.hpp"
#include "gateway/texts/language.hpp"

namespace mf::gateway {

/// An error as REST (problem+json, RFC 9457) and the stream (`err`) show it.
struct Problem {
  int status = 500;
  std::string code;  ///< stable, snake_case
  Sentence detail;
  std::vector<FieldError> errors;
  int retry_after_s = 0;  ///< > 0: with Retry-After
  std::string allow;      ///< of a 405

  /// True where the same request with the same key may succeed later.
  [[nodiscard]] bool is_retryable() const { return status == 429 || status == 503; }
};

[[nodiscard]] Problem problem(int status, std::string code, Sentence detail = {});
[[nodiscard]] Problem problem(std::vector<FieldError> errors);  ///< 422 `invalid`
[[nodiscard]] Problem problem(const Rejection& rejection);
[[nodiscard]] Problem problem(const entity::Fault& fault);
[[nodiscard]] Problem too_many(Sentence detail, int retry_after_s = 1);  ///< 429 `rate_limited`

[[nodiscard]] std::string_view reason_phrase(int status);

/// [{field, code, detail}], the details in `language`.
[[nodiscard]] std::string errors_json(const std::vector<FieldError>& errors,
                                      texts::Language language);
/// An object with type, title, status, detail, instance, code, errors and request_id; empty ones
/// are left out. Here sentences become texts: title and details are in `language`, nothing else is.
[[nodiscard]] json::Object members_of(const Problem& problem, std::string_view instance,
                                      std::string_view request_id, texts::Language language);

}  // namespace mf::gateway
