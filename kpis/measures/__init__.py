"""Measures: event log → values, one module per family of the catalogue."""
