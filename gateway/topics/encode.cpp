#include "gateway/topics/encode.hpp"

#include "base/json_text.hpp"

namespace mf::gateway::topics {
namespace {

/// {"view":{"topic":…,"at":…,"rows":[…] with both braces open.
std::string view_head(std::string_view topic, std::string_view at, std::string_view rows) {
  std::string out = "{\"view\":{\"topic\":";
  json::append_quoted(out, topic);
  out += ",\"at\":";
  json::append_quoted(out, at);
  out += ",\"rows\":[";
  out += rows;
  out += ']';
  return out;
}

}  // namespace

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
  json::append_quoted(out, topic);
  out += ",\"at\":";
  json::append_quoted(out, at);
  out += ",\"event\":";
  out += event;
  out += "}}";
  return make_frame(std::move(out));
}

Frame unsub_frame(const TopicName& topic, std::string_view code) {
  const auto body = json::Object().add("topic", to_string(topic)).add("code", code).text();
  return make_frame(json::Object().add_raw("unsub", body).text());
}

void ViewWriter::row(std::string_view json) {
  if (rows_.size() + gone_.size() + json.size() > page_bytes_max) cut();
  if (!rows_.empty()) rows_ += ',';
  rows_ += json;
}

void ViewWriter::gone(std::string_view id, std::uint64_t version) {
  if (rows_.size() + gone_.size() > page_bytes_max) cut();
  if (!gone_.empty()) gone_ += ',';
  gone_ += json::Object().add("id", id).add("version", version).text();
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
    json::Object ok;
    ok.add("at", at).add_raw("rows", "[" + part + "]");
    if (left_out > 0) ok.add("left_out", left_out);
    sub.who->send(ok_frame(sub.request, std::string(ok.members()).append(more)));
    sub.answered = true;
  } while (next < rows.size());
}

}  // namespace mf::gateway::topics
