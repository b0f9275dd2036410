#pragma once
#include <memory>
#include <span>
#include <string>

#include "gateway/api/problem.hpp"
#include "gateway/http/request.hpp"

namespace mf::gateway::http {

/// Bytes in, requests out; knows no socket. HTTP/1.1 and 1.0, stricter than the standard where
/// servers and proxies have been known to disagree (docs/decisions: request smuggling): no
/// Transfer-Encoding at all (411), exactly one Host, one Content-Length, no folded lines, no header
/// that steers us twice. After `failed` nothing more can be read: answer and close; of request()
/// only `origin` means something then.
class RequestReader {
 public:
  RequestReader() = default;
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  static constexpr std::size_t header_size_max = std::size_t{8} * 1024,
                               target_size_max = std::size_t{4} * 1024;
  /// A header that is too large is read on up to here before it is refused: behind a long target
  /// stands the Origin without which a browser would not let its page see why.
  static constexpr std::size_t header_read_max = std::size_t{32} * 1024;

  /// Room for the next bytes from the socket, then how many came.
  [[nodiscard]] std::span<char> room();
  void received(std::size_t size);

  enum class State {
    header,  ///< more bytes of the header are needed
    decide,  ///< the header stands in request(): call read_body(), or refuse
    body,    ///< more bytes of the body are needed
    whole,   ///< request() is complete until next()
    failed,  ///< see failure()
  };
  /// Parses what is there.
  State advance();
  /// After `decide`.
  State read_body();
  /// True when the body (of a request that was refused) is here in full and next() skips it.
  [[nodiscard]] bool is_body_here() const { return rest().size() >= request_.content_length; }
  /// After `whole`, or `decide` with is_body_here(): on to the next request.
  State next();

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const Problem& failure() const { return failure_; }
  [[nodiscard]] bool is_done() const { return state_ == State::whole; }
  /// Nothing of a next request has come yet.
  [[nodiscard]] bool is_idle() const { return state_ == State::header && begin_ == end_; }
  [[nodiscard]] bool has_more() const { return rest().size() > request_.content_length; }

 private:
  State fail(Problem problem);
  State read_header();
  State check_header();
  [[nodiscard]] std::string_view rest() const { return {data_.get() + begin_, end_ - begin_}; }

  std::unique_ptr<char[]> data_;  // [begin_, end_) came and is not consumed yet
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
  std::size_t searched_ = 0;
  std::string head_;  // the header of the current request; its views point here
  State state_ = State::header;
  Request request_;
  Problem failure_;
};

}  // namespace mf::gateway::http
