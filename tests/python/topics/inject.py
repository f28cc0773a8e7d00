"""A proxy between topics: copies one topic under another name and does one fault to it at a random place.

    inject.py --brokers B --from session.created.v1 --to bad.session.created.v1 --kind drop|double|swap|alter|truncate --seed N

It prints as JSON what it did, and so what the checking consumer must name.
"""
import argparse
import json
import random

import topics
from topics import checker

KINDS = ("drop", "double", "swap", "alter", "truncate")
# Free text that nothing binds; and the header that says that a record stands outside the chain.
UNBOUND = ("ce_source", "ce_replayed")


def event(message):
    """Which event a record is."""
    record = checker.Record(message)
    return {"position": record.position, "session": message.key_.decode(), "index": record.index}


def drop(records, at, dice):
    """Takes one away that has one behind it: without that it would be cut off at the end."""
    return records[:at] + records[at + 1 :], {"kind": "missing", "offset": at, **event(records[at])}


def double(records, at, dice):
    """Puts one once more, somewhere behind itself."""
    to = dice.randrange(at + 1, len(records) + 1)
    return records[:to] + [records[at]] + records[to:], {"kind": "doubled", "offset": to, **event(records[at])}


def swap(records, at, dice):
    """Exchanges it with the one behind it, which then comes too early."""
    exchanged = records[:at] + [records[at + 1], records[at]] + records[at + 2 :]
    return exchanged, {"kind": "reordered", "offset": at, **event(records[at + 1])}


def flipped(data, dice):
    """With one byte altered; one digit of a number becomes another as a rule, which is harder to see than what is no number."""
    at = dice.randrange(len(data))
    byte = data[at] ^ dice.randrange(1, 256)
    if data.isdigit() and dice.random() < 0.8:
        byte = dice.choice([digit for digit in b"0123456789" if digit != data[at] and (at or digit != ord("0"))])
    return data[:at] + bytes([byte]) + data[at + 1 :]


def alter(records, at, dice):
    """Alters one byte of the body, of the key or of a header."""
    record = records[at]
    names = [name for name, _ in record.headers_ if name not in UNBOUND]
    places = [name for name in names if name in ("ce_position", "ce_previousposition")]
    parts = ["body"] * 4 + ["key"] + names + places * 3
    part = dice.choice(parts)
    if part == "body":
        changed = record._replace(value_=flipped(record.value_, dice))
    elif part == "key":
        changed = record._replace(key_=flipped(record.key_, dice))
    else:
        headers = [(name, flipped(value, dice) if name == part else value) for name, value in record.headers_]
        changed = record._replace(headers_=headers)
    said = {"kind": "altered", "offset": at, "position": event(record)["position"], "part": part}
    return records[:at] + [changed] + records[at + 1 :], said


def truncate(records, at, dice):
    """Cuts off the end."""
    gone = [event(record) for record in records[at:]]
    return records[:at], {"kind": "truncated", "offset": at, "gone": gone}


def choose(lanes, kind, dice):
    """A partition with enough records, and a place in it."""
    behind = 1 if kind in ("drop", "swap") else 0
    partitions = [partition for partition, records in sorted(lanes.items()) if len(records) > behind]
    partition = dice.choices(partitions, [len(lanes[partition]) for partition in partitions])[0]
    return partition, dice.randrange(len(lanes[partition]) - behind)


def inject(lanes, kind, dice):
    """The partitions of a topic with one fault, and what it is."""
    partition, at = choose(lanes, kind, dice)
    if kind == "truncate":
        at = max(at, len(lanes[partition]) - 20)
    records, said = globals()[kind](lanes[partition], at, dice)
    return {**lanes, partition: records}, {**said, "partition": partition}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--from", dest="source", required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lanes = {partition: records for (_, partition), records in topics.read(given.brokers, [given.source]).items()}
    lanes, said = inject(lanes, given.kind, random.Random(given.seed))
    topics.create(given.brokers, {given.to: len(lanes)})
    topics.write(topics.producer(given.brokers), given.to, lanes)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
