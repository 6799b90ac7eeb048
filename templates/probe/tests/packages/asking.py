"""Asks for something on standard input, prints megabytes, writes where it is, and recurses without end."""

import sys

for _ in range(200):
    print("noise " * 20_000)
    print("noise " * 20_000, file=sys.stderr)
with open("left-behind.txt", "w") as file:
    file.write("x")


def again(n):
    return again(n + 1)


input("Your licence key: ")
