#include "gateway/pages/pages.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <map>

#include "gateway/http/call.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/pages/web_assets.hpp"

namespace mf::gateway::pages {
namespace {

struct Page {
  std::string_view body, type;
  std::string headers, etag;
};

std::string base64_sha256(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char out[4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1];
  EVP_EncodeBlock(out, digest, SHA256_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(out);
}

/// The hashes of the scripts ("script") or styles ("style") that stand in a page: only these count.
std::string hashes_of(std::string_view html, const std::string& tag) {
  std::string out;
  for (std::size_t at = 0; (at = html.find("<" + tag, at)) != html.npos;) {
    const auto open_end = html.find('>', at);
    const auto close = html.find("</" + tag + ">", at);
    if (open_end == html.npos || close == html.npos) break;
    const auto text = html.substr(open_end + 1, close - open_end - 1);
    if (!text.empty()) out += " 'sha256-" + base64_sha256(text) + "'";
    at = close;
  }
  return out;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "image/svg+xml";
}

std::string path_of(std::string_view name) {
  if (name == "index.html") return "/";
  if (name.ends_with(".html")) return "/" + std::string(name.substr(0, name.size() - 5));
  return "/" + std::string(name);
}

Page page_of(const Asset& asset) {
  Page page{asset.body, type_of(asset.name), {}, {}};
  page.etag = "\"" + to_hex(blake2b_128({asset.body}).view()) + "\"";
  page.headers = "Cache-Control: no-cache\r\nETag: " + page.etag +
                 "\r\nReferrer-Policy: no-referrer\r\n"
                 "Content-Security-Policy: default-src 'self'; img-src 'self' data:; "
                 "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
                 "style-src 'self'" +
                 hashes_of(asset.body, "style") + "; script-src 'self'" +
                 hashes_of(asset.body, "script") + "\r\n";
  return page;
}

const std::map<std::string, Page, std::less<>>& pages() {
  static const auto made = [] {
    std::map<std::string, Page, std::less<>> result;
    for (const auto& asset : web_assets()) result.emplace(path_of(asset.name), page_of(asset));
    // Where browsers look that were not told of the picture by a page.
    result.emplace("/favicon.ico", result.at("/favicon.svg"));
    return result;
  }();
  return made;
}

void show(const http::CallPtr& call) {
  const auto& page = pages().find(call->request().path)->second;
  http::Response response{200, {}, page.type, page.headers};
  if (http::names(call->request().if_none_match, page.etag)) response.status = 304;
  else response.body = page.body;
  call->respond(std::move(response));
}

}  // namespace

void add_page_routes(http::Router& router) {
  for (const auto& [path, page] : pages())
    router.add({.method = http::Method::get,
                .pattern = path,
                .name = "page:" + path,
                .summary = "A page",
                .access = http::Access::open,
                .handle = show,
                .answer = "page",
                .media_type = std::string(page.type.substr(0, page.type.find(';'))),
                .etag = http::ETag::compared});
}

}  // namespace mf::gateway::pages
