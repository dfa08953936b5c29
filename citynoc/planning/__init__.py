"""What a change of the configuration does, before it is done: against a directory, a commit, or what runs now."""
