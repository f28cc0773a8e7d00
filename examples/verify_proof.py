#!/usr/bin/env python3
"""Checks a proof file of Acta with nothing of Acta: only `cbor2` and `cryptography`. Copy it, read it, use it.

    pip install cbor2 cryptography
    python3 verify_proof.py audit-proof.cbor --key evidence-key.pem [--older head.cose]

Without --key the file is checked under the keys that came with it: then everything fits together, but anybody could have made
it so. --older is a head that you kept: with it, history was only appended to since. The format is in proof/README.md. What is
sealed (names, words) is checked as ciphertext here, and not opened.
"""
import argparse
import base64
import hashlib
import hmac
import json
import sys

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

HEAD = "application/scitt-statement+cose"
JWS = "vnd.acta.session-head+jwt"
CONTENTS = "application/vnd.acta.proof-contents+cbor"


class Refused(Exception):
    """The file does not prove what it claims."""


def check(condition, what):
    if not condition:
        raise Refused(what)


def decode(data):
    """Deterministic CBOR only: another encoding of the same value is refused."""
    value = cbor2.loads(data)
    check(cbor2.dumps(value, canonical=True) == data, "something is not in deterministic CBOR")
    return value


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def key_id(key):
    """RFC 9679 thumbprint of an Ed25519 key."""
    return sha256(cbor2.dumps({1: 1, -1: 6, -2: key}, canonical=True))


def statement(cose, typ, keys):
    """A COSE_Sign1 (RFC 9052) with an attached payload, signed under one of `keys`: its issuer, subject and payload."""
    message = decode(cose)
    check(message.tag == 18, "a statement is not a COSE_Sign1")
    protected, unprotected, payload, signature = message.value
    header = decode(protected)
    check(header[1] in (-8, -19) and header[16] == typ and not unprotected, "a statement is of another kind")
    check(header[4] in keys, "a statement is signed under a key that is not trusted")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    Ed25519PublicKey.from_public_bytes(keys[header[4]]).verify(signature, signed)
    return (header[15][1], header[15][2]), decode(payload), header


def check_jws(jws, cose, keys):
    """The head in its other form: signed under the same key, and saying the same."""
    (issuer, subject), head, header = statement(cose, HEAD, keys)
    state = ("open", "closed")[head[4]]
    claims = {"iat": header[15][6], "iss": issuer, "sub": subject,
              "root": head[3].hex(), "size": head[2], "state": state, "version": 1}
    kid = base64.urlsafe_b64encode(header[4]).decode().rstrip("=")
    said, _, encoded = jws.rpartition(".")
    parts = [base64.urlsafe_b64decode(part + "==") for part in (*said.split("."), encoded)]
    check(jws == ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "the JWS is damaged")
    Ed25519PublicKey.from_public_bytes(keys[header[4]]).verify(parts[2], said.encode())
    check(json.loads(parts[0]) == {"alg": "EdDSA", "kid": kid, "typ": JWS}, "the JWS is of another kind")
    check(json.loads(parts[1]) == claims, "the two forms of the head say different things")


def commitments(data):
    """Entry i is [i, commitment]; they stand one behind the other, with nothing between them."""
    found, at = [], 0
    while at < len(data):
        prefix = cbor2.dumps([len(found), bytes(32)])[:-32]
        check(data.startswith(prefix, at) and at + len(prefix) + 32 <= len(data), f"entry {len(found)} is damaged")
        at += len(prefix) + 32
        found.append(data[at - 32 : at])
    return found


def root(entries):
    """The Merkle tree hash (RFC 9162 §2.1.1)."""
    stack = []  # (height, hash) of the perfect subtrees so far, the largest first
    for index, commitment in enumerate(entries):
        node = (0, sha256(b"\0", cbor2.dumps([index, commitment])))
        while stack and stack[-1][0] == node[0]:
            node = (node[0] + 1, sha256(b"\1", stack.pop()[1], node[1]))
        stack.append(node)
    if not stack:
        return sha256()
    digest = stack.pop()[1]
    while stack:
        digest = sha256(b"\1", stack.pop()[1], digest)
    return digest


def verify(data, trusted=(), older=None):
    """Gives what was proven, in words, or raises."""
    file = decode(data)
    check(sorted(file) == list(range(1, 10)) and file[1] == 1, "not a proof file of version 1")
    keys = {key_id(key): key for key in (trusted or file[7])}
    about, head, _ = statement(file[3], HEAD, keys)
    check_jws(file[4], file[3], keys)
    entries = commitments(file[5])
    check(len(entries) == head[2], f"the head counts {head[2]} events, the file holds {len(entries)}")
    check(root(entries) == head[3], "the entries do not lead to the signed root")
    same, contents, _ = statement(file[9], CONTENTS, keys)
    agreed = [contents[number] for number in (1, 2, 3)] == [file[2], head[2], head[3]]
    check(same == about and agreed, "the table of contents is that of another file")
    for number, part in ((4, file[6]), (5, file[8]), (6, file[3])):
        check(contents[number] == sha256(part), "something was dropped, added or exchanged")
    opened = decode(file[6])
    for index, salt, event in opened:
        check(hmac.new(salt, event, "sha256").digest() == entries[index], f"event {index} is not the one committed to")
        check(decode(event)[3] == index, f"event {index} belongs elsewhere")
    said = f"{len(entries)} events of {about[1]}, {len(opened)} of them opened, by {about[0]}"
    if older is None:
        return said
    before, first, _ = statement(older, HEAD, keys)
    check(before == about and first[2] <= head[2], "the older head is of another session, or not older")
    check(root(entries[: first[2]]) == first[3], "history was changed since the older head")
    return f"{said}; the first {first[2]} as in the older head"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof", type=argparse.FileType("rb"))
    parser.add_argument("--key", action="append", default=[], type=argparse.FileType("rb"))
    parser.add_argument("--older", type=argparse.FileType("rb"))
    given = parser.parse_args()
    keys = [load_pem_public_key(key.read()).public_bytes(Encoding.Raw, PublicFormat.Raw) for key in given.key]
    try:
        print("proven:", verify(given.proof.read(), keys, given.older and given.older.read()))
    except (Refused, InvalidSignature, ValueError, TypeError, LookupError, AttributeError) as reason:
        sys.exit(f"refused: {reason or type(reason).__name__}")


if __name__ == "__main__":
    main()
