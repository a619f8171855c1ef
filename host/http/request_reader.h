// Makes requests of the bytes of one connection, in whatever pieces they arrive (RFC 9112). Pure:
// no socket, no clock. Beast's parser inside, and here what it leaves to its users: pipelining, the
// limits' answers, and which requests are none although they parse. Bodies in chunks are refused
// with 411 (RFC 9112 section 6.3).
//
//   reader.append(bytes);
//   while (reader.parse() == RequestReader::Progress::whole) answer(reader.take());
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "host/http/message.h"

namespace pf::http {

class RequestReader {
 public:
  RequestReader(std::size_t max_header_bytes, std::size_t max_body_bytes);
  ~RequestReader();

  enum class Progress {
    between,  // requests: nothing of the next has come
    header,   // in it
    body,     // in it
    whole,    // take() it
    failed,   // answer refusal() and hang up: what follows cannot be told apart
  };

  void append(Bytes bytes) { waiting_.append(as_text(bytes)); }
  Progress parse();

  // In the body: the peer waits for "100 Continue" before it sends it. Said once for each request.
  bool take_expectation();

  struct Whole {
    Request request;  // what the reader cannot know is empty: peer, local, certificate
    bool keep_alive = false;
    bool http_1_1 = false;
  };
  Whole take();

  const Response& refusal() const { return refusal_; }

  // Received and not yet part of anything.
  std::size_t waiting_bytes() const { return waiting_.size(); }

 private:
  struct Parser;
  Progress fail(Response refusal);
  Progress check_header();

  const std::size_t max_header_bytes_, max_body_bytes_;
  std::string waiting_;
  std::unique_ptr<Parser> parser_;  // of the request that is under way
  bool expectation_seen_ = false;
  bool failed_ = false;
  Response refusal_;
};

}  // namespace pf::http
