"""The management API of a running host, as a script on another machine uses it: HTTPS, a token, JSON."""
import http.client
import json
import re
import ssl
import subprocess

from harness import BIN, PATIENCE_S, wait_until

PREFIX = "/api/v1"


def insecure():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def port_of(host):
    """Where its management API listens, once it does."""
    def find():
        # The program may still be writing the line.
        return re.search(r"management: https://\S+:(\d+)/api/v1\n", host.said())
    return int(wait_until(find, "the management API listens").group(1))


def token(host, scope="admin", *options):
    return subprocess.run([BIN / "punktfunk-host", "token", "create", f"test-{scope}", "--scope", scope, *options],
                          capture_output=True, text=True, timeout=PATIENCE_S, check=True,
                          env=host.environment()).stdout.strip()


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body
        self.type = (response.headers.get("Content-Type") or "").split(";")[0]

    def json(self):
        return json.loads(self.body)


class Api:
    """One connection; opened again when the host has closed it."""

    def __init__(self, port, secret=None, context=None, address="127.0.0.1"):
        self.address, self.port, self.secret = address, port, secret
        self.connection = http.client.HTTPSConnection(address, port, timeout=PATIENCE_S, context=context or insecure())

    def ask(self, method, path, body=None, headers=None, prefix=PREFIX):
        send = dict(headers or {})
        if self.secret:
            send.setdefault("Authorization", f"Bearer {self.secret}")
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            send.setdefault("Content-Type", "application/json")
        for attempt in (1, 2):
            try:
                self.connection.request(method, prefix + path, body=body, headers=send)
                response = self.connection.getresponse()
                return Answer(response, response.read())
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    raise

    def get(self, path):
        answer = self.ask("GET", path)
        if answer.status != 200:
            raise AssertionError(f"GET {path}: {answer.status} {answer.body[:200]!r}")
        return answer.json()

    def close(self):
        self.connection.close()

    __del__ = close


class Schema:
    """Holds values against the JSON Schemas of the document: as much of 2020-12 as it uses, and no more."""
    KNOWN = {"type", "enum", "pattern", "minimum", "maximum", "items", "properties", "required",
             "additionalProperties", "oneOf", "$ref", "description"}
    TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
             "null": type(None)}

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def errors(self, schema, value, at="$"):
        schema = self.resolve(schema)
        unknown = schema.keys() - self.KNOWN
        if unknown:
            return [f"{at}: the schema says {sorted(unknown)}, which this check does not know"]
        if "oneOf" in schema:
            fits = [not self.errors(one, value, at) for one in schema["oneOf"]]
            return [] if fits.count(True) == 1 else [f"{at}: {value!r} suits {fits.count(True)} of oneOf"]
        kind = schema.get("type")
        kinds = [kind] if isinstance(kind, str) else kind
        if kinds and not any(self.is_a(value, one) for one in kinds):
            return [f"{at}: {value!r} is no {kind}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r} is none of {schema['enum']}")
        if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
            found.append(f"{at}: {value!r} does not match {schema['pattern']}")
        if "minimum" in schema and isinstance(value, (int, float)) and value < schema["minimum"]:
            found.append(f"{at}: {value!r} is below {schema['minimum']}")
        if "maximum" in schema and isinstance(value, (int, float)) and value > schema["maximum"]:
            found.append(f"{at}: {value!r} is above {schema['maximum']}")
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                found += self.errors(schema["items"], item, f"{at}[{index}]")
        if isinstance(value, dict):
            properties = schema.get("properties", {})
            found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
            for name, item in value.items():
                if name in properties:
                    found += self.errors(properties[name], item, f"{at}.{name}")
                elif schema.get("additionalProperties", True) is False:
                    found.append(f"{at}: {name} is not in the schema")
        return found

    def is_a(self, value, kind):
        if isinstance(value, bool):
            return kind == "boolean"
        return isinstance(value, self.TYPES[kind])
