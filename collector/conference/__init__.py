"""How good the calls are: grades by limits that stand in a file. Pure; talks to nobody."""
