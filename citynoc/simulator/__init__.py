"""A city on the wire: answers SNMP, publishes MQTT and serves HTTP for exactly the inventory.

It may read the inventory and never imports `collector.snmp`: one codec on both ends would prove only that a bug
agrees with itself. Its referees are net-snmp's command line tools and a real mosquitto.
"""
