"""Gives a topic more partitions.

    grow_topic.py BROKERS TOPIC PARTITIONS
"""
import sys

from confluent_kafka.admin import AdminClient, NewPartitions

brokers, topic, partitions = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": brokers})
admin.create_partitions([NewPartitions(topic, int(partitions))])[topic].result(timeout=10)
