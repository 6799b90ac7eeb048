"""Runs quantum circuits on interchangeable simulator backends."""
