#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace mf {

/// Why an operation failed. A *failure* of the machine or of an input, never the domain's "no"
/// (that is a Rejection, base/decision.hpp).
enum class ErrorCode {
  invalid_argument,
  not_found,
  already_exists,
  corrupt,  ///< stored bytes are not what we wrote
  io,       ///< the operating system refused
  disk_full,
  locked,       ///< another process holds the directory
  unavailable,  ///< try again later
  outcome_unknown,
  timeout,
  limit,  ///< a configured bound was reached
  unsupported,
  internal,
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  /// A chain "what I was doing: what went wrong", outermost first; a layer never repeats its cause.
  std::string message;

  /// The same error seen from one layer further out.
  [[nodiscard]] Error in(std::string_view doing) && {
    message.insert(0, ": ");
    message.insert(0, doing);
    return std::move(*this);
  }
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message)});
}

}  // namespace mf
