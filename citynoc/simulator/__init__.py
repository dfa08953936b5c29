"""A city on the wire: answers SNMP, publishes MQTT and serves HTTP for exactly the inventory."""
