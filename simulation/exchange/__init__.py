"""Scenarios of other simulators: Prosimos, ``qbp:`` (BIMP, Apromore) and BPSim.

An import never guesses in silence: of every field of the foreign file its report says whether it
is kept, translated or lost, and what was guessed because the file does not say it.
"""
