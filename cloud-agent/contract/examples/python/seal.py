#!/usr/bin/python3
"""Seals what a request brings, so that only its gateway can read it, for "sealed" of its envelope.

Debian: python3-jwcrypto. GATEWAY.pem is what `genkan identity` printed on site; CONTENT.json is
{"jti":…,"aud":…,"signed_by":…,"body":{…}}, the first three as in the envelope and its header.

    seal.py gw-1.pem content.json
"""
import json, pathlib, re, sys
from jwcrypto import jwe, jwk

identity, content = (pathlib.Path(name).read_bytes() for name in sys.argv[1:3])
receiver = re.search(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----\n", identity, re.S)
key = jwk.JWK.from_pem(receiver[0])
token = jwe.JWE(content, json.dumps({"alg": "ECDH-ES", "enc": "A256GCM", "kid": key.thumbprint()}))
token.add_recipient(key)
print(token.serialize(compact=True))
