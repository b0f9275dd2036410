#include "gateway/topics/encode.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace mf::gateway::topics {
namespace {

/// {"view":{"topic":…,"at":…,"rows":[…] with both braces open.
std::string view_head(std::string_view topic, std::string_view at, std::string_view rows) {
  std::string out = "{\"view\":{\"topic\":";
  append_quoted(out, topic);
  out += ",\"at\":";
  append_quoted(out, at);
  out += ",\"rows\":[";
  out += rows;
  out += ']';
  return out;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (!is_plain) {
    out += to_text(nlohmann::json(text));
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

Frame ok_frame(std::uint64_t request, std::string_view members) {
  std::string out = "{\"id\":" + std::to_string(request) + ",\"ok\":{";
  out += members;
  out += "}}";
  return make_frame(std::move(out));
}

Frame pub_frame(std::string_view topic, std::string_view at, std::string_view event) {
  std::string out;
  out.reserve(48 + topic.size() + at.size() + event.size());
  out += "{\"pub\":{\"topic\":";
  append_quoted(out, topic);
  out += ",\"at\":";
  append_quoted(out, at);
  out += ",\"event\":";
  out += event;
  out += "}}";
  return make_frame(std::move(out));
}

Frame unsub_frame(const TopicName& topic, std::string_view code) {
  std::string out = "{\"unsub\":{\"topic\":";
  append_quoted(out, to_string(topic));
  out += ",\"code\":";
  append_quoted(out, code);
  out += "}}";
  return make_frame(std::move(out));
}

void ViewWriter::row(std::string_view json) {
  if (rows_.size() + gone_.size() + json.size() > page_bytes_max) cut();
  if (!rows_.empty()) rows_ += ',';
  rows_ += json;
}

void ViewWriter::gone(std::string_view id, std::uint64_t version) {
  if (rows_.size() + gone_.size() > page_bytes_max) cut();
  if (!gone_.empty()) gone_ += ',';
  gone_ += "{\"id\":";
  append_quoted(gone_, id);
  gone_ += ",\"version\":" + std::to_string(version) + "}";
}

std::vector<Frame> ViewWriter::finish() {
  cut();
  return std::move(frames_);
}

void ViewWriter::cut() {
  if (rows_.empty() && gone_.empty()) return;
  std::string out = view_head(topic_, at_, rows_);
  out += ",\"gone\":[" + gone_ + "]}}";
  frames_.push_back(make_frame(std::move(out)));
  rows_.clear();
  gone_.clear();
}

void send_snapshot_rows(Subscription& sub, std::string_view at,
                        const std::vector<std::string_view>& rows, bool has_more,
                        std::size_t left_out) {
  const std::string topic = to_string(sub.topic);
  std::size_t next = 0;
  do {
    std::string part;
    do {
      if (next == rows.size()) break;
      if (!part.empty()) part += ',';
      part += rows[next++];
    } while (next < rows.size() && part.size() + rows[next].size() <= page_bytes_max);
    const std::string_view more = has_more || next < rows.size() ? ",\"more\":true" : "";
    if (sub.answered) {
      sub.who->send(make_frame(view_head(topic, at, part) + std::string(more) + "}}"));
      continue;
    }
    std::string members = "\"at\":";
    append_quoted(members, at);
    members += ",\"rows\":[" + part + "]";
    if (left_out > 0) members += ",\"left_out\":" + std::to_string(left_out);
    sub.who->send(ok_frame(sub.request, members.append(more)));
    sub.answered = true;
  } while (next < rows.size());
}

}  // namespace mf::gateway::topics
