"""The only door to SQLAlchemy in the engine: tables, transactions, one module of queries a noun."""
