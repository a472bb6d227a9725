"""Prints recall and false alarms by kind, of claims and of cells. `--show KIND` prints misses."""

import argparse
import os
import random
import time
from collections import defaultdict

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")

from truth.cases import BY_HAND, Case, by_hand, of_facts, of_topics
from truth.cells import rows
from truth.scores import passes
from truth.texts import Topic, topics


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--topics", type=int, default=40)
    parser.add_argument("--show", default="")
    options = parser.parse_args()
    rng = random.Random(15)
    chosen = topics(options.topics, rng)
    cases: list[Case] = [*of_topics(chosen, 6, rng), *of_facts(chosen, 2, rng)]
    cases += [case for name in BY_HAND for case in by_hand(name)]
    began = time.process_time()
    right: dict[str, list[bool]] = defaultdict(list)
    flagged_true = flagged_false = 0
    for case, claim in passes(cases):
        flagged = claim.verdict not in ("quoted", "supported")
        right[case.kind].append(flagged != case.is_true)
        flagged_true += flagged and not case.is_true
        flagged_false += flagged and case.is_true
        if options.show and case.kind == options.show and flagged == case.is_true:
            print(f"{claim.verdict}: {case.claim}\n    {claim.reason}")
            for evidence in claim.evidence:
                print(f"    | {evidence.quote}")
    seconds = time.process_time() - began
    true_kinds = {case.kind for case in cases if case.is_true}
    print(f"{'kind':36} cases  found or let through")
    for kind, results in sorted(
        right.items(), key=lambda each: (each[0] not in true_kinds, each[0])
    ):
        said = "let through" if kind in true_kinds else "found"
        print(f"{kind:36} {len(results):5}  {sum(results) / len(results):.3f} {said}")
    precision = flagged_true / (flagged_true + flagged_false)
    print(
        f"precision of all marks {precision:.3f}; {len(cases)} claims in {seconds:.1f} s of one core"
    )
    cells(chosen, rng, options.show)


def cells(chosen: list[Topic], rng: random.Random, show: str) -> None:
    """The same for the cells of tables."""
    began = time.process_time()
    right: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    for row in rows(chosen, rng):
        proof = row.proof()
        for case in row.cases:
            cell = proof.cell(case.column, case.raw)
            right[not case.is_true, case.kind].append(cell.holds == case.is_true)
            if show == case.kind and cell.holds != case.is_true:
                print(
                    f"{row.name}, {case.column.name}: {cell.verdict} {case.raw}\n    {cell.reason}"
                )
    seconds = time.process_time() - began
    print(f"\n{'cells':36} cases  found or let through")
    for (is_false, kind), results in sorted(right.items()):
        said = "found" if is_false else "let through"
        print(f"{kind:36} {len(results):5}  {sum(results) / len(results):.3f} {said}")
    found = [each for (is_false, _), results in right.items() if is_false for each in results]
    passed = [each for (is_false, _), results in right.items() if not is_false for each in results]
    alarms = len(passed) - sum(passed)
    precision = sum(found) / (sum(found) + alarms)
    print(
        f"cells: precision {precision:.3f}, recall {sum(found) / len(found):.3f}, "
        f"false alarms {alarms / len(passed):.3f}; "
        f"{len(found) + len(passed)} cells in {seconds:.1f} s of one core"
    )


main()
