"""Our engine and our whole site, side by side with what people would pick instead.

`make bench` runs it; `python -m benchmarks --help` tells the rest.
"""
