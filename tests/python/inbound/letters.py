"""Every dead letter in a topic, one JSON object a line: headers (the last of each name), key, body (hexadecimal).

    letters.py BROKERS TOPIC
"""
import json
import sys

import confluent_kafka

brokers, topic = sys.argv[1:]
consumer = confluent_kafka.Consumer(
    {"bootstrap.servers": brokers, "group.id": "letters", "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error"}
)
lanes = [confluent_kafka.TopicPartition(topic, number, 0) for number in consumer.list_topics(topic, timeout=10).topics[topic].partitions]
lanes = [lane for lane in lanes if consumer.get_watermark_offsets(lane, timeout=10)[1] > 0]
consumer.assign(lanes)
unread = len(lanes)
while unread:
    message = consumer.poll(30)
    if message is None:
        sys.exit("the broker does not answer")
    if message.error():
        if message.error().code() != confluent_kafka.KafkaError._PARTITION_EOF:
            sys.exit(str(message.error()))
        unread -= 1
        continue
    headers = {name: (value or b"").decode() for name, value in message.headers() or []}
    key = message.key().decode() if message.key() is not None else None
    print(json.dumps({"headers": headers, "key": key, "body": (message.value() or b"").hex()}))
consumer.close()
