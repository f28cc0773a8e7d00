"""Is every fault in a topic named by `examples/check_topics.py`, as what it is and where it is?

    trial.py --brokers B [--prefix P] [--layout single] [--each 20] [--seed N] [--kinds drop swap] --api URL [--token T]
    trial.py …                                                              --heads FILE --key FILE

The topics must be whole, and nothing may be appended meanwhile. First the checker must find nothing. Then, for each kind of fault, so many
times: one topic is copied with one such fault at a random place, and the checker reads the copy in place of the original. It must name this
one event and nothing else. (A position that was altered into that of the last record of another partition can only be named as one of two.)
Exits non-zero if it ever did not.
"""
import argparse
import collections
import itertools
import json
import random
import sys
import time

import inject
import topics
from topics import checker


def expected(said, topic):
    """What the checker must say of a fault, in `brief`'s form."""
    if said["kind"] != "truncated":
        return [(said["kind"], topic, said["partition"], said["offset"], said["position"], said.get("session"), said.get("index"))]
    runs, last = [], {}
    for event in sorted(said["gone"], key=lambda event: (event["session"], event["index"])):
        if last.get("session") == event["session"] and last["index"] + 1 == event["index"]:
            runs[-1][1] += 1
        else:
            runs.append([event, 1])
        last = event
    return sorted(("truncated", event["session"], event["index"], count) for event, count in runs)


def brief(found):
    """A finding, as far as it must be right."""
    if found["kind"] == "truncated":
        return ("truncated", found["session"], found["index"], found.get("count"))
    exact = found["kind"] != "altered"  # whose session and index may be what was altered
    names = ("kind", "topic", "partition", "offset", "position")
    return (*(found[name] for name in names), found["session"] if exact else None, found["index"] if exact else None)


class Trial:
    def __init__(self, given):
        self.given, self.options = given, checker.parse(checker_arguments(given))
        kinds = checker.EVENT_TYPES if given.layout == "by-type" else [checker.ALL_EVENTS]
        self.names = [given.prefix + kind for kind in kinds]
        lanes, self.producer = topics.read(given.brokers, self.names), topics.producer(given.brokers)
        self.topics = collections.defaultdict(dict)
        for (name, partition), records in lanes.items():
            self.topics[name][partition] = records

    def check(self, names):
        self.options.topics = names
        return checker.run(self.options, whole=True)

    def once(self, kind, seed):
        """One fault; gives whether it was named."""
        dice = random.Random(f"{kind} {seed}")
        behind = 1 if kind in ("drop", "swap") else 0
        usable = [name for name, lanes in self.topics.items() if any(len(records) > behind for records in lanes.values())]
        name = dice.choices(usable, [sum(map(len, self.topics[name].values())) for name in usable])[0]
        lanes, said = inject.inject(self.topics[name], kind, dice)
        copy = f"trial-{kind}-{seed}-{time.time_ns()}.{name}"
        topics.create(self.given.brokers, {copy: len(lanes)})
        try:
            topics.write(self.producer, copy, lanes)
            found = self.check([copy if other == name else other for other in self.names])
        finally:
            topics.delete(self.given.brokers, [copy])
        named = [brief(finding) for finding in found["findings"]]
        if kind == "double" and found["doubled"] == 1:
            named += [brief(finding) for finding in found["dropped"]]
        wanted = expected(said, copy)
        if sorted(named, key=str) == sorted(wanted, key=str):
            return True
        if len(named) == 1 and f"{copy}/{said['partition']} offset {said['offset']}" in (found["findings"] + [{}])[0].get("or", ()):
            print(f"{kind}, seed {seed}: named as one of two, the last records of partitions, that say the same position")
            return True
        print(f"{kind}, seed {seed}: not named.\n  done:   {json.dumps(said)[:900]}\n  wanted: {wanted[:9]}\n  named:  {json.dumps(found)[:2_000]}")
        return False


def checker_arguments(given):
    names = ("brokers", "prefix", "layout", "api", "token", "heads")
    pairs = [[f"--{name}", str(getattr(given, name))] for name in names if getattr(given, name)]
    keys = [["--key", path] for path in given.key]
    return [*itertools.chain.from_iterable(pairs + keys), "--wait", "0"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--brokers", "--prefix", "--layout", "--api", "--token", "--heads"):
        parser.add_argument(name, default={"--prefix": "", "--layout": "by-type"}.get(name))
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=inject.KINDS, default=inject.KINDS)
    return parser.parse_args()


def main():
    given = parse()
    trial = Trial(given)
    whole = trial.check(trial.names)
    if whole["findings"] or not whole["events"] or whole["complete"] != whole["sessions"]:
        raise SystemExit(f"the topics are not whole to begin with: {json.dumps(whole)[:3_000]}")
    print(f"whole: {whole['events']} events of {whole['sessions']} sessions")
    failed = False
    for kind in given.kinds:
        named = sum(trial.once(kind, given.seed + number) for number in range(given.each))
        print(f"{kind}: {named} of {given.each} named", flush=True)
        failed |= named < given.each
    sys.exit(failed)


if __name__ == "__main__":
    main()
