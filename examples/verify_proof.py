#!/usr/bin/env python3
"""Checks a proof file of Acta with nothing of Acta: only `cbor2` and `cryptography`. Copy it, read it, use it.

    pip install cbor2 cryptography
    python3 verify_proof.py audit-proof.cbor --key evidence-key.pem [--older head.cose]

--key is a file of public keys (PEM, one or several), all of them trusted. Without it the file is checked under the key that
came with it: then everything fits together, but anybody could have made it so. --older is a head that you kept: with it,
history was only appended to since. The format is in proof/README.md. What is sealed (names, words) is checked as ciphertext
here, and not opened; that JSON is in its canonical form (RFC 8785) is checked only as far as names that occur twice.
"""
import argparse
import base64
import hashlib
import hmac
import json
import re
import sys
import unicodedata

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

HEAD = "application/scitt-statement+cose"
JWS = "vnd.acta.session-head+jwt"
CONTENTS = "application/vnd.acta.proof-contents+cbor"
PEM = rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?"


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


def json_object(data):
    """A JSON object in which no name occurs twice."""

    def once(pairs):
        check(len(dict(pairs)) == len(pairs), "a name occurs twice in a JSON object")
        return dict(pairs)

    value = json.loads(data, object_pairs_hook=once)
    check(isinstance(value, dict), "something is not a JSON object")
    return value


def is_name(text):
    """Who issued it and what it is about are shown to you: 1 to 255 bytes, no white space, no control characters."""
    shown = not any(letter.isspace() or unicodedata.category(letter) == "Cc" for letter in text)
    return shown and 1 <= len(text.encode()) <= 255


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
    check(is_name(header[15][1]) and is_name(header[15][2]), "an issuer or a session has no proper name")
    check(header[4] in keys, "a statement is signed under another key than it must be")
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
    check(json_object(parts[0]) == {"alg": "EdDSA", "kid": kid, "typ": JWS}, "the JWS is of another kind")
    check(json_object(parts[1]) == claims, "the two forms of the head say different things")


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


def check_contents(file, about, head, key):
    """Nothing was dropped, added or exchanged, says the same key as the head's."""
    same, contents, _ = statement(file[9], CONTENTS, key)
    agreed = [contents[number] for number in (1, 2, 3)] == [file[2], head[2], head[3]]
    check(same == about and agreed, "the table of contents is that of another file")
    for number, part in ((4, file[6]), (5, file[8]), (6, file[3])):
        check(contents[number] == sha256(part), "something was dropped, added or exchanged")
    people = decode(file[8])
    check(len({key for _, key in people}) == len(people), "one key is listed for two persons")


def check_openings(file, entries):
    """Each opened event is the one that was committed to, in its own place. Gives how many there are."""
    opened = decode(file[6])
    places = [index for index, _, _ in opened]
    check(places == sorted(set(places) & set(range(len(entries)))), "an opening is out of order or of no event")
    check(file[2] == 0 or len(places) == len(entries), "the dossier does not open every event")
    for index, salt, data in opened:
        check(hmac.new(salt, data, "sha256").digest() == entries[index], f"event {index} is not the one committed to")
        event = decode(data)
        check(event[3] == index, f"event {index} belongs elsewhere")
        check(file[2] == 1 or 12 not in event, f"event {index} has a personal part, and the proof is public")
        json_object(event[10]), json_object(event[11])
    return len(opened)


def check_older(older, now, entries, keys):
    """History was only appended to since the older head, and not after that closed the record. Gives its size."""
    about, head, header = now
    before, first, past = statement(older, HEAD, keys)
    check(before == about and first[2] <= head[2], "the older head is of another session, or not older")
    check(first[4] == 0 or (head[4], head[2]) == (1, first[2]), "the older head closed the record, and it went on")
    check(past[15][6] <= header[15][6], "the older head was issued later")
    check(root(entries[: first[2]]) == first[3], "history was changed since the older head")
    return first[2]


def verify(data, trusted=(), older=None):
    """Gives what was proven, in words, or raises."""
    file = decode(data)
    check(sorted(file) == list(range(1, 10)) and file[1] == 1 and file[2] in (0, 1), "not a proof file of version 1")
    check(len(file[7]) == 1, "a proof file holds exactly one key")
    check(not trusted or file[7][0] in trusted, "the file is signed under a key that is not trusted")
    key = {key_id(file[7][0]): file[7][0]}
    about, head, header = statement(file[3], HEAD, key)
    check_jws(file[4], file[3], key)
    entries = commitments(file[5])
    check(head[2] > 0, "the session has no events")
    check(len(entries) == head[2], f"the head counts {head[2]!r} events, the file holds {len(entries)}")
    check(root(entries) == head[3], "the entries do not lead to the signed root")
    check_contents(file, about, head, key)
    opened = check_openings(file, entries)
    said = f"{len(entries)} events of {about[1]!r}, {opened} of them opened, by {about[0]!r}"
    if older is not None:
        known = {key_id(other): other for other in trusted} | key
        said += f"; the first {check_older(older, (about, head, header), entries, known)} as in the older head"
    if not trusted:
        said += "\nnot proven: who signed. The key came with the file: compare it with the one that the issuer publishes"
    return said


def public_keys(pem):
    """The raw Ed25519 keys in a file: one PEM block, or several one after another."""
    blocks = re.findall(PEM, pem, re.DOTALL)
    return [load_pem_public_key(block).public_bytes(Encoding.Raw, PublicFormat.Raw) for block in blocks]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof", type=argparse.FileType("rb"))
    parser.add_argument("--key", action="append", default=[], type=argparse.FileType("rb"))
    parser.add_argument("--older", type=argparse.FileType("rb"))
    given = parser.parse_args()
    keys = [key for pem in given.key for key in public_keys(pem.read())]
    if given.key and not keys:
        parser.error("there is no public key in what was given as --key")
    try:
        print("proven:", verify(given.proof.read(), keys, given.older and given.older.read()))
    except (Refused, InvalidSignature, ValueError, TypeError, LookupError, AttributeError) as reason:
        # Only our own words are printed as they are: others may quote the file.
        sys.exit(f"refused: {reason if isinstance(reason, Refused) else repr(reason)}")


if __name__ == "__main__":
    main()
