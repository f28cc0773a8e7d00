#!/usr/bin/env python3
"""Checks Acta's Kafka topics with nothing of Acta: is every event there, once, unaltered, in order? Copy it, read it, use it.

    pip install confluent-kafka cbor2 cryptography
    python3 check_topics.py --brokers localhost:9092 --api https://acta.example --token "$TOKEN"
    python3 check_topics.py --brokers localhost:9092 --heads heads.json --key evidence-keys.pem

It reads every partition from its beginning to the end that it has when the check starts, joins no group and commits nothing, and names the first
event of each kind of fault by topic, partition, offset, position, session and index. What it looks at:

  each partition  every record names the position of the one before it: that shows what is missing, exchanged or early
  each record     commitment, id, key and headers belong to its body. `ce_source` is free text, and bound by nothing
  each session    events count from 0 without a gap, each names the commitment of the one before it, and the Merkle root
                  (RFC 9162) over them is the one in the signed head
  all together    positions count from 1 without a gap. If the last records of two partitions say the same position, one of them was altered,
                  and nothing tells which: both are named, the second as "or"

The heads come from the service (--api; the token lets it find sessions of your tenant that are in no topic at all) or from a file (--heads:
a JSON array of heads as `GET /api/v1/sessions/{id}/heads` lists them, checked under --key). Without heads nothing can tell whether the last
events of a session are missing, and the output says so.

A record that came twice carries the same `ce_id`, and is dropped, as yours should be; so is one that came before its turn and comes again in
its turn. They are counted; --strict takes them for faults. Exit code: 0 nothing is wrong, 1 something is, 2 it could not be checked.
"""
import argparse
import array
import base64
import calendar
import collections
import functools
import hashlib
import heapq
import hmac
import http.client
import json
import re
import sys
import time
import urllib.parse

import cbor2
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

ALL_EVENTS = "acta.events"
# What the service publishes, and so its topics. If yours is newer and has more: --topics.
EVENT_TYPES = """
    access.dossier-read.v1 access.key-handed-out.v1 access.person-erased.v1 access.refused.v1 attendance.code-issued.v1
    attendance.overridden.v1 attendance.refused.v1 attendance.validated.v1 attendee.left.v1 attendee.muted.v1
    attendee.returned.v1 attendee.unmuted.v1 client.registered.v1 client.revoked.v1 client.roles-changed.v1
    client.secret-rotated.v1 eligibility.imported.v1 floor.group-assigned.v1 floor.overridden.v1 floor.rules-set.v1
    governance.assembly-activated.v1 governance.assembly-completed.v1 governance.data-recorded.v1 governance.notified.v1
    governance.vote-closed.v1 governance.vote-opened.v1 presence.signalled.v1 role.changed.v1 role.defined.v1
    role.retired.v1 session.cancelled.v1 session.created.v1 session.described.v1 session.ended.v1 session.sealed.v1
    session.started.v1 session.updated.v1 sign-in.ended.v1 sign-in.renewed.v1 sign-in.reuse-detected.v1
    sign-in.started.v1 speech.approved.v1 speech.denied.v1 speech.finished.v1 speech.requested.v1 speech.withdrawn.v1
    time-account.set.v1 transcript.chunk.v1 transcript.corrected.v1 turn.paused.v1 turn.resumed.v1 turn.warned.v1
    user.created.v1 user.disabled.v1 user.enabled.v1 user.password-changed.v1 user.permission-added.v1
    user.permission-removed.v1 user.permission-reset.v1 user.role-granted.v1 user.role-revoked.v1
""".split()
HEAD = ("application/scitt-statement+cose", "application/vnd.acta.session-head+cbor")
PEM = rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?"
FAULTS = ("missing", "altered", "reordered", "truncated", "added", "root", "head", "doubled", "early")
BUFFERED = 4_000  # records of one partition that are held while others catch up
WAITING = 1_000  # events of one session that are held for one before them
SCANS = 50  # faults of one partition behind which it is still searched for what belongs there
ABSENT = 10_000  # positions that are looked for at the end
SILENCE = 30.0  # seconds after which a partition that gives nothing cannot be checked
AWAY = (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN)  # the client comes back by itself, or SILENCE ends
NUMBER = re.compile(rb"0|[1-9][0-9]{0,18}")
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
DIGEST = re.compile(rb"[0-9a-f]{64}")


class Unchecked(Exception):
    """The check could not be done; that says nothing of the topics."""


# ---- a record by itself


def number(text):
    """A number in decimal, or None."""
    return int(text) if text is not None and NUMBER.fullmatch(text) else None


def form(pattern, text):
    if not pattern.fullmatch(text):
        raise ValueError("a header is malformed")
    return text


@functools.lru_cache(65_536)
def uuid_bytes(text):
    return bytes.fromhex(form(UUID, text).decode().replace("-", ""))


@functools.lru_cache(4_096)
def seconds(text):
    return calendar.timegm(time.strptime(text.decode(), "%Y-%m-%dT%H:%M:%S"))


def micros(text):
    """2026-11-22T10:00:00.123456Z, in microseconds since 1970."""
    form(MOMENT, text)
    return seconds(text[:19]) * 1_000_000 + int(text[20:26])


class Record:
    """A record of a topic, and what its headers say of its place."""

    __slots__ = ("topic", "partition", "offset", "key", "body", "headers", "repeats", "position", "previous", "index", "replayed")

    def __init__(self, message):
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.key, self.body, pairs = message.key() or b"", message.value() or b"", message.headers() or []
        self.headers = headers = dict(pairs)
        self.repeats = len(headers) != len(pairs)
        self.position = number(headers.get("ce_position")) or None
        before = headers.get("ce_previousposition")
        self.previous = 0 if before is None else number(before) or None  # 0: it says that it is the first
        self.index = number(headers.get("ce_sessionindex"))
        self.replayed = headers.get("ce_replayed") == b"true"

    @property
    def commitment(self):
        return self.headers.get("ce_commitment")


def sealed_part(text):
    """The personal part, as it is committed to: ciphertext."""
    part = json.loads(text.decode())
    key_id, nonce, ciphertext = bytes.fromhex(part["key_id"]), bytes.fromhex(part["nonce"]), base64.b64decode(part["ciphertext"], validate=True)
    written = (key_id.hex(), nonce.hex(), base64.b64encode(ciphertext).decode())
    if len(part) != 4 or written != (part["key_id"], part["nonce"], part["ciphertext"]):
        raise ValueError("ce_sealed is malformed")
    return {1: part["subject"], 2: key_id, 3: nonce, 4: ciphertext}


def commitment(record):
    """HMAC-SHA256 of the event in deterministic CBOR (its keys ascend) under its salt."""
    head = record.headers
    whole = [number(head[name]) for name in ("ce_sessionindex", "ce_streamsequence", "ce_eventversion")]
    if None in whole:
        raise ValueError("a number is malformed")
    event = {1: uuid_bytes(head["ce_tenantid"]), 2: uuid_bytes(head["ce_subject"]), 3: whole[0],
             4: head["ce_aggregatetype"].decode(), 5: head["ce_aggregateid"].decode(), 6: whole[1],
             7: head["ce_type"].decode(), 8: whole[2], 9: micros(head["ce_time"]), 10: record.body, 11: head["ce_metadata"]}
    if "ce_sealed" in head:
        event[12] = sealed_part(head["ce_sealed"])
    salt = bytes.fromhex(form(DIGEST, head["ce_salt"]).decode())
    return hmac.digest(salt, cbor2.dumps(event), "sha256")


def record_id(digest):
    """The UUID, version 8, of the first half of a commitment."""
    half = bytearray(digest[:16])
    half[6], half[8] = half[6] & 0x0F | 0x80, half[8] & 0x3F | 0x80
    text = half.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}".encode()


def fault(record, by_type):
    """What is wrong with a record by itself, or None."""
    head = record.headers
    try:
        digest = commitment(record)
        if head["ce_commitment"] != digest.hex().encode():
            return "headers and body are not what was committed to"
        traced = json.loads(head["ce_metadata"].decode()).get("traceparent")
        expected = {
            "ce_id": record_id(digest), "ce_partitionkey": head["ce_subject"], "ce_specversion": b"1.0", "content-type": b"application/json",
            "ce_dataschema": b"urn:acta:schema:" + head["ce_type"], "ce_traceparent": traced and traced.encode(),
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as reason:
        return f"headers or body are damaged ({reason})"
    if record.key != head["ce_subject"]:
        return "the key is not the session"
    wrong = [name for name, value in expected.items() if head.get(name) != value]
    if wrong or record.repeats or record.position is None or record.previous is None:
        return f"{wrong[0] if wrong else 'a header'} is not what it must be"
    if by_type and not record.topic.endswith(head["ce_type"].decode()):
        return "it stands in the topic of another type"
    return None


# ---- a session


class Frontier:
    """The Merkle tree (RFC 9162 §2.1.1) over the entries so far, as the roots of its perfect subtrees, the largest first."""

    def __init__(self):
        self.size, self.stack = 0, []

    def push(self, digest):
        node = hashlib.sha256(b"\0" + cbor2.dumps([self.size, digest])).digest()
        for _ in range((self.size ^ self.size + 1).bit_length() - 1):
            node = hashlib.sha256(b"\1" + self.stack.pop() + node).digest()
        self.stack.append(node)
        self.size += 1

    def root(self):
        nodes = iter(reversed(self.stack))
        root = next(nodes, hashlib.sha256().digest())
        for left in nodes:
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


class Session:
    """What the topics have of a session: 8 bytes an event, the tree's frontier, and what waits for an event before it."""

    def __init__(self, name):
        self.name, self.next, self.whole, self.public_id = name, 0, True, None
        self.marks, self.tree, self.waiting, self.heads = array.array("Q"), Frontier(), {}, {}
        self.last, self.position, self.partition = b"", 0, None  # the commitment, position and partition of the event before

    def has(self, record):
        """Whether `record` is an event that was taken, once more."""
        if record.index is None or record.commitment is None:
            return False
        if record.index in self.waiting:
            return self.waiting[record.index][0].commitment == record.commitment
        return record.index < self.next and self.marks[record.index] in (0, int(record.commitment[:16], 16))

    def push(self, record, sound):
        """The event at `next`. What is not sound has no part in the tree, and after it there is none."""
        self.marks.append(int(record.commitment[:16], 16) if sound else 0)
        self.whole = self.whole and sound
        if self.whole:
            self.tree.push(bytes.fromhex(record.commitment.decode()))
        self.last = record.commitment if sound else None
        self.next, self.position, self.partition = self.next + 1, record.position or self.position, record.partition

    def skip(self):
        """Goes on at the first event that waits. Gives the hole."""
        goal = min(self.waiting)
        hole = Hole(self, self.next, goal - self.next, self.position, self.waiting[goal][0].position)
        self.marks.extend([0] * hole.count)
        self.whole, self.last, self.next = False, None, goal
        return hole


Hole = collections.namedtuple("Hole", "session start count after before")  # between two positions; `before` is None at the end
Gap = collections.namedtuple("Gap", "left right")  # two records of a partition between which something is missing


# ---- a partition


class Lane:
    """A partition, and how far its chain of records was followed."""

    def __init__(self, topic, partition, first):
        self.topic, self.partition = topic, partition
        self.arrived, self.end, self.fetched, self.paused = collections.deque(), first, first, False
        self.last, self.before = 0, None  # the last position in the chain (None: unknown), and its record
        self.early, self.mend, self.gaps = {}, -1, 0  # dropped, by the position that they follow; where the chain goes on
        self.open = None  # the finding about a record that does not say its position: the next one does

    @property
    def done(self):
        return self.fetched >= self.end

    def due(self):
        """By what the next record is merged. One altered position does not hold up the rest; what mends the chain comes first."""
        head = self.arrived[0]
        if head.offset <= self.mend:
            return 0
        ahead = self.arrived[1].position if len(self.arrived) > 1 else None
        return min(head.position or 0, ahead or head.position or 0)

    def advance(self, record):
        self.early.pop(record.previous, None)
        self.last, self.before = record.position, record


class Positions:
    """Which positions were seen: all up to `upto`, and those beyond."""

    def __init__(self):
        self.upto, self.beyond, self.twice = 0, set(), set()

    def add(self, position):
        if position == self.upto + 1 and not self.beyond:
            self.upto = position
            return
        if position <= self.upto or position in self.beyond:
            self.twice.add(position)
            return
        self.beyond.add(position)
        while self.upto + 1 in self.beyond:
            self.upto += 1
            self.beyond.discard(self.upto)

    def remove(self, position):
        """A record was there that belongs elsewhere; if two were, the other one stays."""
        if position in self.twice:
            self.twice.discard(position)
        elif position in self.beyond:
            self.beyond.discard(position)

    def __contains__(self, position):
        return 0 < position <= self.upto or position in self.beyond

    def absent(self):
        found, at = [], self.upto
        for position in sorted(self.beyond):
            found.extend(range(at + 1, min(position, at + ABSENT)))
            at = position
            if len(found) >= ABSENT:
                break
        return found


# ---- the check


class Checker:
    """Is given every record, the sessions' events in their order, and remembers what is wrong."""

    def __init__(self, topics, by_type, heads=None):
        self.topics, self.by_type = topics, by_type
        self.sessions, self.positions = {}, Positions()
        self.findings, self.dropped, self.named = [], [], {}
        self.counts = collections.Counter()
        self.gaps, self.holes, self.unplaced = [], [], []
        self.unclaimed = dict(heads or {})  # signed heads by the session's public name, until the session is met

    def finding(self, kind, what, record=None, **more):
        found = {"kind": kind, "topic": None, "partition": None, "offset": None, "position": None, "session": None, "index": None}
        if record is not None:
            session = record.headers.get("ce_subject", b"").decode(errors="replace")
            found |= {"topic": record.topic, "partition": record.partition, "offset": record.offset,
                      "position": record.position, "session": session, "index": record.index}
        return found | more | {"what": what}

    def report(self, kind, what, record=None, **more):
        found = self.finding(kind, what, record, **more)
        self.findings.append(found)
        return found

    def altered(self, record, what):
        """A record is named once, whatever is wrong with it."""
        place = (record.topic, record.partition, record.offset)
        if place not in self.named:
            self.named[place] = self.report("altered", what, record)
        return self.named[place]

    def misplaced(self, record, position, what):
        """The position of a record is not its own, but `position` (None: unknown)."""
        found = self.altered(record, what)
        self.positions.remove(record.position)
        record.position = found["position"] = position
        if position is not None:
            self.positions.add(position)

    def drop(self, kind, record, what):
        """Counts what a consumer drops; the first of a kind is kept."""
        self.counts[kind] += 1
        if self.counts[kind] == 1:
            self.dropped.append(self.finding(kind, what, record))

    def take(self, lane, record):
        self.counts["records"] += 1
        why = fault(record, self.by_type)
        if why:
            self.altered(record, why)
        if record.replayed:
            self.drop("replayed", record, "published once more on request, outside the chain")
        elif self.in_turn(lane, record, why):
            self.place(record, why is None)

    # the chain of a partition

    def in_turn(self, lane, record, why):
        """Whether the record stands where it belongs in its partition, or at least belongs to it."""
        if lane.last is None or record.position is None or record.previous is None:
            return self.after_damage(lane, record)
        if record.position <= lane.last:
            return self.behind(lane, record, why)
        if record.previous != lane.last and not self.ahead(lane, record):
            return False
        lane.advance(record)
        return True

    def after_damage(self, lane, record):
        """A record without a readable place: it is taken where it stands, and the one behind it says which it was."""
        if lane.open and record.previous:
            lane.open["position"] = record.previous
            self.positions.add(record.previous)
        lane.open = self.altered(record, "it does not say where it stands") if record.position is None else None
        lane.advance(record)
        return True

    def behind(self, lane, record, why):
        """Not beyond the last position: a double, or one of the two positions is not the true one."""
        if why is None and record.previous != lane.last and self.session_of(record, True).has(record):
            self.drop("doubled", record, "it came before, with the same ce_id")
            return False
        if lane.before is not None and lane.before.previous is not None and lane.before.previous < record.previous < lane.last:
            self.misplaced(lane.before, record.previous, "ce_position is not the one that the record behind it names")
            lane.advance(record)
            return True
        lane.open = self.altered(record, "ce_position is not beyond that of the record before it")
        lane.open["position"] = record.position = None
        lane.advance(record)
        return True

    def ahead(self, lane, record):
        """Something belongs between the last record and this one. Whether this one is to be taken nevertheless."""
        while record.previous != lane.last and (offset := lane.early.get(lane.last)) is not None:
            self.restore(lane, offset)
        if record.previous == lane.last:
            return True
        if record.offset < lane.mend or self.mended(lane, record):
            lane.early[record.previous] = record.offset
            self.drop("early", record, "it came before its turn, and again in its turn")
            return False
        lane.gaps += 1
        self.gaps.append(Gap(lane.before, record))
        return True

    def restore(self, lane, offset):
        """A record that was dropped as early and never came in its turn: it stands before one that it belongs behind."""
        record = next(self.topics.look(lane, offset))
        self.counts["early"] -= 1
        self.dropped = [found for found in self.dropped if found["kind"] != "early" or self.counts["early"]]
        self.report("reordered", f"it stands before the record at position {record.previous}, which it belongs behind", record)
        lane.advance(record)
        self.place(record, fault(record, self.by_type) is None)

    def mended(self, lane, record):
        """Whether the record that belongs behind the last one comes later."""
        at = record.offset + 1
        while lane.gaps < SCANS:
            for later in self.topics.look(lane, at):
                if later.previous == lane.last and not later.replayed:
                    lane.mend = later.offset
                    return True
                at = later.offset + 1
            if not self.topics.more():
                break
        return False

    # the events of a session

    def session_of(self, record, sound):
        """By what was committed to; of a record that was altered, by its key."""
        name = record.headers.get("ce_subject", b"")
        if not sound and record.key in self.sessions:
            name = record.key
        return self.sessions.get(name) or Session(name)

    def place(self, record, sound):
        self.counts["events"] += 1
        if record.position is not None:
            self.positions.add(record.position)
        session = self.session_of(record, sound)
        if not sound and record.index != session.next:
            self.unplaced.append(record)
            return
        self.sessions[session.name] = session
        self.follow(session, record, sound)

    def follow(self, session, record, sound):
        if record.index < session.next:
            self.altered(record, "another event stands at its place in the session")
        elif record.index == session.next:
            self.append(session, record, sound)
        else:
            record.body = b""
            session.waiting[record.index] = (record, sound)
            if len(session.waiting) > WAITING:
                self.holes.append(session.skip())
        while session.next in session.waiting:
            self.append(session, *session.waiting.pop(session.next))

    def append(self, session, record, sound):
        before = record.headers.get("ce_previouscommitment", b"")
        if sound and session.last is not None and before != session.last:
            self.altered(record, "ce_previouscommitment is not the commitment of the event before it")
        if sound and record.index == 0:
            said = json.loads(record.body)
            session.public_id = said.get("public_id") if isinstance(said, dict) else None
            for head in self.unclaimed.pop(session.public_id, ()):
                session.heads[head.size] = head
        session.push(record, sound)
        if session.next in session.heads:
            self.compare(session, session.heads[session.next])

    # the heads

    def compare(self, session, head):
        """The events so far against a head over as many."""
        name = session.name.decode(errors="replace")
        if session.public_id is not None and head.subject != session.public_id:
            self.report("head", "the signed head is about another session", session=name)
        elif session.whole and session.tree.root() != head.root:
            self.report("root", f"the first {head.size} events do not lead to the signed root", session=name)

    def meet(self, session, head):
        """The newest head of a session, issued after its events were read."""
        session.heads[head.size] = head
        if head.size == session.next:
            self.compare(session, head)

    def behind_heads(self):
        return [session for session in self.sessions.values() if max(session.heads, default=0) > session.next]

    def lacks(self):
        """Whether something is still missing that may be on its way."""
        waits = any(session.waiting for session in self.sessions.values())
        return bool(waits or self.positions.beyond or self.unclaimed or self.behind_heads())

    # the end

    def conclude(self, whole):
        """Brings together what is missing in a partition, in a session and in the log; `whole`: every topic was read."""
        for lane in self.topics.lanes:
            while (offset := lane.early.get(lane.last)) is not None:
                self.restore(lane, offset)
        self.end_sessions()
        lost = [found for gap in self.gaps if (found := self.explain(gap))]
        ends = [hole for hole in self.holes if hole.before is None]
        for hole in [hole for hole in self.holes if hole.before is not None] + ends:
            self.attribute(hole, lost)
        if whole:
            self.end_positions()
        order = lambda found: (FAULTS.index(found["kind"]), found["position"] or sys.maxsize, found["offset"] or 0)
        self.findings.sort(key=order)

    def end_sessions(self):
        for session in self.sessions.values():
            while session.waiting:
                self.holes.append(session.skip())
                while session.next in session.waiting:
                    self.append(session, *session.waiting.pop(session.next))
        nameless = sum(session.public_id is None and session.next > 0 for session in self.sessions.values())
        for name, heads in list(self.unclaimed.items())[nameless:]:
            self.sessions[name.encode()] = session = Session(name.encode())
            session.heads = {head.size: head for head in heads}
        for session in self.sessions.values():
            size = max(session.heads, default=0)
            if size > session.next:
                self.holes.append(Hole(session, session.next, size - session.next, session.position, None))
            elif size and session.next > size and (session.heads[size].closed or session.heads[size].newest):
                what = f"events that the signed head does not cover, from here on: {session.next - size}"
                self.report("added", what, session=session.name.decode(errors="replace"), index=size)

    def explain(self, gap):
        """A gap in a partition: something is missing there, unless only a number was altered."""
        left, right = gap
        if right.previous in self.positions or not 0 < right.previous < right.position:
            self.altered(right, "ce_previousposition is not the position of the record before it")
        elif left is not None and left.position in self.positions.twice and (left.previous or 0) < right.previous:
            self.misplaced(left, right.previous, "ce_position is not the one that the record behind it names")
        else:
            what = "nothing stands at this position, which the record at this offset belongs behind"
            place = {"topic": right.topic, "partition": right.partition, "offset": right.offset, "position": right.previous}
            return self.report("missing", what, **place) | {"gap": gap, "found": self.findings[-1]}
        return None

    def attribute(self, hole, lost):
        """A hole in a session belongs to a gap in a partition, or to a record that was altered, or to an end that was cut off."""
        after, before = hole.after, hole.before or sys.maxsize
        place = {"session": hole.session.name.decode(errors="replace"), "index": hole.start}
        home = hole.session.partition
        for cause in lost:
            elsewhere = self.topics.uniform and home not in (None, cause["partition"])
            if not elsewhere and after < cause["position"] < before and cause["found"]["session"] is None:
                cause["found"].update(place, count=hole.count)
                return
        if any(record.position is None or after < record.position < before for record in self.unplaced):
            return
        for cause in lost:
            left, right = cause["gap"]
            if (left.position if left else 0) < before and after < right.position:
                spot = {name: cause[name] for name in ("topic", "partition", "offset")}
                self.report("missing", f"events of the session that are missing before this offset: {hole.count}", **spot, **place, count=hole.count)
                return
        inside = [position for position in self.positions.absent() if after < position < before]
        what = f"events that are missing {'from here on' if hole.before is None else 'here'}: {hole.count}"
        where = inside[0] if len(inside) == hole.count else None
        self.report("truncated", f"{what}; the end of a partition is cut off", position=where, **place, count=hole.count)

    def end_positions(self):
        """Positions at which nothing stands and that nothing else explains: they were at the end of a partition."""
        foreign = self.foreign_tails(self.unexplained())
        if foreign:
            others = [f"{tail.topic}/{tail.partition} offset {tail.offset}" for tail in foreign[1:]]
            what = "ce_position belongs to another record, or to none"
            self.misplaced(foreign[0], None, f"{what}; or that of {', '.join(others)} does" if others else what)
            self.altered(foreign[0], what)["or"] = others
        absent = self.unexplained()
        if foreign and len(absent) <= 1:
            self.misplaced(foreign[0], absent.pop() if absent else self.positions.upto + 1, "")
        if absent:
            what = f"positions at which nothing stands, from here on: {len(absent)}; the end of a partition is cut off"
            self.report("truncated", what, position=absent[0])

    def unexplained(self):
        named = {found["position"] for found in self.findings}
        spans = [(gap.left.position or 0 if gap.left else 0, gap.right.position) for gap in self.gaps]
        spans += [(hole.after, hole.before or sys.maxsize) for hole in self.holes]
        return [at for at in self.positions.absent() if at not in named and not any(low < at < high for low, high in spans)]

    def foreign_tails(self, absent):
        """Last records of partitions whose position cannot be their own: no record behind them shows that. If there are several, any may be it."""
        tails = [lane.before for lane in self.topics.lanes if lane.before is not None]
        heads = [session.next == max(session.heads, default=0) for session in self.sessions.values()]
        total = self.counts["events"] + sum(hole.count for hole in self.holes)
        unread = [tail for tail in tails if tail.position is None]
        shared = [tail for tail in tails if tail.position in self.positions.twice and self.fits(tail, absent)]
        # Beyond all that there is; but only if the heads say that there is no more, for else the others were cut off.
        beyond = [tail for tail in tails if all(heads) and not self.unclaimed and (tail.position or 0) > total]
        return unread[:1] or shared or beyond[:1]

    def fits(self, tail, absent):
        """Whether `tail` could stand at the one position that is absent: behind those before it, and before its session's last event."""
        if len(absent) != 1:
            return True
        session = self.session_of(tail, True)
        last = tail.index is None or tail.index + 1 >= session.next
        return (tail.previous or 0) < absent[0] and (last or absent[0] < session.position)


# ---- signed heads

Head = collections.namedtuple("Head", "subject size root closed newest")


def public_keys(pem):
    """The Ed25519 keys in a file, by their RFC 9679 thumbprints."""
    blocks = re.findall(PEM, pem, re.DOTALL)
    raw = [load_pem_public_key(block).public_bytes(Encoding.Raw, PublicFormat.Raw) for block in blocks]
    return {hashlib.sha256(cbor2.dumps({1: 1, -1: 6, -2: key}, canonical=True)).digest(): key for key in raw}


def signed_head(cose, keys, newest=False):
    """What a head says: a COSE_Sign1 (RFC 9052) under one of `keys`. Raises ValueError."""
    try:
        message = cbor2.loads(cose)
        protected, unprotected, payload, signature = message.value
        header, said = cbor2.loads(protected), cbor2.loads(payload)
        if message.tag != 18 or unprotected or header[1] not in (-8, -19) or (header[16], header[3]) != HEAD or said[1] != 1:
            raise ValueError("a head is of another kind")
        signed = cbor2.dumps(["Signature1", protected, b"", payload])
        Ed25519PublicKey.from_public_bytes(keys[header[4]]).verify(signature, signed)
        return Head(header[15][2], said[2], said[3], said[4] == 1, newest)
    except InvalidSignature:
        raise ValueError("the signature of a head is not valid") from None
    except (KeyError, TypeError, AttributeError, cbor2.CBORDecodeError) as reason:
        raise ValueError(f"a head is damaged, or signed under an unknown key ({type(reason).__name__})") from None


class Api:
    """The service, over one connection."""

    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection, self.base = kind(parts.netloc, timeout=30), parts.path.rstrip("/")
        self.may_list, self.headers = bool(token), {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path, accept="application/json"):
        """The body, or None where there is nothing."""
        try:
            self.connection.request("GET", self.base + path, headers=self.headers | {"Accept": accept})
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as reason:
            raise Unchecked(f"the service does not answer: {reason}") from None
        if answer.status not in (200, 404):
            raise Unchecked(f"the service answers {path} with {answer.status}")
        return body if answer.status == 200 else None

    def keys(self):
        return public_keys(self.get("/.well-known/evidence-keys.pem", "application/x-pem-file") or b"")

    def head(self, session):
        return self.get(f"/api/v1/sessions/{urllib.parse.quote(session, safe='')}/heads/latest", "application/cose")

    def sessions(self):
        """The ids of the tenant's sessions."""
        cursor = ""
        while cursor is not None:
            page = json.loads(self.get(f"/api/v1/sessions?limit=200{cursor}") or b"{}")
            yield from (session["session_id"] for session in page.get("sessions", ()))
            cursor = f"&cursor={urllib.parse.quote(page['next'], safe='')}" if page.get("next") else None


def ask_heads(checker, api, keys):
    """Fetches the newest head of every session that has none yet."""
    for name, session in list(checker.sessions.items()):
        if session.heads:
            continue
        text = name.decode(errors="replace")
        cose = api.head(text) if UUID.fullmatch(name) else None
        try:
            if cose is None:
                raise ValueError("the service does not know this session")
            checker.meet(session, signed_head(cose, keys, newest=True))
        except ValueError as reason:
            session.heads[0] = None
            if not any(found["session"] == text for found in checker.findings):
                checker.report("head", str(reason), session=text)


# ---- Kafka


class Topics:
    """The partitions of some topics, merged by position."""

    def __init__(self, config, names, wait):
        self.config = {"group.id": "acta-check-topics", "enable.auto.commit": False, "enable.partition.eof": True,
                       "auto.offset.reset": "error", "log_level": 2, "queued.min.messages": 5_000, "queued.max.messages.kbytes": 32_768} | config
        self.consumer, self.second, self.wait, self.until, self.starved = Consumer(self.config), None, wait, None, set()
        there = self.consumer.list_topics(timeout=10).topics
        self.absent = [name for name in names if name not in there]
        if len(self.absent) == len(names):
            raise Unchecked(f"there is no topic {names[0]}" + (f", nor {len(names) - 1} others" if names[1:] else ""))
        self.lanes = [self.lane(name, partition) for name in names if name in there for partition in sorted(there[name].partitions)]
        self.by_place = {(lane.topic, lane.partition): lane for lane in self.lanes}
        self.uniform = len({len(there[name].partitions) for name in names if name in there}) == 1
        self.refresh()

    def close(self):
        for consumer in filter(None, (self.consumer, self.second)):
            consumer.close()

    def bounds(self, topic, partition):
        return self.consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10, cached=False)

    def lane(self, topic, partition):
        first, end = self.bounds(topic, partition)
        if first > 0:
            raise Unchecked(f"the first {first} offsets of {topic}/{partition} have expired: only a whole topic can be checked")
        return Lane(topic, partition, first)

    def refresh(self):
        """Where the partitions end now."""
        for lane in self.lanes:
            lane.end = max(lane.end, self.bounds(lane.topic, lane.partition)[1])
            lane.paused = False
        places = [TopicPartition(lane.topic, lane.partition, lane.fetched) for lane in self.lanes if not lane.done]
        self.consumer.assign(places)
        self.consumer.resume(places)
        self.starve()

    def starve(self):
        """Those without two records whose turn it could be, or their end."""
        self.starved = {lane for lane in self.lanes if not lane.done and len(lane.arrived) < 2}

    def more(self):
        """Whether it is worth to look once more for what is not there: the service may be about to publish it."""
        self.until = self.until or time.monotonic() + self.wait
        if time.monotonic() >= self.until:
            return False
        time.sleep(min(0.1, self.wait))
        self.refresh()
        return True

    def merged(self):
        """Every record up to the ends, in the order of positions, so that an event comes after those before it in its session."""
        turns = []
        while self.starved or turns or any(lane.arrived for lane in self.lanes):
            if self.starved or not turns:
                self.fill()
                turns = [(lane.due(), number) for number, lane in enumerate(self.lanes) if lane.arrived]
                heapq.heapify(turns)
                continue
            number = heapq.heappop(turns)[1]
            lane = self.lanes[number]
            yield lane, lane.arrived.popleft()
            if lane.arrived:
                heapq.heappush(turns, (lane.due(), number))
            if not lane.done and len(lane.arrived) < BUFFERED // 4:
                self.resume(lane)
            if not lane.done and len(lane.arrived) < 2:
                self.starved.add(lane)

    def fill(self):
        """Fetches until no partition is without a record whose turn it could be."""
        quiet = time.monotonic() + SILENCE
        while self.starved:
            messages = list(filter(None, [self.consumer.poll(0.5)])) + self.consumer.consume(1_000, 0)
            for message in messages:
                self.arrive(message)
            self.starve()
            if messages:
                quiet = time.monotonic() + SILENCE
            elif time.monotonic() > quiet:
                lane = next(iter(self.starved))
                raise Unchecked(f"{lane.topic}/{lane.partition} gives nothing from offset {lane.fetched} to its end {lane.end}")

    def arrive(self, message):
        error, lane = message.error(), self.by_place.get((message.topic(), message.partition()))
        if error and error.code() in AWAY:
            return
        if error and error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
        if lane is None or lane.done or message.offset() < lane.fetched:
            return  # of before a seek
        if error:
            lane.end = lane.fetched = message.offset()
        else:
            lane.fetched = message.offset() + 1
            if message.offset() < lane.end:
                lane.arrived.append(Record(message))
        if lane.done or len(lane.arrived) > BUFFERED:
            self.consumer.pause([TopicPartition(lane.topic, lane.partition)])
            lane.paused = True

    def resume(self, lane):
        if lane.paused:
            self.consumer.seek(TopicPartition(lane.topic, lane.partition, lane.fetched))
            self.consumer.resume([TopicPartition(lane.topic, lane.partition)])
            lane.paused = False

    def look(self, lane, offset):
        """The records of one partition from `offset` on, up to its end."""
        self.second = self.second or Consumer(self.config)
        self.second.assign([TopicPartition(lane.topic, lane.partition, offset)])
        quiet = time.monotonic() + SILENCE
        while offset < lane.end:
            messages = list(filter(None, [self.second.poll(0.5)])) + self.second.consume(500, 0)
            if not messages and time.monotonic() > quiet:
                raise Unchecked(f"{lane.topic}/{lane.partition} gives nothing from offset {offset} to its end {lane.end}")
            for message in messages:
                if message.error():
                    if message.error().code() == KafkaError._PARTITION_EOF:
                        return
                    if message.error().code() in AWAY:
                        continue
                    raise KafkaException(message.error())
                offset, quiet = message.offset() + 1, time.monotonic() + SILENCE
                if message.offset() < lane.end:
                    yield Record(message)


# ---- the program


def check(config, names, by_type=True, whole=True, api=None, keys=None, heads=(), wait=5.0):
    """Checks the topics `names`. Gives the checker, with its findings."""
    recorded = collections.defaultdict(list)
    for head in (signed_head(cose, keys) for cose in heads):
        recorded[head.subject].append(head)
    topics = Topics(config, names, wait)
    try:
        checker = Checker(topics, by_type, recorded)
        for name in api.sessions() if api and api.may_list else ():
            checker.sessions[name.encode()] = Session(name.encode())
        while True:
            for lane, record in topics.merged():
                checker.take(lane, record)
            if api:
                ask_heads(checker, api, keys)
            if not checker.lacks() or not topics.more():
                break
        checker.conclude(whole)
        return checker
    finally:
        topics.close()


def summary(checker, proven, strict):
    """What was found, for machines."""
    findings = checker.findings + [found for found in checker.dropped if strict and found["kind"] in ("doubled", "early")]
    named = {found["session"] for found in findings}
    complete = [session for session in checker.sessions.values() if session.whole and any(session.heads)
                and session.next >= max(session.heads) and session.name.decode(errors="replace") not in named]
    return {
        "events": checker.counts["events"], "sessions": len(checker.sessions), "complete": len(complete), "heads": proven,
        "doubled": checker.counts["doubled"], "early": checker.counts["early"], "replayed": checker.counts["replayed"],
        "absent_topics": checker.topics.absent, "dropped": checker.dropped, "findings": findings,
    }


def sentence(found):
    """A finding in words."""
    place = f"{found['topic']}/{found['partition']} offset {found['offset']}" if found["topic"] else "no record"
    named = [f"{name} {found[name]}" for name in ("position", "session", "index") if found[name] is not None]
    return f"{found['kind']}: {', '.join([place, *named])}: {found['what']}"


def tell(said):
    """What was found, for people: the first of each kind."""
    kinds = collections.Counter(found["kind"] for found in said["findings"])
    for kind, count in kinds.items():
        print(sentence(next(found for found in said["findings"] if found["kind"] == kind)))
        if count > 1:
            print(f"  and {count - 1} more: {kind}")
    for found in said["dropped"]:
        if found not in said["findings"]:
            print(f"dropped {said[found['kind']]}, the first is", sentence(found))
    what = f"{said['events']} events of {said['sessions']} sessions"
    if not said["findings"]:
        print(f"{'complete' if said['heads'] else 'nothing is wrong'}: {what}", end="")
        print(f", {said['complete']} of them with the root in the signed head" if said["heads"] else "")
    else:
        print(f"findings: {len(said['findings'])}; read: {what}")
    if not said["heads"]:
        print("not checked: whether the last events of a session are missing. Only signed heads show that: --api or --heads")


def parse(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True, help="host:port, several with commas")
    parser.add_argument("--prefix", default="", help="what stands before the topics' names")
    parser.add_argument("--layout", choices=("by-type", "single"), default="by-type", help="one topic for each type, or one for all")
    parser.add_argument("--topics", nargs="+", metavar="TOPIC", help="these and no others; then positions may have gaps")
    parser.add_argument("--api", metavar="URL", help="the service, which gives the signed heads")
    parser.add_argument("--token", help="of somebody who may list the tenant's sessions")
    parser.add_argument("--heads", metavar="FILE", help="signed heads that were kept: a JSON array")
    parser.add_argument("--key", action="append", default=[], metavar="FILE", help="public keys (PEM) that heads may be signed under")
    parser.add_argument("--config", action="append", default=[], metavar="NAME=VALUE", help="a setting of librdkafka")
    parser.add_argument("--wait", type=float, default=5.0, metavar="SECONDS", help="for what is on its way into the topics")
    parser.add_argument("--strict", action="store_true", help="take records that came twice for faults")
    parser.add_argument("--json", action="store_true", help="for machines")
    given = parser.parse_args(arguments)
    if given.heads and not given.key and not given.api:
        parser.error("--heads needs --key: the public keys that the heads are signed under")
    if given.token and not given.api:
        parser.error("--token needs --api")
    if not all("=" in pair for pair in given.config):
        parser.error("--config takes NAME=VALUE")
    return given


def run(given, whole=None):
    """The check that was asked for, as `summary` gives it; `whole`: the topics are all there are."""
    names = given.topics or [given.prefix + name for name in (EVENT_TYPES if given.layout == "by-type" else [ALL_EVENTS])]
    config = {"bootstrap.servers": given.brokers} | dict(pair.split("=", 1) for pair in given.config)
    api = Api(given.api, given.token) if given.api else None
    keys = {}
    for path in given.key:
        with open(path, "rb") as file:
            keys |= public_keys(file.read())
    keys = keys or (api.keys() if api else {})
    heads = []
    if given.heads:
        with open(given.heads, encoding="utf-8") as file:
            heads = [base64.b64decode(head["cose"]) for head in json.load(file)]
    checker = check(config, names, given.layout == "by-type", not given.topics if whole is None else whole, None if heads else api, keys, heads, given.wait)
    return summary(checker, bool(heads or api), given.strict)


def main():
    given = parse()
    try:
        said = run(given)
    except (Unchecked, KafkaException, OSError, ValueError, KeyError, TypeError) as reason:
        print(json.dumps({"error": str(reason)}) if given.json else f"could not be checked: {reason}")
        sys.exit(2)
    print(json.dumps(said)) if given.json else tell(said)
    sys.exit(1 if said["findings"] else 0)


if __name__ == "__main__":
    main()
