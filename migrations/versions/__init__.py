"""One module a revision, in one line of succession."""
