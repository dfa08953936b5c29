"""What `citynoc check` found, as people, programs, GitHub and code scanners read it."""
