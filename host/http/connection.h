// One connection, from accept to close: reads requests, hands them to the handler one at a time,
// writes the answers in their order. I/O thread only. Private to the room.
//
// There is always one read under way (unless too much waits already), so that a peer that hangs up
// is noticed while its answer is being made; what arrives early waits in the reader (pipelining).
// One timer guards whatever is due next.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/http/core.h"
#include "host/http/reply_state.h"
#include "host/http/request_reader.h"

namespace pf::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `tls` may be null: plain. Until it is closed the core owns the connection; operations under way
  // own it a little longer, to end in.
  static void begin(const std::shared_ptr<ServerCore>& core, Socket socket,
                    boost::asio::ssl::context* tls);
  Connection(std::shared_ptr<ServerCore> core, Socket socket, boost::asio::ssl::context* tls);

  // From replies and streams.
  void answer(const Response& response);
  void begin_stream(const Response& head, std::weak_ptr<StreamState> stream);
  // `payload_bytes` of `bytes` count as queued for the stream.
  void extend_stream(const std::string& bytes, std::size_t payload_bytes);
  void end_stream();

  // At once, without a word to the peer; the reason goes to the log.
  void drop(const char* reason);
  void close();

  // Has a whole request ever come?
  bool has_asked() const noexcept { return has_asked_; }

 private:
  enum class Phase { handshake, reading, answering, writing, streaming, ending, closed };
  using Error = boost::system::error_code;

  void start();
  void handshake();
  void read();
  void on_read(const Error& error, std::size_t byte_count);
  void on_input_ended();
  void advance();  // with what has been read, while in Phase::reading
  void wait_for_more(RequestReader::Progress progress);
  void write_continue();
  void hand_over(RequestReader::Whole whole);
  void refuse(const Response& response);
  void write(std::string bytes);
  void on_written(const Error& error);
  bool write_file_part();  // false: none is left
  void write_stream();
  void on_stream_written(const Error& error, std::size_t payload_bytes);
  void end();  // politely: what was written shall arrive
  void hang_up();
  void arm(Nanos patience);
  void disarm();
  void on_deadline();

  template <class Buffer, class Done>
  void async_read_some(const Buffer& buffer, Done done);
  template <class Done>
  void async_write(Done done);  // all of out_

  const std::shared_ptr<ServerCore> core_;
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
  boost::asio::steady_timer timer_;
  std::list<std::shared_ptr<Connection>>::iterator place_;  // in core_->connections, unless closed

  Phase phase_ = Phase::handshake;
  Endpoint peer_, local_;
  std::vector<std::byte> certificate_;
  RequestReader reader_;
  std::array<std::byte, 8192> input_;
  bool read_pending_ = false;
  bool drains_ = false;       // reads to throw away, beneath TLS
  bool continuing_ = false;   // "100 Continue" is being written
  bool input_ended_ = false;  // the peer sends nothing more
  bool has_asked_ = false;
  std::optional<RequestReader::Progress> waiting_for_;  // what the timer was last armed for
  std::size_t discarded_bytes_ = 0;                     // while ending

  // Of the request that is being answered.
  std::shared_ptr<Reply::State> reply_;
  bool keep_alive_ = false, head_only_ = false, http_1_1_ = false;

  std::string out_;               // being written
  std::optional<FileBody> file_;  // what follows it
  // Of a stream.
  std::weak_ptr<StreamState> stream_;
  std::string stream_next_;              // to be written after out_
  std::size_t stream_next_payload_ = 0;  // as the stream counts it
  bool stream_chunked_ = false, stream_ends_ = false, stream_writing_ = false;
};

}  // namespace pf::http
