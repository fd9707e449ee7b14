"""Twinflow tests: the tree mirrors the packages."""
