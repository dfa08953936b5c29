"""An SNMP engine: knows RFCs, knows nothing of metrics, profiles or sites."""
