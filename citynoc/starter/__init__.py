"""A first configuration for another city: small, commented, and at work with the simulator from the first minute."""
