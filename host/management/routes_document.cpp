#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Json problem() {
  return described(object({{"type", text()},
                           {"title", text()},
                           {"status", whole()},
                           {"detail", described(text(), "one sentence for people")},
                           {"code", described(text(), "for programs: does not change")}}),
                   "RFC 9457");
}

std::vector<Route> document_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/events",
       .id = "streamEvents",
       .sentence = "What changes, as it does (server-sent events); Last-Event-ID resumes.",
       .need = read,
       .schema = "Event",
       .own = Own::events,
       .media = "text/event-stream"},
      {.method = "GET",
       .path = "/metrics",
       .id = "getMetrics",
       .sentence = "Figures for Prometheus, where management.metrics is on: give its scraper a "
                   "token of scope "
                   "read.",
       .need = read,
       .schema = "Metrics",
       .own = Own::metrics,
       .media = "text/plain; version=0.0.4; charset=utf-8",
       .at_root = true},
      {.method = "GET",
       .path = "/openapi.json",
       .id = "getDocument",
       .sentence = "This document.",
       .need = nothing,
       .schema = "Document",
       .own = Own::document},
  };
}

Json document_schemas() {
  return {{"Event", described(text(), "text/event-stream: id, event, data as JSON")},
          {"Document", {{"type", "object"}}},
          {"Metrics", described(text(), "Prometheus text format 0.0.4")},
          {"Problem", problem()}};
}

}  // namespace

Subject document_subject() { return {document_rows(), document_schemas()}; }

}  // namespace pf::management
