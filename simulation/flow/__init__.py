"""The flow of tokens: gateways, events, scopes, loops; work itself is in ``simulation.work``."""
