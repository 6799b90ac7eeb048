"""Recurses without end at import."""


def again(n):
    return again(n + 1)


again(0)
