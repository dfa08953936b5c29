"""The live page: the city as the collector has it, for people. Reads one moment and draws it; never measures."""
