"""The rules of process execution: values and functions, standard library only, no I/O."""
