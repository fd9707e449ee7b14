"""Discrete-event simulation: BPMN graph + scenario → replications → comparison."""
