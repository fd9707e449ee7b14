"""Statistics: arrays in, frozen dataclass out; no pandas, no I/O, no knowledge of processes."""
