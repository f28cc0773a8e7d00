"""Sends messages in order, and says where each came to stand.

    send.py BROKERS FILE

FILE holds one JSON object a line: topic, key (text or null), headers ([[name, text]…]), body (hexadecimal). For each, one line is
printed: partition and offset.
"""
import json
import sys

import confluent_kafka

brokers, path = sys.argv[1:]
producer = confluent_kafka.Producer(
    {"bootstrap.servers": brokers, "enable.idempotence": True, "linger.ms": 2, "allow.auto.create.topics": False}
)
places = {}


def arrived(number):
    def keep(error, message):
        if error is not None:
            sys.exit(f"message {number}: {error}")
        places[number] = {"partition": message.partition(), "offset": message.offset()}

    return keep


with open(path, encoding="ascii") as file:
    messages = [json.loads(line) for line in file]
for number, message in enumerate(messages):
    headers = [(name, value.encode()) for name, value in message["headers"]]
    producer.produce(
        message["topic"], bytes.fromhex(message["body"]), message["key"], headers=headers, on_delivery=arrived(number)
    )
    producer.poll(0)
if producer.flush(60) > 0:
    sys.exit("the broker does not take all messages")
for number in range(len(messages)):
    print(json.dumps(places[number]))
