"""Invents small simulators: packages on disk that nobody has seen, each with a different way of being driven.

``python -m invented SEED FOLDER`` writes one. What it looks like is drawn along the axes in ``axes.py``; what its API really
is stays known to the inventor (``replay.py``), so that what a search makes of it can be judged without believing either.
"""
