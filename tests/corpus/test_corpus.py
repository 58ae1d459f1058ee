"""The files made here have the verdict written beside them; a part of those damaged by chance, that of the table."""

import pytest

from hubs_portal import inspection
from tests.builders.hostile_files import FILES
from tests.corpus import table
from tests.corpus.gathering import ACCEPTED
from tests.corpus.judging import Verdict, judge
from tests.corpus.made.all import ODD
from tests.corpus.mutations import mutants

# The others are for a process of their own, take seconds to make, or are those of test_inspection.py.
_SLOW = {
    "text: 200 MB of zeros",
    "text: 20,000 parts",
    "text: archive of archives",
    "workbook: a million rows in 40 kB",
}
QUICK = [what for what, odd in ODD.items() if not odd.alone and what not in _SLOW | set(FILES)]
MUTANTS = list(mutants())


@pytest.mark.parametrize("what", QUICK)
def test_what_is_made_here_has_the_verdict_written_beside_it(what: str) -> None:
    odd = ODD[what]

    with inspection.trusting():
        said = judge(odd.make(), odd.name)

    assert (said.said, said.remarks) == (odd.verdict, odd.remarks)


@pytest.mark.parametrize("rank", range(0, len(MUTANTS), 6))
def test_what_chance_has_damaged_has_the_verdict_of_the_table(rank: int) -> None:
    path, name, content = MUTANTS[rank]
    row = table.read()["mutation", path, name.rpartition(".")[2]]

    with inspection.trusting():
        said = judge(content, name)

    assert str(said) == row.verdict


def test_a_name_that_is_kept_keeps_its_extension_and_no_trap() -> None:
    for what, odd in ODD.items():
        if what.startswith("name: ") and odd.verdict == "accept":
            with inspection.trusting():
                kept = judge(odd.make(), odd.name).kept
            assert (what, kept.lower().endswith(".pdf"), len(kept) <= 120) == (what, True, True)
            assert not set(kept) & set('\r\n\0/\\:*?"<>|\u202e\u202f\u200b\u2028'), what


def test_the_table_has_each_file_once_and_speaks_of_verdicts_that_exist() -> None:
    rows = table.read()
    codes = {row.verdict.partition("+")[0] for row in rows.values()}

    assert codes <= {"accept", "wrong_format", "wrong_content", "empty_file", "too_large", *inspection.SENTENCES}
    assert len(rows) > 2_000
    assert {offered for _source, _path, offered in rows if offered not in ACCEPTED} == {
        offered for (_source, _path, offered), row in rows.items() if row.guard and offered not in ACCEPTED
    }


def test_every_sentence_has_a_file_that_earns_it() -> None:
    earned = {odd.verdict for odd in ODD.values()}

    assert {code for code in inspection.SENTENCES if code} <= earned


def test_a_verdict_is_written_as_in_the_table() -> None:
    assert str(Verdict("accept", ("embedded",), 3)) == "accept+embedded"
    assert table.said(Verdict("accept", (), 3)) == "accept 3"
    assert table.FILE.read_text(encoding="utf-8").count("\n") == len(table.read()) + 1
