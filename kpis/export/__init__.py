"""Histories as files that other tools read: XES, CSV and OCEL, written while they are read.

``kpis.export.told`` says how an event is told in any of them. The log that Twinflow itself reads
again is written by ``kpis.log_file``.
"""
