"""Named, repeatable measurements beside a peer in the same run; never part of the tests.

``python3 dev.py bench`` prints them as JSON. Machines are shared and noisy, so a figure is the
median of CPU time over rounds in which we and the peer take turns; compare the ratios.
"""
