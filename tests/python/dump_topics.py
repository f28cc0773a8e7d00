"""Every record in the topics that begin with a prefix, one JSON object a line, in the order of each partition.

    dump_topics.py BROKERS PREFIX
"""
import json
import sys

import confluent_kafka

brokers, prefix = sys.argv[1:]
consumer = confluent_kafka.Consumer(
    {"bootstrap.servers": brokers, "group.id": "dump", "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "error"}
)
topics = [topic for name, topic in consumer.list_topics(timeout=10).topics.items() if name.startswith(prefix)]
lanes = [confluent_kafka.TopicPartition(topic.topic, number, 0) for topic in topics for number in topic.partitions]
lanes = [lane for lane in lanes if consumer.get_watermark_offsets(lane, timeout=10)[1] > 0]
consumer.assign(lanes)
open_lanes = {(lane.topic, lane.partition) for lane in lanes}
while open_lanes:
    message = consumer.poll(30)
    if message is None:
        sys.exit("the broker does not answer")
    if message.error():
        if message.error().code() != confluent_kafka.KafkaError._PARTITION_EOF:
            sys.exit(str(message.error()))
        open_lanes.discard((message.topic(), message.partition()))
        continue
    text = lambda value: value.decode() if value is not None else None
    print(json.dumps({
        "topic": message.topic(), "partition": message.partition(), "offset": message.offset(), "key": text(message.key()),
        "headers": {name: text(value) for name, value in message.headers() or []}, "body": text(message.value()),
    }))
consumer.close()
