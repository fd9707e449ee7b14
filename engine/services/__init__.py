"""One function = one use case = one transaction; what each needs is an argument."""
