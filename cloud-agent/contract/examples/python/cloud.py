#!/usr/bin/python3
"""A cloud in a page: sends one signed command, follows events, asks for what is missing.

Debian: python3-paho-mqtt python3-jwcrypto. FOLDER is what `genkan-cloud init` made.

    cloud.py FOLDER gw-1 --after 0 POST /v1/devices/lock-101/commands '{"command":"lock"}'
"""
import argparse, json, pathlib, secrets, threading, time, tomllib, urllib.parse
import paho.mqtt.client as mqtt
from jwcrypto import jwk, jws
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

words = argparse.ArgumentParser()
for name in ("folder", "gateway", "method", "path"): words.add_argument(name)
words.add_argument("body", nargs="?", type=json.loads)
words.add_argument("--after", type=int, help="follow from the record behind this number on")
asked = words.parse_args()
folder, prefix, me = pathlib.Path(asked.folder), f"genkan/1/{asked.gateway}", secrets.token_hex(4)
place = tomllib.loads((folder / "cloud.toml").read_text())["broker"]
broker = urllib.parse.urlsplit(place.get("own_uri", place["uri"]))  # the cloud's own door
newest = max((folder / "keys").glob("*.key"), key=lambda file: int(file.stem.rsplit("-")[-1]))
key = jwk.JWK.from_pem(newest.read_bytes())
whole, ahead, moved = asked.after, {}, time.monotonic()  # every record up to `whole` is told
connected, answered = threading.Event(), threading.Event()

def request(method, path, payload="", expiry=60):
    detail = Properties(PacketTypes.PUBLISH)
    detail.ResponseTopic, detail.CorrelationData = f"{prefix}/answer/{me}", path.encode()
    detail.MessageExpiryInterval, detail.UserProperty = expiry, [("method", method), ("path", path)]
    client.publish(f"{prefix}/request", payload, qos=1, properties=detail)

def signed(method, path, body):
    now, wanted = int(time.time()), {"method": method, "path": path}
    if body is not None: wanted["body"] = body
    token = jws.JWS(json.dumps({"jti": secrets.token_urlsafe(16), "aud": asked.gateway, "iat": now,
                                "exp": now + 60, "sub": "python example", "req": wanted}))
    token.add_signature(key, protected=json.dumps({"alg": "ES256", "kid": newest.stem}))
    return token.serialize(compact=True)

def take(records, head):
    global whole, moved
    whole = head if whole is None else whole
    ahead.update({each["seq"]: each for each in records if each["seq"] > whole})
    if head > whole: ahead.setdefault(head, None)  # a number whose record we lack
    while ahead.get(whole + 1):
        whole, moved = whole + 1, time.monotonic()
        print("record", json.dumps(ahead.pop(whole)), flush=True)

def on_connect(client, *_):
    client.subscribe([(f"{prefix}/{end}", 1) for end in (f"answer/{me}", "event/+", "presence")])
    connected.set()

def on_message(client, _, message):
    global whole
    said, topic = json.loads(message.payload or "{}"), message.topic.removeprefix(prefix + "/")
    if topic == "presence": take([], said.get("head", whole or 0))
    elif topic == "event/alarm": take([said], said["seq"])
    elif topic == "event/activity": take(said["records"], said["records"][-1]["seq"])
    elif message.properties.CorrelationData == b"/v1/signed":
        status = dict(message.properties.UserProperty)["status"]
        print("answer", status, json.dumps(said), flush=True)
        if status not in ("429", "503", "504"): answered.set()
    elif "records" in said:  # numbers that the page passes over are gone at the gateway itself
        whole = max(whole, (said["records"][0]["seq"] if said["records"] else said["oldest"]) - 1)
        for number in [each for each in ahead if each <= whole]: del ahead[number]
        take(said["records"], said["head"])

paho_2 = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
client = mqtt.Client(*paho_2, client_id=f"python-{me}", protocol=mqtt.MQTTv5)
client.on_connect, client.on_message = on_connect, on_message
client.tls_set(str(folder / "ca.pem"), str(folder / "cloud.pem"), str(folder / "cloud.key"))
client.connect(broker.hostname, broker.port or 8883)
client.loop_start()
connected.wait()
envelope = signed(asked.method, asked.path, asked.body)
while True:
    if not answered.is_set(): request("POST", "/v1/signed", envelope)  # the same again: moves once
    time.sleep(1 if answered.wait(4) else 0)
    if ahead and time.monotonic() - moved > 3:  # alarms run ahead; what stays away is asked for
        moved = time.monotonic()
        request("GET", f"/v1/journal?after={whole}&limit=50", expiry=20)
