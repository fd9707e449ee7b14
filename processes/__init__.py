"""The library of service processes: one folder each under ``bpmn/``. Data only."""
