"""A scenario learnt from an event log and its model, and what is known of each parameter.

work.py       rows under the ids of the model     marking.py   moves of tokens
week.py       wall-clock time, open time          alignment.py a trace explained by a model
regimes.py    shifts of everybody's clock         replay.py    enabled times, decisions
calendars.py  hours of roles                      fitting.py   distributions and their fit
arrivals.py   when cases come                     durations.py work per activity and resource
staffing.py   roles, units, several tasks at once waits.py     delays that no queue explains
branches.py   shares of flows, by attribute       learnt.py    all that is learnt
learn.py      log + model → learnt                scenario.py  learnt → scenario document
writing.py    the document as YAML with figures   report.py    the analyst's report
distances.py  how far two logs are apart          inserting.py timers put into a model
"""
