#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

Json level() { return one_of_these({"debug", "info", "warning", "error"}); }

std::vector<Route> log_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/logs",
       .id = "listLogLines",
       .sentence = "What the host has logged: the newest lines, or those behind a place.",
       .need = read,
       .schema = "LogPage",
       .requests = {"logs"}},
      {.method = "GET",
       .path = "/logs/text",
       .id = "downloadLog",
       .sentence = "All lines as one text, for a report.",
       .need = read,
       .schema = "LogText",
       .requests = {"log-text"},
       .media = "text/plain; charset=utf-8",
       .download = "punktfunk-host.log"},
      {.method = "PATCH",
       .path = "/logs",
       .id = "setLogLevel",
       .sentence = "Says what is logged from now on, until the host ends.",
       .need = control,
       .schema = "LogLevel",
       .requests = {"set-log-level"}},
  };
}

Json log_schemas() {
  return {{"LogLine", object({{"number", whole()},
                              {"at_ms", described(whole(), "milliseconds since 1970")},
                              {"level", level()},
                              {"category", text()},
                              {"text", described(text(), "without secrets")}})},
          {"LogPage", object({{"lines", list_of(ref("LogLine"))},
                              {"next", described(whole(), "`after` of the next question")},
                              {"dropped", described(flag(), "some lines behind `after` are lost")},
                              {"level", described(level(), "what is logged at all, and above")}})},
          {"LogLevel", object({{"level", level()}})},
          {"LogText", described(text(), "a line each: time, level, category, text")}};
}

}  // namespace

Subject log_subject() { return {log_rows(), log_schemas()}; }

}  // namespace pf::management
