"""What `examples/check_topics.py` says of topics as relays, brokers and forgers leave them.

    cases.py --brokers B [NAME…]

Writes a small history, one topic for all events, and brings its first partition into each state. Exits non-zero if the checker says anything else.
"""
import argparse
import base64
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import threading
import time

import generate
import topics
from topics import checker

EVENTS, SESSIONS, PARTITIONS = 240, 6, 2


def header(record, name, value):
    """The record with another value of a header, or without it."""
    kept = [(key, old) for key, old in record.headers_ if key != name]
    return record._replace(headers_=kept + ([(name, value)] if value is not None else []))


def forged(record, body):
    """The record with another body, and everything that can be computed without the service's key made to fit."""
    record = record._replace(value_=body)
    digest = checker.commitment(checker.Record(record))
    return header(header(record, "ce_commitment", digest.hex().encode()), "ce_id", checker.record_id(digest))


def last_of_its_session(records):
    sessions = [record.key_ for record in records]
    return next(at for at in range(5, len(records) - 1) if sessions[at] not in sessions[at + 1 :])


class Case:
    def __init__(self, brokers, folder):
        self.brokers, self.prefix, self.folder = brokers, f"cases-{time.time_ns()}.", pathlib.Path(folder)
        self.heads = generate.write(brokers, self.prefix, "single", EVENTS, SESSIONS, PARTITIONS)
        (self.folder / "keys.pem").write_bytes(generate.PEM)
        self.producer = topics.producer(brokers)
        self.lanes = [records for _, records in sorted(topics.read(brokers, [self.prefix + checker.ALL_EVENTS]).items())]

    def written(self, first, second=None):
        """A topic whose first partition has these records; the second is whole unless given."""
        name = f"{self.prefix}{time.time_ns()}"
        topics.create(self.brokers, {name: PARTITIONS})
        topics.write(self.producer, name, {0: first, 1: self.lanes[1] if second is None else second})
        return name

    def options(self, name, *more, heads=True):
        if heads:
            path = self.folder / "heads.json"
            path.write_text(json.dumps(self.heads if heads is True else heads))
            more = ["--heads", str(path), "--key", str(self.folder / "keys.pem"), *more]
        return checker.parse(["--brokers", self.brokers, "--layout", "single", "--topics", name, "--wait", "0", *more])

    def said(self, first, *more, second=None, heads=True):
        name = self.written(first, second)
        try:
            return checker.run(self.options(name, *more, heads=heads), whole=True)
        finally:
            topics.delete(self.brokers, [name])


def kinds(said):
    return [found["kind"] for found in said["findings"]]


def a_whole_topic_is_complete(case):
    said = case.said(case.lanes[0])
    assert (said["events"], said["complete"], said["findings"]) == (EVENTS, SESSIONS, []), said


def what_a_relay_sent_twice_is_dropped_and_counted(case):
    lane = case.lanes[0]
    twice = lane[:40] + lane[30:]
    said = case.said(twice)
    assert (said["doubled"], said["complete"], said["findings"]) == (10, SESSIONS, []), said
    assert said["dropped"][0]["offset"] == 40, said
    assert kinds(case.said(twice, "--strict")) == ["doubled"]


def what_a_broker_forgot_and_the_relay_published_again_is_no_fault(case):
    lane = case.lanes[0]
    said = case.said(lane[:20] + lane[25:40] + lane[20:])
    assert (said["early"], said["doubled"], said["complete"], said["findings"]) == (15, 0, SESSIONS, []), said


def a_partition_of_which_the_broker_forgot_everything_may_start_again(case):
    lane = case.lanes[0]
    said = case.said(lane[10:20] + lane)
    assert (said["early"], said["complete"], said["findings"]) == (10, SESSIONS, []), said


def several_in_a_row_that_are_missing_are_counted_session_by_session(case):
    lane = case.lanes[0]
    said = case.said(lane[:20] + lane[25:])
    assert set(kinds(said)) == {"missing"}, said
    assert sum(found["count"] for found in said["findings"]) == 5, said


def the_beginning_of_a_partition_can_be_missing(case):
    said = case.said(case.lanes[0][1:])
    assert kinds(said) == ["missing"] and said["findings"][0]["index"] == 0, said


def two_faults_are_both_named(case):
    lane = list(case.lanes[0])
    lane[50] = lane[50]._replace(value_=lane[50].value_ + b" ")
    del lane[20]
    said = case.said(lane)
    assert [(found["kind"], found["offset"]) for found in said["findings"]] == [("missing", 20), ("altered", 49)], said


def records_that_were_exchanged_far_from_each_other_are_reordered(case):
    lane = list(case.lanes[0])
    lane[30:35] = [lane[34], *lane[30:34]]
    said = case.said(lane)
    assert [(found["kind"], found["offset"]) for found in said["findings"]] == [("reordered", 30)], said


def the_last_two_of_a_partition_can_be_exchanged(case):
    lane = case.lanes[0]
    said = case.said([*lane[:-2], lane[-1], lane[-2]])
    assert [(found["kind"], found["offset"]) for found in said["findings"]] == [("reordered", len(lane) - 2)], said


def what_was_replayed_on_request_is_outside_the_chain(case):
    lane = case.lanes[0]
    again = [header(header(record, "ce_replayed", b"true"), "ce_previousposition", None) for record in lane[5:15]]
    said = case.said(lane + again)
    assert (said["replayed"], said["events"], said["findings"]) == (10, EVENTS, []), said
    again[3] = again[3]._replace(value_=b"{}")
    assert kinds(case.said(lane + again)) == ["altered"]


def a_forged_event_does_not_fit_those_around_it(case):
    lane = list(case.lanes[0])
    at = next(at for at in range(20, len(lane)) if any(other.key_ == lane[at].key_ for other in lane[at + 1 :]))
    lane[at] = forged(lane[at], b'{"forged":true}')
    assert kinds(case.said(lane)) == ["altered", "root"]


def a_forged_last_event_does_not_lead_to_the_signed_root(case):
    lane = list(case.lanes[0])
    at = last_of_its_session(lane)
    lane[at] = forged(lane[at], b'{"forged":true}')
    said = case.said(lane)
    assert kinds(said) == ["root"] and said["findings"][0]["session"] == lane[at].key_.decode(), said


def heads_may_be_older_than_the_topic(case):
    first = case.lanes[0][0]
    own = [checker.Record(record) for record in case.lanes[0] if record.key_ == first.key_]
    session = generate.Written(generate.random.Random(1))
    session.public_id = json.loads(first.value_)["public_id"]
    for record in own[:3]:
        session.tree.push(bytes.fromhex(record.commitment.decode()))
    older = [generate.head(session)]
    said = case.said(case.lanes[0], heads=older)
    assert (said["complete"], said["findings"]) == (1, []), said
    cut_off = [record for record in case.lanes[0] if checker.Record(record).position < own[2].position]
    said = case.said(cut_off, heads=older)
    assert set(kinds(said)) == {"truncated"}, said
    assert (first.key_.decode(), 2) in [(found["session"], found["index"]) for found in said["findings"]], said
    session.tree.push(bytes(32))
    said = case.said(case.lanes[0], heads=[generate.head(session)])
    assert [(found["kind"], found["session"]) for found in said["findings"]] == [("root", first.key_.decode())], said


def without_heads_a_session_may_lack_its_end_and_the_output_says_so(case):
    said = case.said(case.lanes[0], heads=False)
    assert (said["heads"], said["complete"], said["findings"]) == (False, 0, []), said


def without_heads_what_is_cut_off_shows_as_long_as_later_positions_are_there(case):
    lane = case.lanes[0]
    at = next(at for at in range(1, len(lane)) if checker.Record(lane[-at - 1]).position < checker.Record(case.lanes[1][-1]).position)
    said = case.said(lane[: -at - 1], heads=False)
    assert said["findings"] and set(kinds(said)) == {"truncated"}, said


def whatever_is_cut_off_no_record_that_is_there_is_accused(case):
    dice = generate.random.Random(7)
    for heads in (True, case.heads[:2], False) * 8:
        cut = [lane[: dice.randrange(1, len(lane) + 1)] for lane in case.lanes]
        said = case.said(cut[0], second=cut[1], heads=heads)
        assert set(kinds(said)) <= {"truncated"}, said
        assert said["findings"] or heads is not True or cut == case.lanes, "with all heads nothing can be cut off unseen"


def a_session_that_is_in_no_topic_is_truncated_from_its_start(case):
    foreign = generate.Written(generate.random.Random(99))
    foreign.tree.push(bytes(32))
    said = case.said(case.lanes[0], heads=[*case.heads, generate.head(foreign)])
    assert [(found["kind"], found["index"], found["session"]) for found in said["findings"]] == [("truncated", 0, foreign.public_id)], said


def a_head_that_was_altered_is_not_believed(case):
    cose = bytearray(base64.b64decode(case.heads[0]["cose"]))
    cose[-1] ^= 1
    try:
        case.said(case.lanes[0], heads=[{"cose": base64.b64encode(cose).decode()}])
    except ValueError as reason:
        assert "signature" in str(reason), reason
    else:
        raise AssertionError("it was believed")


def damage_of_any_kind_is_a_finding_and_no_crash(case):
    lane = list(case.lanes[0])
    lane[5] = lane[5]._replace(headers_=None)
    lane[15] = lane[15]._replace(value_=None)
    lane[25] = lane[25]._replace(key_=None)
    lane[35] = header(lane[35], "ce_sealed", b"[[[")
    lane[45] = header(lane[45], "ce_position", b"\xff")
    lane[55] = header(lane[55], "ce_previousposition", None)
    said = case.said(lane)
    assert [found["offset"] for found in said["findings"] if found["kind"] == "altered"] == [5, 15, 25, 35, 45, 55], said
    assert set(kinds(said)) == {"altered"}, said


def with_part(record, part, change):
    """The record with one part changed: the key, the body or a header."""
    if part in ("key_", "value_"):
        return record._replace(**{part: change(getattr(record, part))})
    return record._replace(headers_=[(name, change(value) if name == part else value) for name, value in record.headers_])


def every_part_of_a_record_is_looked_at(case):
    lane = case.lanes[0]
    full = lambda record: {"ce_sealed", "ce_traceparent", "ce_previouscommitment"} <= {name for name, _ in record.headers_}
    at = next(at for at in range(30, len(lane)) if full(lane[at]))
    names = [name for name, _ in lane[at].headers_ if name != "ce_source"]
    changes = [lambda data: data[:-1] + (b"1" if data[-1:] != b"1" else b"2")]
    for part in ("key_", "value_", *names):
        for change in changes + ([] if part in ("key_", "value_") else [lambda data: b""]):
            said = case.said([*lane[:at], with_part(lane[at], part, change), *lane[at + 1 :]])
            assert [(found["kind"], found["offset"]) for found in said["findings"]] == [("altered", at)], (part, said)


def the_position_of_the_last_record_of_a_partition_is_looked_at(case):
    lane = case.lanes[0]
    end, tail = len(lane) - 1, checker.Record(lane[-1])
    inside = next(at for at in range(tail.position - 1, 0, -1) if at not in [checker.Record(record).position for record in lane])
    for wrong in (tail.position + 7_000, 1, inside, "x"):
        said = case.said([*lane[:-1], with_part(lane[-1], "ce_position", lambda _: str(wrong).encode())])
        places = [(found["kind"], found["offset"], found["position"]) for found in said["findings"]]
        assert places == [("altered", end, tail.position)], (wrong, said)


def an_altered_position_beyond_the_end_does_not_hide_or_invent_others(case):
    lane, at = case.lanes[0], 40
    for wrong in (9_000, 900_000_000_000):
        said = case.said([*lane[:at], with_part(lane[at], "ce_position", lambda _: str(wrong).encode()), *lane[at + 1 :]])
        places = [(found["kind"], found["offset"], found["position"]) for found in said["findings"]]
        assert places == [("altered", at, checker.Record(lane[at]).position)], (wrong, said)


def what_arrives_while_the_check_waits_is_read(case):
    waits_for(case, 3)


def the_heads_alone_can_tell_that_something_is_on_its_way(case):
    waits_for(case, 1)


def waits_for(case, count):
    """The last records of the partition that has the very last one arrive only when the check waits for them."""
    case_lanes = sorted(case.lanes, key=lambda lane: checker.Record(lane[-1]).position)
    lane = case_lanes[-1]
    name = case.written(lane[:-count], case_lanes[0])
    late = threading.Thread(target=topics.write, args=(case.producer, name, {0: lane[-count:]}))
    options = case.options(name, "--wait", "60")
    original, started = checker.Topics.more, []

    def more(self):
        if not started:
            started.append(True)
            late.start()
        return original(self)

    checker.Topics.more = more
    try:
        said = checker.run(options, whole=True)
    finally:
        checker.Topics.more = original
        late.join()
        topics.delete(case.brokers, [name])
    assert started and said["findings"] == [] and said["complete"] == SESSIONS, said


def every_event_type_has_its_topic(case):
    published = sorted(path.stem for path in (topics.ROOT / "schemas" / "events").glob("*.json"))
    assert published == sorted(checker.EVENT_TYPES), "EVENT_TYPES in examples/check_topics.py is not what schemas/events has"


def where_there_are_no_topics_nothing_was_checked(case):
    kept, sys.argv = sys.argv, ["check_topics.py", "--brokers", case.brokers, "--prefix", "nobody.", "--json"]
    try:
        with contextlib.redirect_stdout(io.StringIO()) as told:
            checker.main()
    except SystemExit as end:
        assert end.code == 2 and "there is no topic nobody." in json.loads(told.getvalue())["error"], told.getvalue()
    finally:
        sys.argv = kept


def is_case(value):
    """A function of this file that takes a case and nothing else."""
    code = getattr(value, "__code__", None)
    return code is not None and value.__module__ == __name__ and code.co_varnames[: code.co_argcount] == ("case",)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    cases = [value for name, value in list(globals().items()) if is_case(value) and (not given.names or name in given.names)]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        case = Case(given.brokers, folder)
        for one in cases:
            try:
                one(case)
            except AssertionError as reason:
                failed += 1
                print(f"{one.__name__}: {str(reason)[:2_500]}")
    print(f"{len(cases) - failed} of {len(cases)} hold")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
