#pragma once
// The messages topics send, as text (documents/asyncapi.cpp describes them).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::topics {

/// {"id":2,"ok":{…members}}; `members` without braces.
[[nodiscard]] Frame ok_frame(std::uint64_t request, std::string_view members);
/// {"pub":{"topic":…,"at":…,"event":{…}}}
[[nodiscard]] Frame pub_frame(std::string_view topic, std::string_view at, std::string_view event);
/// {"unsub":{"topic":…,"code":…}}
[[nodiscard]] Frame unsub_frame(const TopicName& topic, std::string_view code);

/// Changed rows and deletions of a keyed view: {"view":{"topic","at","rows","gone"}}, cut into as
/// many messages as the size limit asks for.
class ViewWriter {
 public:
  ViewWriter(std::string_view topic, std::string_view at) : topic_(topic), at_(at) {}
  void row(std::string_view json);
  void gone(std::string_view id, std::uint64_t version);
  [[nodiscard]] std::vector<Frame> finish();

 private:
  void cut();
  std::string topic_, at_, rows_, gone_;
  std::vector<Frame> frames_;
};

/// Sends rows of a snapshot: the first of them as the subscription's `ok`, the rest as `view`
/// pushes. All but the last message say `more`, and that one too with `has_more`. The `ok` also
/// says how many rows are `left_out` of the whole, if any.
void send_snapshot_rows(Subscription& subscription, std::string_view at,
                        const std::vector<std::string_view>& rows, bool has_more,
                        std::size_t left_out = 0);

/// Rows in one message stay below this; messages to clients are at most 256 KiB.
inline constexpr std::size_t page_bytes_max = std::size_t{128} * 1024;

}  // namespace mf::gateway::topics
