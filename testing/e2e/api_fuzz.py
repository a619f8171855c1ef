"""Requests made from the OpenAPI document itself: for every operation some that suit it and many that do not. What
comes back must be what the document promises, and never a server's error. Seeded, so that a finding comes again.

By hand, against any host:  PF_BIN_DIR=build/dev/bin python3 testing/e2e/api_fuzz.py PORT TOKEN [SEED [ROUNDS]]"""
import json
import random
import string
import sys
from urllib.parse import quote

from api_client import PREFIX, Api, Schema

# Values that programs stumble over.
ODD_TEXTS = ["", " ", "\0", "\x7f", "ä€😀", "‮evil", "a" * 300, "../../etc/passwd", "..\\..\\x", "%00", "%2e%2e%2f",
             "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "\r\nX-Injected: 1", "-1", "0",
             "18446744073709551616", "1e309", "null", "true", "[]", "\ud800".encode("utf-8", "replace").decode()]
ODD_NUMBERS = [-1, 0, 1, 2**31, 2**32, 2**53, 2**63, 2**64 - 1, 2**64, -2**63, 1.5, 1e308, 10**400]
ODD_VALUES = [None, True, False, [], {}, [[[]]], {"": ""}, [None], [1, "a", {}], "text", 7]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "G" * 100]
# They end what is asked with, or never answer.
LEFT_OUT = {"logIn", "logOut", "streamEvents"}


class Maker:
    """Of one seed."""

    def __init__(self, document, seed):
        self.random, self.schema = random.Random(seed), Schema(document)

    def suiting(self, schema):
        schema = self.schema.resolve(schema)
        if "oneOf" in schema:
            return self.suiting(self.random.choice(schema["oneOf"]))
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "string":
            return self.random.choice([*ODD_TEXTS, "tablet", "info", "read", "1280x720@60",
                                       "".join(self.random.choices(string.hexdigits, k=64))])
        if kind in ("integer", "number"):
            least = schema.get("minimum", -2**31)
            return self.random.choice([least, least + 1, self.random.randint(least, schema.get("maximum", 2**31))])
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "array":
            return [self.suiting(schema.get("items", {})) for _ in range(self.random.randint(0, 3))]
        if kind == "object":
            required = schema.get("required", [])
            return {name: self.suiting(one) for name, one in schema.get("properties", {}).items()
                    if name in required or self.random.random() < 0.5}
        return None if kind == "null" else self.random.choice(ODD_VALUES)

    def odd(self):
        return self.random.choice(self.random.choice([ODD_TEXTS, ODD_NUMBERS, ODD_VALUES]))

    def violating(self, schema):
        """A body that is wrong in one place, mostly."""
        schema = self.schema.resolve(schema)
        choice = self.random.randrange(8)
        if choice == 0:
            return self.random.choice(["", "{", "[", "\"", "{}{}", "nul", "[" * 10_000, "{\"a\":" * 5_000, "\xff",
                                       "{\"a\": 1e999999}"])
        if choice == 1:
            return json.dumps(self.odd())
        body = self.suiting(schema) if schema else {}
        body = body if isinstance(body, dict) else {}
        if choice == 2:
            body[self.random.choice([*ODD_TEXTS, "unknown", "__proto__"])] = self.odd()
        elif choice == 3 and schema.get("required"):
            body.pop(self.random.choice(schema["required"]), None)
        else:
            names = list(schema.get("properties", {})) or ["x"]
            body[self.random.choice(names)] = self.odd()
        return json.dumps(body)

    def path(self, template, parameters, suits):
        for one in parameters:
            if one["in"] == "path":
                value = self.suiting(one["schema"]) if suits else self.odd()
                # Some as they are, which no client would send.
                text = str(value) if not isinstance(value, str) else value
                raw = not suits and self.random.random() < 0.3
                text = text.encode("ascii", "ignore").decode() if raw else quote(text, safe="")
                text = "".join(c for c in text if " " < c < "\x7f") or "%20"
                template = template.replace("{%s}" % one["name"], text)
        queries = []
        for one in parameters:
            if one["in"] == "query" and self.random.random() < 0.6:
                value = self.suiting(one["schema"]) if suits else self.odd()
                value = json.dumps(value) if isinstance(value, (bool, dict)) or value is None else value
                value = ",".join(map(str, value)) if isinstance(value, list) else str(value)
                queries.append(f"{quote(one['name'])}={quote(value)}")
        if not suits and self.random.random() < 0.2:
            queries.append(self.random.choice(["x", "=", "&&", "limit=1&limit=2", "%", "%zz=1", "a" * 2000]))
        return template + ("?" + "&".join(queries) if queries else "")


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in ("servers", "parameters") or operation["operationId"] in LEFT_OUT:
                continue
            yield path, method.upper(), operation


def judge(document, operation, answer, request):
    """Sentences about what is wrong with an answer."""
    wrong = []
    if answer.status >= 500:
        wrong.append("a server's error")
    if request[0] == "HEAD":
        return wrong
    if answer.status >= 400:
        if answer.type != "application/problem+json":
            wrong.append(f"a problem as {answer.type}")
        else:
            problem = answer.json()
            wrong += Schema(document).errors({"$ref": "#/components/schemas/Problem"}, problem)
            if problem.get("status") != answer.status:
                wrong.append("the problem names another status")
        return wrong
    if operation is None:
        return wrong
    promised = operation["responses"].get(str(answer.status))
    if promised is None:
        return wrong + [f"status {answer.status} is not in the document"]
    content = promised.get("content")
    if content is None:
        return wrong + (["a body where none is promised"] if answer.body else [])
    media = {name.split(";")[0]: one for name, one in content.items()}
    if answer.type.startswith("image/") and "image/*" in media:
        return wrong
    if answer.type not in media:
        return wrong + [f"{answer.type} is not promised"]
    if answer.type == "application/json":
        wrong += Schema(document).errors(media[answer.type]["schema"], answer.json())
    return wrong


def fuzz(api, document, seed, rounds):
    """Yields a sentence for each answer that is wrong, and last how many were asked."""
    maker, asked = Maker(document, seed), 0
    for turn in range(rounds):
        for path, method, operation in operations(document):
            prefix = operation.get("servers", document["servers"])[0]["url"].rstrip("/")
            parameters = operation.get("parameters", [])
            body_schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            for suits in (True, False):
                target = maker.path(path, parameters, suits)
                headers, body, sent = {}, None, method
                if suits and body_schema is not None:
                    body = json.dumps(maker.suiting(body_schema))
                elif not suits:
                    body = maker.violating(body_schema or {})
                    choice = maker.random.randrange(10)
                    if choice == 0:
                        sent = maker.random.choice(METHODS)
                    elif choice == 1:
                        headers = {"Content-Type": maker.random.choice(
                            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])}
                    elif choice == 2:
                        headers = {"If-Match": maker.random.choice(["*", "\"x\"", "W/\"x\"", ",,,", "\"" * 99])}
                if body is not None:
                    headers.setdefault("Content-Type", "application/json")
                    body = body.encode("utf-8", "surrogatepass")
                request = (sent, target, body)
                answer = api.ask(sent, target, body, headers, prefix=prefix)
                asked += 1
                for sentence in judge(document, operation if sent == method else None, answer, request):
                    yield f"seed {seed}, turn {turn}: {sent} {target[:200]} {str(body)[:200]} -> {answer.status}: {sentence}"
    yield asked


if __name__ == "__main__":
    port, secret = int(sys.argv[1]), sys.argv[2]
    client = Api(port, secret)
    described = client.get("/openapi.json")
    for said in fuzz(client, described, int(sys.argv[3]) if len(sys.argv) > 3 else 1,
                     int(sys.argv[4]) if len(sys.argv) > 4 else 20):
        print(said)
