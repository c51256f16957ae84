#!/usr/bin/python3
"""check_contract.py OPENAPI CONTRACT MATERIAL

Holds what the real programs said (MATERIAL, gathered by contract_test.cpp) and every example against
the descriptions: OPENAPI (firmware/api/openapi.json) and CONTRACT (cloud-agent/contract).

MATERIAL has one JSON object a line in
  http.jsonl    method, route, status, body; request where one was sent. An empty route: no route
  stream.jsonl  event, data: the events of /v1/stream
  mqtt.jsonl    topic, payload; an answer to a request besides: status, method, route

Prints a sentence for each fault and ends with 1, or says how much it held against what."""
import datetime
import json
import pathlib
import sys

import jsonschema

FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_time(value):
    if isinstance(value, str):
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    return True


class Check:
    def __init__(self, openapi, contract):
        self.openapi_file = openapi
        self.openapi = json.loads(openapi.read_text())
        self.schemas = {path.stem: json.loads(path.read_text())
                        for path in sorted((contract / "schemas").glob("*.json"))}
        self.examples = sorted((contract / "examples").glob("*.json"))
        self.faults = []
        self.held = {}
        self.api_resolver = jsonschema.RefResolver("", self.openapi)
        self.contract_resolver = jsonschema.RefResolver(
            "", {}, store={name + ".json": schema for name, schema in self.schemas.items()})

    def fault(self, what, sentence):
        self.faults.append(f"{what}: {sentence}")

    def hold(self, sort, what, schema, value, resolver):
        self.held[sort] = self.held.get(sort, 0) + 1
        validator = jsonschema.Draft202012Validator(schema, resolver=resolver,
                                                    format_checker=FORMATS)
        for error in validator.iter_errors(value):
            place = "/".join(str(step) for step in error.absolute_path)
            self.fault(what, f"at '/{place}': {error.message[:300]}")

    def by_api(self, sort, what, name, value):
        self.hold(sort, what, {"$ref": f"#/components/schemas/{name}"}, value, self.api_resolver)

    def by_contract(self, sort, what, name, value):
        self.hold(sort, what, self.schemas[name], value, self.contract_resolver)

    def operation(self, method, route):
        return self.openapi["paths"].get(route, {}).get(method.lower())

    def response(self, operation, status):
        found = operation["responses"].get(str(status))
        if found and "$ref" in found:
            found = self.openapi["components"]["responses"][found["$ref"].split("/")[-1]]
        return found

    # Descriptions in themselves.

    def description(self):
        schemas = self.openapi["components"]["schemas"]
        for name, schema in list(schemas.items()) + list(self.schemas.items()):
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
            except jsonschema.SchemaError as error:
                self.fault(f"schema {name}", error.message)
        for route, operations in self.openapi["paths"].items():
            for method, operation in operations.items():
                what = f"example of {method.upper()} {route}"
                contents = [operation.get("requestBody", {}).get("content", {})]
                contents += [self.response(operation, status).get("content", {})
                             for status in operation["responses"]]
                for content in contents:
                    for body in content.values():
                        if "example" in body:
                            self.hold("examples", what, body["schema"], body["example"],
                                      self.api_resolver)

    def contract_examples(self):
        # state-lock.json is an example of state.json, command-result.json of its own schema.
        for path in self.examples:
            fitting = [name for name in self.schemas
                       if path.stem == name or path.stem.startswith(name + "-")]
            if not fitting:
                self.fault(path.name, "there is no schema of which it could be an example")
                continue
            name = max(fitting, key=len)
            value = json.loads(path.read_text())
            self.by_contract("examples", f"example {path.name}", name, value)
            self.message_by_api("examples", f"example {path.name}", name, value)

    # What was said.

    def http(self, lines):
        answered = set()
        for line in lines:
            method, route, status = line["method"], line["route"], line["status"]
            what = f"{method} {route or '(no route)'} answered {status}"
            if not route:
                self.by_api("answers", what, "Error", json.loads(line["body"]))
                continue
            operation = self.operation(method, route)
            if operation is None:
                self.fault(what, "the description has no such operation")
                continue
            if status == 200:
                answered.add((method, route))
            self.request(what, operation, line)
            self.answer("answers", what, operation, status, line["body"])
            if route == "/v1/openapi.json" and json.loads(line["body"]) != self.openapi:
                self.fault(what, f"it is not {self.openapi_file.name}")
        for route, operations in self.openapi["paths"].items():
            for method in operations:
                if (method.upper(), route) not in answered and route != "/v1/stream":
                    self.fault(f"{method.upper()} {route}", "no live answer 200 was gathered")

    def request(self, what, operation, line):
        if "request" not in line or line["status"] != 200:
            return
        body = operation["requestBody"]["content"].get("application/json")
        if body:
            self.hold("requests", f"{what}, its request", body["schema"],
                      json.loads(line["request"]), self.api_resolver)

    def answer(self, sort, what, operation, status, text):
        response = self.response(operation, status)
        if response is None:
            self.fault(what, "the description does not know this status here")
            return
        content = response["content"]
        if "application/json" not in content:
            self.hold(sort, what, next(iter(content.values()))["schema"], text, self.api_resolver)
            return
        try:
            value = json.loads(text)
        except ValueError as error:
            self.fault(what, f"the body is no JSON: {error}")
            return
        self.hold(sort, what, content["application/json"]["schema"], value, self.api_resolver)

    def stream(self, lines):
        seen = set()
        bus = self.openapi["components"]["schemas"]["Status"]["properties"]["buses"]["items"]
        for line in lines:
            event, data = line["event"], line["data"]
            what = f"event {event} of the stream"
            seen.add(event)
            if event == "trouble":
                if not isinstance(data.pop("standing", None), bool):
                    self.fault(what, "'standing' is missing")
                self.by_api("events", what, "Trouble", data)
            elif event == "bus":
                self.hold("events", what, bus, data, self.api_resolver)
            elif event == "hello":
                self.held["events"] = self.held.get("events", 0) + 1
                if set(data) != {"boot", "head"}:
                    self.fault(what, f"it has {sorted(data)}, not boot and head")
            elif event in ("device", "record"):
                self.by_api("events", what, event.capitalize(), data)
            else:
                self.fault(what, "the description does not know it")
        self.expect("/v1/stream", {"hello", "device", "record", "trouble", "bus"}, seen)

    def mqtt(self, lines):
        seen = set()
        for line in lines:
            if "status" in line:
                self.mqtt_answer(line, seen)
                continue
            topic, payload = line["topic"], line["payload"]
            name = self.schema_of(topic)
            if name is None:
                self.fault(topic, "the contract does not know this topic")
            elif name == "wish":
                seen.add(name)
                self.by_contract("messages", f"message at {topic}", name, payload)
            elif payload or name not in ("state", "discovery"):  # empty: the device is gone
                value = json.loads(payload)
                if name == "discovery" and self.offers(topic, value):
                    seen.add("offer")
                seen.add(f"presence {value.get('presence')}" if name == "presence" else name)
                self.by_contract("messages", f"message at {topic}", name, value)
                self.message_by_api("messages", f"message at {topic}", name, value)
        self.expect("MQTT", {"presence online", "presence offline", "state", "alarm", "activity",
                             "command-result", "error", "answer", "discovery", "wish", "offer"}, seen)

    def offers(self, topic, discovery):
        """What Home Assistant may press must be a wish. Whether there is anything."""
        any_offered = False
        for component in discovery["components"].values():
            for member, word in component.items():
                if "command_topic" in component and member.startswith("payload_"):
                    any_offered = True
                    self.by_contract("offers", f"{member} at {topic}", "wish", word)
        return any_offered

    @staticmethod
    def schema_of(topic):
        if topic.startswith("homeassistant/device/") and topic.endswith("/config"):
            return "discovery"
        parts = topic.split("/")[3:]  # genkan/1/{gateway}/
        if len(parts) == 3 and parts[0] == "ha" and parts[2] == "set":
            return "wish"
        if parts == ["presence"]:
            return "presence"
        if len(parts) == 3 and parts[0] == "device" and parts[2] == "state":
            return "state"
        return parts[1] if parts in (["event", "alarm"], ["event", "activity"]) else None

    def message_by_api(self, sort, what, name, value):
        """What a message shares with the API must be as the API describes it too."""
        if name == "state":
            self.by_api(sort, what, "State", value["state"])
            for trouble in value["troubles"]:
                self.by_api(sort, what, "Trouble", trouble)
        records = [value] if name == "alarm" else value["records"] if name == "activity" else []
        for record in records:
            self.by_api(sort, what, "Record", record)
        names = {"command": "CommandRequest", "command-result": "CommandAnswer", "error": "Error"}
        if name in names:
            self.by_api(sort, what, names[name], value)

    def mqtt_answer(self, line, seen):
        what = f"answer {line['status']} over MQTT to {line['method']} {line['route']}"
        self.by_contract("messages", what, "answer", {"status": line["status"]})
        if line["status"] != "200":
            name = "error"
        else:
            name = "command-result" if line["method"] == "POST" else "answer"
        seen.add(name)
        if name != "answer":
            value = json.loads(line["payload"])
            self.by_contract("messages", what, name, value)
            self.message_by_api("messages", what, name, value)
        else:
            operation = self.operation(line["method"], line["route"])
            self.answer("messages", what, operation, line["status"], line["payload"])

    def expect(self, where, wanted, seen):
        for missing in sorted(wanted - seen):
            self.fault(where, f"no {missing} was gathered")


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def main():
    if len(sys.argv) != 4:
        print("usage: check_contract.py OPENAPI CONTRACT MATERIAL", file=sys.stderr)
        return 2
    openapi, contract, material = map(pathlib.Path, sys.argv[1:])
    check = Check(openapi, contract)
    check.description()
    check.contract_examples()
    check.http(lines_of(material / "http.jsonl"))
    check.stream(lines_of(material / "stream.jsonl"))
    check.mqtt(lines_of(material / "mqtt.jsonl"))
    for fault in dict.fromkeys(check.faults):
        print(fault)
    if check.faults:
        return 1
    print(", ".join(f"{count} {sort}" for sort, count in sorted(check.held.items()))
          + ": all as described")
    return 0


sys.exit(main())
