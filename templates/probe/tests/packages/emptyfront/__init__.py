"""A package whose own module imports nothing: what it has needs a module that is not there."""
