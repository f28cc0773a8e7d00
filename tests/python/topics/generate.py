"""Writes a history of invented sessions into topics as the service's relay does, and signs their heads, to try and to time the checker with.

    generate.py --brokers B --prefix P --layout by-type|single --events N --sessions M --partitions K --folder DIR

DIR then has heads.json and evidence-keys.pem for `check_topics.py`. What it prints says how many events it wrote.
"""
import argparse
import base64
import json
import pathlib
import random
import uuid
import zlib

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import topics
from topics import checker

KEY = Ed25519PrivateKey.from_private_bytes(bytes([0x11]) * 32)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SOURCE = "https://acta.example"
STARTS = 1_795_000_000
USUAL = ["transcript.chunk.v1"] * 6 + ["speech.requested.v1", "speech.finished.v1", "attendance.validated.v1", "attendee.muted.v1"]


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Written:
    """A session as it is written."""

    def __init__(self, dice):
        self.id = uuid.UUID(bytes=dice.randbytes(16), version=4)
        self.public_id = "urn:acta:s:" + base64.b32encode(dice.randbytes(17)).decode().lower()[:26]
        self.tree, self.last, self.streams = checker.Frontier(), None, {}


def sealed(session, dice):
    part = {"subject": f"person:{dice.randrange(50)}", "key_id": dice.randbytes(32).hex(), "nonce": dice.randbytes(12).hex(),
            "ciphertext": base64.b64encode(dice.randbytes(120)).decode()}
    return json.dumps(part, separators=(",", ":"))


def content(session, kind, dice):
    """Body, metadata and what stands in the headers beside them, before the commitment."""
    aggregate = kind.split(".")[0]
    session.streams[aggregate] = session.streams.get(aggregate, 0) + 1
    body = {"public_id": session.public_id} if kind == "session.created.v1" else {"at": "2026-11-22T10:00:00.000000Z", "text": "x" * dice.randrange(80)}
    metadata = {"actor": "service:test", "command_id": str(uuid.UUID(bytes=dice.randbytes(16), version=4))}
    headers = {"ce_aggregatetype": aggregate, "ce_aggregateid": str(session.id), "ce_streamsequence": str(session.streams[aggregate]), "ce_eventversion": "1"}
    if kind.startswith("transcript"):
        headers["ce_sealed"] = sealed(session, dice)
    if dice.random() < 0.5:
        metadata["traceparent"] = headers["ce_traceparent"] = f"00-{dice.randbytes(16).hex()}-{dice.randbytes(8).hex()}-01"
    return canonical(body), canonical(metadata).decode(), headers


def record(session, kind, position, tenant, dice):
    """The headers and the body of the session's next event."""
    body, metadata, headers = content(session, kind, dice)
    second = STARTS + position // 1_000
    headers |= {
        "content-type": "application/json", "ce_specversion": "1.0", "ce_source": SOURCE, "ce_type": kind, "ce_subject": str(session.id),
        "ce_time": topics.moment(second, position % 1_000_000), "ce_dataschema": f"urn:acta:schema:{kind}", "ce_partitionkey": str(session.id),
        "ce_tenantid": tenant, "ce_position": str(position), "ce_sessionindex": str(session.tree.size), "ce_metadata": metadata,
        "ce_salt": dice.randbytes(32).hex(),
    }
    said = topics.Message("", 0, 0, b"", body, [(name, value.encode()) for name, value in headers.items()])
    digest = checker.commitment(checker.Record(said))
    headers |= {"ce_commitment": digest.hex(), "ce_id": checker.record_id(digest).decode()}
    if session.last:
        headers["ce_previouscommitment"] = session.last
    session.last = digest.hex()
    session.tree.push(digest)
    return headers, body


def head(session):
    """Signed as the service signs it."""
    claims = {1: SOURCE, 2: session.public_id, 6: STARTS}
    protected = cbor2.dumps({1: -8, 3: checker.HEAD[1], 4: next(iter(checker.public_keys(PEM))), 15: claims, 16: checker.HEAD[0]}, canonical=True)
    payload = cbor2.dumps({1: 1, 2: session.tree.size, 3: session.tree.root(), 4: 0})
    signature = KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    cose = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    return {"size": session.tree.size, "cose": base64.b64encode(cose).decode()}


def history(count, sessions, dice):
    """Which session has an event of which kind next; every session is created first."""
    for number in range(count):
        if number < sessions:
            yield number, "session.created.v1"
        elif number < 2 * sessions:
            yield number - sessions, "session.started.v1"
        else:
            yield dice.randrange(sessions), dice.choice(USUAL)


def write(brokers, prefix, layout, count, sessions, partitions, seed=1):
    """Writes `count` events. Gives the signed heads."""
    dice = random.Random(seed)
    kinds = checker.EVENT_TYPES if layout == "by-type" else [checker.ALL_EVENTS]
    topics.create(brokers, {prefix + kind: partitions for kind in kinds})
    producer = topics.producer(brokers)
    written, ends, tenant = [Written(dice) for _ in range(sessions)], {}, str(uuid.UUID(bytes=dice.randbytes(16), version=4))
    for position, (number, kind) in enumerate(history(count, sessions, dice), start=1):
        session = written[number]
        headers, body = record(session, kind, position, tenant, dice)
        lane = (prefix + (kind if layout == "by-type" else checker.ALL_EVENTS), zlib.crc32(session.id.bytes) % partitions)
        if lane in ends:
            headers["ce_previousposition"] = str(ends[lane])
        ends[lane] = position
        producer.produce(lane[0], body, str(session.id), lane[1], headers=list(headers.items()))
        producer.poll(0)
    if producer.flush(60):
        raise SystemExit("the broker did not take everything")
    return [head(session) for session in written]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--layout", choices=("by-type", "single"), default="by-type")
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--partitions", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    given = parser.parse_args()
    heads = write(given.brokers, given.prefix, given.layout, given.events, given.sessions, given.partitions)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "heads.json").write_text(json.dumps(heads))
    (given.folder / "evidence-keys.pem").write_bytes(PEM)
    print(f"{given.events} events of {given.sessions} sessions")


if __name__ == "__main__":
    main()
