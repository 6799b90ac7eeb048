"""Takes 20 GB of memory at import."""

taken = bytearray(20 << 30)
