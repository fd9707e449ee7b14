"""How many people, on which shifts: the cheapest, the quickest, and the front between them.

``design`` says what may be chosen, ``trials`` simulates designs on common random numbers,
``search`` adds and removes one at a time, ``front`` asks NSGA-II (pymoo, an extra).
"""
