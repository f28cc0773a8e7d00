"""Hooks of Schemathesis: every request proves possession of the key that the token is bound to (RFC 9449).

The environment says which: ACTA_TEST_TOKEN, and in ACTA_TEST_KEY the file of the private key (Ed25519, PEM).
"""
import base64
import hashlib
import json
import os
import pathlib
import time
import uuid
from urllib.parse import urlsplit, urlunsplit

import requests.auth
import schemathesis
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

TOKEN = os.environ["ACTA_TEST_TOKEN"]
KEY = load_pem_private_key(pathlib.Path(os.environ["ACTA_TEST_KEY"]).read_bytes(), password=None)


def encoded(data):
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(members):
    return encoded(json.dumps(members).encode())


PUBLIC = encoded(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
HEADER = part({"typ": "dpop+jwt", "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": PUBLIC}})


def proof(method, url):
    called = urlunsplit(urlsplit(url)._replace(query="", fragment=""))
    claims = {"jti": str(uuid.uuid4()), "htm": method, "htu": called, "iat": int(time.time())}
    signed = f"{HEADER}.{part(claims | {'ath': encoded(hashlib.sha256(TOKEN.encode()).digest())})}"
    return f"{signed}.{encoded(KEY.sign(signed.encode()))}"


class Possession(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["Authorization"] = f"DPoP {TOKEN}"
        request.headers["DPoP"] = proof(request.method, request.url)
        return request


schemathesis.auth.set_from_requests(Possession())
