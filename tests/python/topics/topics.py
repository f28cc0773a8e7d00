"""What the trials of the checking consumer share: the checker itself, and topics that are made, read whole and written."""
import collections
import importlib.util
import pathlib
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[3]


def _checker():
    spec = importlib.util.spec_from_file_location("check_topics", ROOT / "examples" / "check_topics.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checker = _checker()


class Message(collections.namedtuple("Message", "topic_ partition_ offset_ key_ value_ headers_")):
    """A record with the methods of `confluent_kafka.Message` that the checker uses."""

    topic = lambda self: self.topic_
    partition = lambda self: self.partition_
    offset = lambda self: self.offset_
    key = lambda self: self.key_
    value = lambda self: self.value_
    headers = lambda self: self.headers_


def moment(second, micro):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{micro:06}Z"


def create(brokers, partitions):
    """Makes topics: their names, and how many partitions each has."""
    admin = AdminClient({"bootstrap.servers": brokers, "log_level": 2})  # must live as long as what it is asked for
    for future in admin.create_topics([NewTopic(name, count, 1) for name, count in partitions.items()]).values():
        future.result(30)


def delete(brokers, names):
    admin = AdminClient({"bootstrap.servers": brokers, "log_level": 2})
    for future in admin.delete_topics(list(names)).values():
        future.result(30)


def read(brokers, names):
    """All records of the topics that exist, by topic and partition; a partition without records has an empty list."""
    config = {"bootstrap.servers": brokers, "group.id": "acta-trial", "log_level": 2, "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer(config)
    there = consumer.list_topics(timeout=10).topics
    lanes = {(name, partition): [] for name in names if name in there for partition in there[name].partitions}
    consumer.assign([TopicPartition(*lane, 0) for lane in lanes])
    unfinished = set(lanes)
    while unfinished:
        message = consumer.poll(30)
        if message is None:
            raise SystemExit("the broker gives nothing")
        lane = (message.topic(), message.partition())
        if not message.error():
            value = (message.key(), message.value(), message.headers())
            lanes[lane].append(Message(*lane, message.offset(), *value))
        elif message.error().code() == KafkaError._PARTITION_EOF:
            unfinished.discard(lane)
        else:
            raise KafkaException(message.error())
    consumer.close()
    return lanes


def producer(brokers):
    return Producer({"bootstrap.servers": brokers, "log_level": 2, "enable.idempotence": True, "linger.ms": 5, "queue.buffering.max.messages": 1_000_000})


def write(producer, name, lanes):
    """Writes the records of a topic, which must exist: a list for each partition."""
    for partition, records in lanes.items():
        for record in records:
            producer.produce(name, record.value_, record.key_, partition, headers=record.headers_)
            producer.poll(0)
    if producer.flush(30):
        raise SystemExit("the broker did not take everything")
