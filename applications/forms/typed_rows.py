"""Lines put in a table somebody is typing in, or taken out of it: the posted form with others in their place."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict

from applications.forms.rows import MOST, SPARE, Rows


def end_of(table: Rows) -> int:
    """Where the next line goes: after the last one something is typed in."""
    return max((number for number, form in enumerate(table.forms, 1) if form.has_changed()), default=0)


def with_lines(data: QueryDict, table: Rows, lines: Sequence[Mapping[str, str]]) -> QueryDict:
    """The form with these lines after those typed."""
    return _retyped(data, table, [*_typed(data, table)[: end_of(table)], *lines])


def without_lines(data: QueryDict, table: Rows, start: int, number: int) -> QueryDict:
    """The form without so many lines from that one, counted from 0."""
    lines = _typed(data, table)
    return _retyped(data, table, [*lines[:start], *lines[start + number : end_of(table)]])


def _typed(data: QueryDict, table: Rows) -> list[dict[str, str]]:
    names = [field.name for field in table.empty_form]
    typed = [{name: data.get(f"{form.prefix}-{name}", "") for name in names} for form in table.forms]
    return [{name: text for name, text in line.items() if text} for line in typed]


def _retyped(data: QueryDict, table: Rows, lines: Sequence[Mapping[str, str]]) -> QueryDict:
    new = data.copy()
    for form in table.forms:
        for field in form:
            new.pop(field.html_name, None)
    for rank, line in enumerate(lines):
        for name, text in line.items():
            new[f"{table.prefix}-{rank}-{name}"] = text
    # As many empty ones as a page that was just opened.
    new[f"{table.prefix}-TOTAL_FORMS"] = str(min(len(lines) + SPARE, MOST))
    return new
