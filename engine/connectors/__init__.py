"""What a service task can call, by name; ``registry`` holds them.

A connector takes a ``call.ServiceCall`` and gives a ``call.CallResult``; it never touches the
database. ``http``, ``mail`` and ``cases`` are those that come with the engine; ``addresses``
and ``transport`` say and do what an HTTP call may; ``smtp`` sends what the outbox holds.
"""
