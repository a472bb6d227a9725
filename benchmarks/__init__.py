"""Our engine and our whole site, side by side with what people would pick instead.

`make bench` runs it; `python -m benchmarks --help` tells the rest. How it is measured:

- One provider for all, a process of its own, answers over HTTP after a second (tests/support/).
- Each contender is a process of its own and asks about one topic before anything counts.
- They take turns at every size, and all of it three times; figures are medians. What takes more
  than ten seconds is measured once.
- At most 200 topics are in flight for anyone. The site takes 1,000 as five runs of 200.
- Our crews stream, the site's with the `quick` blueprint and its tools as they ship. AsyncOpenAI
  and LangGraph are measured streaming and not, CrewAI in both of its async ways; ours is held
  against the better of the two.
- Building crews counts in a contender's time. An answer that is not about its topic is wrong and
  told as such.
"""
