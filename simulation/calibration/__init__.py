"""A scenario learnt from an event log and its model, and what is known of each parameter.

holdout.py    which cases to learn from           work.py      rows under the ids of the model
week.py       wall-clock time, open time          marking.py   moves of tokens
regimes.py    shifts of everybody's clock         alignment.py a trace explained by a model
calendars.py  hours of roles                      replay.py    enabled times, decisions
people.py     hours of single people              families.py  distributions fitted to values
arrivals.py   when cases come                     fitting.py   which of them, and how good it is
staffing.py   roles, units, batches               durations.py work per activity and person
branches.py   shares of flows, by attribute       waits.py     delays that no queue explains
learn.py      log + model → learnt                learnt.py    all that is learnt
remarks.py    what to doubt                       scenario.py  learnt → scenario document
inserting.py  timers put into a model             writing.py   the document as YAML with figures
files.py      scenario and model on disk          document.py  learnt → plain values for a page
report.py     the analyst's report                distances.py how far two logs are apart
markdown.py   tables and words of the report      verdict.py   the verdict in Markdown
roles.py      roles, hours and people together
estimates.py  intervals of means, shares, rates     intensity.py  of arrivals by hour and day
pooling.py    means of people drawn together        doors.py      hours in which cases come
ways.py       which of several ways a case went   order.py     which work goes first
"""
