"""Event logs of other systems, read with care: all of a file, or none of it.

source.py     bytes → lines: unpacked, decoded, capped      columns.py  which column is what
csv_rows.py   CSV → rows                                    times.py    texts → moments
xes_rows.py   XES → rows, from a hardened parser            pairing.py  lifecycle events → rows
quality.py    what was read, put aside and noticed          work_log.py the log as columns
plausible.py  what looks odd                            read.py     a file → WorkLog and Quality

A file that is broken as a file (cut off, not text, no table) is refused whole and by line. A
row that contradicts itself is put aside, counted and shown; the figures of ``Quality`` add up.
"""
