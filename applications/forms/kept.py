"""The names that pages post, in the words those pages show: for what is kept of somebody whose session is over."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from applications.forms.sections import PAGES, OrganisationForm, RowsPage, StatementForm
from applications.models import Call, Question, Territory


def labels_of(names: Iterable[str]) -> dict[str, str]:
    """The label of each name that a page of a dossier may post; a name nobody posts has none. Two queries.

    Nobody is signed in: the questions are those of every public call, so that the answer tells nothing of a number.
    """
    asked = set(names)
    fixed = dict(_fixed()) | dict(_rows(asked))
    said = _questions(asked)
    return {name: label for name in asked if (label := said.get(name) or fixed.get(name))}


def _fixed() -> Iterator[tuple[str, str]]:
    yield "reason", _("Motif")
    for form in (OrganisationForm, StatementForm):
        for name, field in form.base_fields.items():
            yield name, str(field.label)


def _rows(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """« Partenaire 2 : Rôle », for `partners-1-role`."""
    tables = [kind for page in PAGES.values() if issubclass(page, RowsPage) for kind in page.kinds]
    for name in names:
        prefix, _dash, rest = name.partition("-")
        number, _dash, field = rest.partition("-")
        for row, known, _title, row_name, _bare in tables:
            if known == prefix and number.isdigit() and len(number) < 5 and field in row.base_fields:
                said = {"row": row_name, "n": int(number) + 1, "field": row.base_fields[field].label}
                yield name, _("%(row)s %(n)s : %(field)s") % said


def _questions(names: set[str]) -> dict[str, str]:
    """The latest call's words when several ask under the same name; with its territory when it is asked for each."""
    codes = {code for name in names for code in (name, name.rpartition("-")[0])}
    rows = Question.objects.filter(code__in=codes, call__in=Call.objects.public()).order_by("call__opens_at", "pk")
    label = {question.code: question.label for question in rows}
    places = Territory.objects.in_bulk([name.rpartition("-")[2] for name in names])
    said = {}
    for name in names:
        code, _dash, place = name.rpartition("-")
        if name in label:
            said[name] = label[name]
        elif code in label and place in places:
            said[name] = _("%(question)s – %(place)s") % {"question": label[code], "place": places[place].name}
    return said
