"""Measurement: event log → key performance indicators with intervals.

A KPI cannot tell recorded from simulated work: both arrive as an ``EventLog``.
"""
