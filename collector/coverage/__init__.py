"""How far the city is from its broadband targets, and the list behind each number. Pure, but for one small file.

Administrative maps (`admin_map`), targets (`target`), what carriers declare (`survey`, `measure`), what citynoc sees of
its own links (`uplinks`, `links`; `diary` keeps it on disk), and the reckoning over them (`reckoning`).
`collector.config` reads the files of the operator.
"""
