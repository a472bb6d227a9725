"""Words of a query that do not say what it is about."""

_GRAMMAR = """
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each either few for from
    further get had has have having he her here hers him his i if in into is it its itself just let
    like me more most much my no nor not of off on once one only or other our out over own per same
    she should so some such than that the their them then there these they this those through to
    too under until up upon us very via was we were will with within without would you your
    d don ll m re s t ve
"""
_ASKING = """
    how what when where which who whom whose why
    compare comparison describe description detail detailed details discuss explain explained
    explanation find give guide introduction intro know learn need overview please report
    research show summarise summarize summary tell topic tutorial understand understanding versus
    vs want work works
    best better common different good important main new practice practices tip tips
    use used uses using way ways
"""

STOP_WORDS = frozenset((_GRAMMAR + _ASKING).split())
