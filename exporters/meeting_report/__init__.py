"""The report of one meeting: a page that stands alone, a table, JSON."""
