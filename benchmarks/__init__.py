"""Our engine and our whole site, side by side with what people would pick instead.

`make bench` runs it; `python -m benchmarks --help` tells the rest. While working on the engine:

    python -m benchmarks --only site plain-noop plain-noop-streamed --sizes 200 --repeats 3
    python -m benchmarks --only engine langgraph langgraph-streamed --sizes 200 --repeats 3
    python -m benchmarks --only deep pages --repeats 1

How it is measured:

- The work is the crew that people get: the blueprint `quick` as it ships. Its model searches the
  sample library for its topic, each topic another one, and then writes (benchmarks/workload.py).
  Its model answers after 1 s; 200 topics are measured at 0.2 s, too. A crew of one call without a
  tool is a row beside it.
- Peers have a tool that does the same search: plain FTS5 over the same index. AsyncOpenAI is
  measured with a tool that does nothing, too.
- One provider for all, a process of its own, answers over HTTP (tests/support/).
- Contenders have processes of their own and ask about one topic before anything counts.
- They take turns at every size, and all of it three times; figures are medians. What takes more
  than ten seconds is measured once.
- At most 200 topics are in flight for anyone. The site takes 1,000 as five runs of 200.
- Our crews stream. AsyncOpenAI and LangGraph are measured streaming and not, CrewAI in both of its
  async ways; ours is held against the better of the two.
- Building crews counts in a contender's time. An answer that is not about its topic, a call
  too few and a watcher that missed an event are wrong and told as such; `cited` is the
  share of answers that quote what the tool found.
"""
