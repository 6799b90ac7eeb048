"""Imports nothing: the circuit is in a module of its own, beside a part that ends the program."""
