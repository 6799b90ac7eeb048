"""From an objective in words to counts."""
