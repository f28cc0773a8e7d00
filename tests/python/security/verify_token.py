"""Checks an access token with software that others wrote, by the keys that its issuer publishes; prints what it says.

    verify_token.py JWKS_URL ISSUER AUDIENCE TOKEN
"""

import json
import sys
import urllib.request

from joserfc import jwt
from joserfc.jwk import KeySet


def main(url: str, issuer: str, audience: str, token: str) -> None:
    with urllib.request.urlopen(url) as answer:
        keys = KeySet.import_key_set(json.load(answer))
    read = jwt.decode(token, keys, algorithms=["RS256"])
    if read.header["typ"] != "at+jwt":
        raise SystemExit(f"it is no access token: {read.header}")
    names = ["sub", "exp", "iat", "jti", "client_id"]
    rules = {name: {"essential": True} for name in names}
    rules["iss"] = {"essential": True, "value": issuer}
    rules["aud"] = {"essential": True, "value": audience}
    jwt.JWTClaimsRegistry(**rules).validate(read.claims)
    print(json.dumps(read.claims))


if __name__ == "__main__":
    main(*sys.argv[1:])
