"""Finds devices that answer SNMP, and what they say of themselves and their neighbours: proposals, never additions."""
