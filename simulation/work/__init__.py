"""Work that resources perform: queues, units, shifts."""
