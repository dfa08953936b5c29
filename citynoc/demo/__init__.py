"""The real servers, started and watched in order, and stopped cleanly: for people to see and for tests to prove.

Never a part of the running product: nothing outside this package and its tests imports it. Everything it starts
listens on loopback only and dies with it.
"""
