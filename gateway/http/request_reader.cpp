#include "gateway/http/request_reader.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "gateway/http/headers.hpp"

namespace mf::gateway::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::size_t room_min = 1024, body_room = std::size_t{64} * 1024, capacity_first = 4096,
                      headers_max = 64;

std::string_view view(Text text) { return {text.data(), text.size()}; }

Method method_of(std::string_view text) {
  constexpr std::pair<std::string_view, Method> known[] = {
      {"GET", Method::get},        {"POST", Method::post},      {"PATCH", Method::patch},
      {"HEAD", Method::head},      {"DELETE", Method::delete_}, {"PUT", Method::put},
      {"OPTIONS", Method::options}};
  for (const auto& [name, method] : known)
    if (name == text) return method;
  return Method::other;
}

Problem uri_too_long() { return problem(414, "uri_too_long", "at most 4 KiB"_en); }

/// Beast's grammar for request line and headers, our rules for what they may say.
class HeaderParser final : public beast_http::basic_parser<true> {
 public:
  explicit HeaderParser(Request& request) : request_(request) {
    header_limit(RequestReader::header_size_max + 1);
    body_limit(boost::none);
  }
  std::optional<Problem> refused;  ///< when it is ours and not Beast's
  [[nodiscard]] std::string_view authority() const { return authority_; }

 private:
  void refuse(error_code& ec, Sentence why) {
    refuse(ec, problem(400, "malformed_request", std::move(why)));
  }
  void refuse(error_code& ec, Problem why) {
    refused = std::move(why);
    ec = beast_http::make_error_code(beast_http::error::bad_value);
  }
  bool once(std::string_view& slot, std::string_view value, error_code& ec, const char* name) {
    if (slot.data()) {
      refuse(ec, "{header} stands twice"_en.with("header", std::string(name)));
      return false;
    }
    slot = value.data() ? value : std::string_view("");
    return true;
  }

  void on_request_impl(beast_http::verb, Text method, Text target, int version,
                       error_code& ec) override {
    request_.method = method_of(view(method));
    request_.version = version;
    auto path = view(target);
    if (path.size() > RequestReader::target_size_max) return refuse(ec, uri_too_long());
    if (!path.empty() && path[0] != '/') path = take_authority(path);
    if (path.empty() || path[0] != '/') return refuse(ec, "the target is not a path"_en);
    const auto question = path.find('?');
    request_.path = path.substr(0, question);
    request_.query = question == path.npos ? std::string_view() : path.substr(question + 1);
    if (path.find('#') != path.npos) refuse(ec, "the target has a fragment"_en);
  }

  /// What is behind the authority of an absolute-form target (RFC 9112, 3.2.2); the authority then
  /// stands for Host.
  std::string_view take_authority(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (target.size() <= scheme.size() || !equals_folded(target.substr(0, scheme.size()), scheme))
        continue;
      target.remove_prefix(scheme.size());
      const auto end = std::min(target.find_first_of("/?"), target.size());
      authority_ = target.substr(0, end);
      target.remove_prefix(end);
      return target.empty() ? std::string_view("/") : target;
    }
    return {};
  }

  void on_field_impl(beast_http::field name, Text name_text, Text value_text,
                     error_code& ec) override {
    using beast_http::field;
    const auto value = view(value_text);
    if (request_.headers.size() >= headers_max) return refuse(ec, "too many header lines"_en);
    request_.headers.push_back({view(name_text), value});
    switch (name) {
      case field::transfer_encoding:
        return refuse(ec, problem(411, "length_required",
                                  "send Content-Length: Transfer-Encoding is not taken"_en));
      case field::content_length:
        if (once(length_, value, ec, "Content-Length")) read_length(value, ec);
        return;
      case field::host: once(request_.host, value, ec, "Host"); return;
      case field::authorization: once(request_.authorization, value, ec, "Authorization"); return;
      case field::cookie: once(request_.cookie, value, ec, "Cookie"); return;
      case field::origin: once(request_.origin, value, ec, "Origin"); return;
      case field::content_type: once(request_.content_type, value, ec, "Content-Type"); return;
      case field::content_encoding:
        once(request_.content_encoding, value, ec, "Content-Encoding");
        return;
      case field::if_match: once(request_.if_match, value, ec, "If-Match"); return;
      case field::if_none_match: once(request_.if_none_match, value, ec, "If-None-Match"); return;
      case field::expect:
        if (!equals_folded(value, "100-continue"))
          return refuse(ec, problem(417, "expectation_failed", "only 100-continue"_en));
        request_.expects_continue = true;
        return;
      case field::upgrade: names_websocket_ |= equals_folded(value, "websocket"); return;
      case field::accept_language:
        if (!request_.accept_language.data()) request_.accept_language = value;
        return;
      case field::access_control_request_method: request_.asked_method = value; return;
      case field::sec_websocket_key:
        once(request_.websocket_key, value, ec, "Sec-WebSocket-Key");
        return;
      default: on_other_field(view(name_text), value, ec);
    }
  }

  void on_other_field(std::string_view name, std::string_view value, error_code& ec) {
    if (equals_folded(name, "idempotency-key"))
      once(request_.idempotency_key, value, ec, "Idempotency-Key");
    else if (equals_folded(name, "traceparent"))
      once(request_.traceparent, value, ec, "traceparent");
    else if (equals_folded(name, "x-forwarded-for")) request_.forwarded_for = value;
  }

  void read_length(std::string_view value, error_code& ec) {
    if (value.empty() || value.size() > 18)
      return refuse(ec, "{header} is malformed"_en.with("header", "Content-Length"));
    std::uint64_t length = 0;
    for (const char c : value) {
      if (c < '0' || c > '9')
        return refuse(ec, "{header} is malformed"_en.with("header", "Content-Length"));
      length = length * 10 + static_cast<unsigned>(c - '0');
    }
    request_.content_length = length;
  }

  void on_header_impl(error_code&) override {
    request_.keep_alive = keep_alive();
    request_.is_upgrade = upgrade() && names_websocket_;
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text text, error_code&) override { return text.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text text, error_code&) override {
    return text.size();
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::string_view length_, authority_;
  bool names_websocket_ = false;
};

/// uri-host [ ":" port ] (RFC 9112, 3.2; RFC 3986, 3.2.2), without percent-encoding.
bool is_host(std::string_view host) {
  const auto is_port = [](std::string_view text) {
    unsigned port = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return false;
      port = port * 10 + static_cast<unsigned>(c - '0');
      if (port > 65535) return false;
    }
    return true;
  };
  std::string_view rest;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == host.npos || host.find_first_not_of("0123456789abcdefABCDEF:.", 1) != end)
      return false;
    rest = host.substr(end + 1);
  } else {
    const auto end = std::min(host.find(':'), host.size());
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=";
    if (end == 0 || host.substr(0, end).find_first_not_of(allowed) != host.npos) return false;
    rest = host.substr(end);
  }
  return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
}

Problem bad_request(Sentence detail) {
  return problem(400, "malformed_request", std::move(detail));
}

/// The Origin in a header that can't be read as one; empty when none, or several, stand there.
std::string_view origin_in(std::string_view head) {
  constexpr std::string_view name = "origin:";
  std::string_view found;
  for (auto at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at)) {
    at += 2;
    if (!equals_folded(head.substr(at, name.size()), name)) continue;
    const auto end = head.find("\r\n", at);
    if (end == head.npos || found.data()) return {};
    found = trimmed(head.substr(at + name.size(), end - at - name.size()));
  }
  return found;
}

}  // namespace

std::string_view to_string(Method method) {
  constexpr std::string_view names[] = {"GET",   "HEAD",   "POST",    "PUT",
                                        "PATCH", "DELETE", "OPTIONS", "?"};
  return names[static_cast<std::size_t>(method)];
}

std::span<char> RequestReader::room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (capacity_ - end_ < room_min && begin_ > 0) {
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // A body grows as it comes, whatever it announced.
  const std::size_t wanted =
      state_ == State::body
          ? std::min<std::uint64_t>(request_.content_length, end_ - begin_ + body_room)
          : end_ + room_min;
  if (capacity_ < std::max(wanted, end_ + 1)) {
    const auto grown = std::max({wanted, capacity_ * 2, capacity_first});
    auto data = std::make_unique_for_overwrite<char[]>(grown);
    if (data_) std::memcpy(data.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    data_ = std::move(data);
    capacity_ = grown;
  }
  return {data_.get() + end_, capacity_ - end_};
}

void RequestReader::received(std::size_t size) { end_ += size; }

RequestReader::State RequestReader::fail(Problem problem) {
  failure_ = std::move(problem);
  request_.origin = origin_in(head_);
  return state_ = State::failed;
}

RequestReader::State RequestReader::advance() {
  if (state_ == State::header) return read_header();
  if (state_ == State::body && rest().size() >= request_.content_length) {
    request_.body = rest().substr(0, request_.content_length);
    state_ = State::whole;
  }
  return state_;
}

RequestReader::State RequestReader::read_header() {
  const auto text = rest();
  const auto from = searched_ < 3 ? 0 : searched_ - 3;
  const auto end = text.find("\r\n\r\n", from);
  searched_ = text.size();
  // Judged alike however the bytes were cut: an end at the limit may still be three bytes short.
  if (end == text.npos ? text.size() > header_read_max + 3 : end > header_size_max) {
    request_ = {};  // of the request before: this one is not known, and may expect a body
    head_.assign(text, 0, std::min(end, header_read_max - 2) + 2);
    const auto line = text.substr(0, target_size_max + 16).find("\r\n");
    return line == text.npos ? fail(uri_too_long())
                             : fail(problem(431, "headers_too_large", "at most 8 KiB"_en));
  }
  if (end == text.npos) return state_;
  head_.assign(text, 0, end + 4);
  begin_ += end + 4;
  searched_ = 0;
  request_ = Request{.headers = std::move(request_.headers)};
  request_.headers.clear();
  return check_header();
}

RequestReader::State RequestReader::check_header() {
  // Nobody sends them any more but to be read differently by two servers. Beast unfolds them, not
  // always where we could see it.
  if (head_.find("\r\n ") != head_.npos || head_.find("\r\n\t") != head_.npos)
    return fail(bad_request("a folded header line"_en));
  HeaderParser parser(request_);
  error_code ec;
  parser.put(boost::asio::const_buffer(head_.data(), head_.size()), ec);
  // Behind the header Beast asks for a body: that part is ours.
  if (ec == beast_http::error::need_more) ec = {};
  if (parser.refused) return fail(std::move(*parser.refused));
  if (ec == beast_http::error::bad_version)
    return fail(problem(505, "version_not_supported", "HTTP/1.1 is spoken here"_en));
  if (ec || !parser.is_header_done()) return fail(bad_request("not an HTTP request"_en));
  if (request_.version >= 11 && request_.host.empty()) return fail(bad_request("no Host"_en));
  if (!request_.host.empty() && !is_host(request_.host))
    return fail(bad_request("{header} is malformed"_en.with("header", "Host")));
  if (parser.authority().data()) {
    if (!is_host(parser.authority())) return fail(bad_request("the target's host is malformed"_en));
    request_.host = parser.authority();
  }
  return state_ = State::decide;
}

RequestReader::State RequestReader::read_body() {
  state_ = State::body;
  return advance();
}

RequestReader::State RequestReader::next() {
  begin_ += request_.content_length;
  request_.content_length = 0;
  state_ = State::header;
  if (capacity_ > 4 * capacity_first && begin_ == end_) {
    data_.reset();
    capacity_ = begin_ = end_ = 0;
  }
  return advance();
}

}  // namespace mf::gateway::http
