"""How far the city is from its broadband targets, and the list behind each number. Pure: no files, no clock, no sockets.

Administrative maps (`admin_map`), targets (`target`), what carriers declare (`survey`), what is seen (`measure`), and
the reckoning over them (`reckoning`). `collector.config` reads the files.
"""
