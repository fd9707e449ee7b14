"""BPMN execution: records what happens.

domain/       rules; standard library only, no I/O
expressions/  the one evaluator of conditions and timer expressions
bpmn/         the only door to SpiffWorkflow and lxml; bytes and state in, values out
store/        the only door to SQLAlchemy
services/     one function = one use case = one transaction
connectors/   what a service task can call
process_engine.py  ProcessEngine, the facade; worker.py the loop that fires due timers

This module imports nothing, so that a simulation process loads no SpiffWorkflow.
"""
