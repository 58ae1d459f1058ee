"""The forms of each section: filled in from the draft, bound to what was typed, saved by one act."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, cast

from django import forms
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.actions import drafting
from applications.enums import LegalForm, QuestionScope, Section, TerritoryKind, TerritoryMode
from applications.forms.fields import (
    Line,
    PlainForm,
    Prose,
    iban_field,
    phone_field,
    postcode_field,
    registry_field,
    rna_field,
    siret_field,
)
from applications.forms.rows import (
    ExpenseRow,
    IndicatorRow,
    MilestoneRow,
    PartnerRow,
    ResourceRow,
    RowForm,
    Rows,
    rows_of,
)
from applications.models import CommitmentRequest, Document, Member, Mission, Question, Territory
from applications.selectors.dossier import Draft, territories_of
from hubs_portal.templatetags.french import number_fr


def answer_field(question: Question) -> Line | Prose:
    """The field of a question: the length is advised, never imposed."""
    label = question.label if question.required else gettext("%(label)s (facultatif)") % {"label": question.label}
    if question.single_line:
        return Line(label=label, help_text=question.help)
    lines = min(14, max(4, question.advised_length // 200))
    return Prose(label=label, help_text=question.help, advised=question.advised_length, lines=lines)


class QuestionsForm(PlainForm):
    """The questions of a section that are asked once; each field bears the code of its question."""

    def __init__(self, questions: list[Question], texts: Mapping[str, str], data: Any) -> None:
        super().__init__(data, initial={q.code: texts.get(q.code, "") for q in questions})
        self.questions = questions
        for question in questions:
            self.fields[question.code] = answer_field(question)

    def texts(self) -> dict[Question, str]:
        """The answers, once valid."""
        return {question: self.cleaned_data[question.code] for question in self.questions}

    def by_mission(self) -> Iterator[tuple[Mission | None, list[forms.BoundField]]]:
        """The fields under the mission each is about."""
        for mission_id, mission in {q.mission_id: q.mission for q in self.questions}.items():
            yield mission, [self[q.code] for q in self.questions if q.mission_id == mission_id]


class OrganisationForm(PlainForm):
    """What the candidate says of its structure."""

    name = Line(label=_("Nom de la structure"), max_length=200)
    legal_form = forms.ChoiceField(
        label=_("Forme juridique"),
        choices=LegalForm.choices,
        help_text=_("Les pièces à joindre en dépendent."),
    )
    siret = siret_field(label=_("Numéro SIRET"), help_text=_("14 chiffres, avec ou sans espaces."))
    rna = rna_field(
        label=_("Numéro RNA"),
        help_text=_("Pour une association : W suivi de 9 chiffres ; outre-mer, de 9, d’une lettre et de 7 chiffres."),
    )
    registry = registry_field(
        label=_("Registre du tribunal"),
        help_text=_(
            "Pour une association de Moselle, du Bas-Rhin ou du Haut-Rhin, qui n’a pas de numéro RNA. Par exemple :"
            " Strasbourg, volume 12, folio 34."
        ),
    )
    address = Line(label=_("Adresse"), max_length=250)
    postcode = postcode_field(label=_("Code postal"))
    city = Line(label=_("Commune"), max_length=100)
    phone = phone_field(label=_("Téléphone"))
    website = forms.URLField(
        label=_("Site internet (facultatif)"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={"invalid": _("Écrivez l’adresse du site ainsi : www.exemple.fr.")},
    )
    iban = iban_field(
        label=_("IBAN (facultatif)"),
        help_text=_(
            "Celui du RIB demandé parmi les pièces. Seuls ses premiers et derniers signes sont montrés ensuite."
        ),
    )
    representative_name = Line(
        label=_("Représentant légal"),
        max_length=150,
        help_text=_("La personne qui peut engager la structure : prénom et nom."),
    )
    representative_title = Line(
        label=_("Sa qualité"), max_length=120, help_text=_("Présidente, maire, directeur général…")
    )
    representative_email = forms.EmailField(label=_("Son adresse électronique"), required=False, max_length=254)


class StatementForm(PlainForm):
    """The sworn statement; its two attestations are asked for at the submission, not before."""

    signatory_name = Line(label=_("Nom du signataire"), max_length=150)
    signatory_title = Line(
        label=_("Sa qualité"), max_length=120, help_text=_("Le représentant légal, ou la personne qui a reçu pouvoir.")
    )
    states_accuracy = forms.BooleanField(
        label=_("J’atteste que les informations de ce dossier et de ses pièces sont exactes."), required=False
    )
    states_obligations = forms.BooleanField(
        label=_(
            "J’atteste que la structure est à jour de ses obligations sociales, fiscales et comptables, et qu’elle ne"
            " fait pas l’objet d’une procédure de liquidation."
        ),
        required=False,
    )
    public_summary = Prose(
        label=_("Résumé publiable"),
        help_text=_(
            "Si le projet est retenu, ce texte le présente au public. Rien n’est publié avant l’annonce des résultats."
        ),
        advised=800,
        lines=5,
    )
    publication_consent = forms.BooleanField(
        label=_("J’autorise la publication de ce résumé si le projet est retenu (facultatif)."), required=False
    )


class SectionPage:
    """The forms of one section, together."""

    section: ClassVar[Section]

    def __init__(self, draft: Draft, data: Any = None) -> None:
        self.draft, self.data = draft, data
        asked = [q for q in draft.expected.questions if q.section == self.section]
        self.once = [q for q in asked if q.scope == QuestionScope.DOSSIER]
        self.each = [q for q in asked if q.scope == QuestionScope.TERRITORY]
        self.questions = QuestionsForm(self.once, draft.content["answers"], data)
        self.details: PlainForm | None = None
        self.tables: list[Rows] = []

    @property
    def template(self) -> str:
        """The page's own template."""
        return f"candidate/section_{self.section.value}.html"

    @property
    def bound(self) -> bool:
        """Whether it shows what was just typed."""
        return self.data is not None

    @property
    def forms(self) -> list[PlainForm]:
        """Those that are not tables."""
        return [self.details, self.questions] if self.details else [self.questions]

    @cached_property
    def is_valid(self) -> bool:
        """Whether everything typed can be understood; nothing is wrong with what is empty."""
        # Each of them is asked, so that all that is wrong is said at once.
        sound = [form.is_valid() for form in self.forms] + [rows.is_valid() for rows in self.tables]
        return all(sound)

    def problems(self) -> list[dict[str, str]]:
        """What cannot be understood: a sentence each, and where."""
        said = [
            {
                "label": gettext("%(where)s : %(what)s") % {"where": field.label, "what": error},
                "url": f"#{field.auto_id}",
            }
            for form in self.forms
            for field in form
            for error in field.errors
        ]
        return said + [{"label": label, "url": url} for rows in self.tables for label, url in rows.problems()]

    @property
    def changed(self) -> bool:
        """Whether what was typed, once valid, differs from what is kept: saving nothing new leaves no trace."""
        return self._values() != type(self)(self.draft)._values()

    def _values(self) -> list[Any]:
        """Every value of the page, in one spelling: as typed, once valid, or else as kept."""
        fields = [form.cleaned_data if form.is_bound else kept_values(form) for form in self.forms]
        return [*fields, *(rows.lines() if rows.is_bound else rows.initial for rows in self.tables)]

    def appeared(self, shown: "SectionPage") -> dict[str, bool]:
        """After an autosave of the page `shown`: which parts of this one it did not have, or has no more."""
        return {}

    def compare(self) -> None:
        """Lay beside each field the kept text, where it differs from what was typed."""
        for mine, theirs in zip(self.forms, type(self)(self.draft).forms, strict=True):
            saved = kept_values(theirs)
            mine.theirs = {
                name: _shown(theirs.fields[name], saved[name])
                for name, typed in mine.cleaned_data.items()
                if name in saved and typed != saved[name]
            }

    def save(self, member: Member, *, at: datetime, seen: int) -> None:
        """Save what was typed; raises `Refusal`, `StaleSection` among them."""
        drafting.save_answers(member, self.section, self.questions.texts(), at=at, seen=seen)


def kept_values(form: PlainForm) -> dict[str, Any]:
    """The values of a form nobody has typed in."""
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def _shown(field: forms.Field, value: Any) -> str:
    """A kept value, as words."""
    if isinstance(field, forms.BooleanField):
        return gettext("case cochée") if value else gettext("case non cochée")
    if isinstance(field, forms.ChoiceField) and not isinstance(value, list):
        return str(dict(cast("list[tuple[str, str]]", field.choices)).get(value, value))
    return ", ".join(value) if isinstance(value, list) else str(value)


class OrganisationPage(SectionPage):
    """The candidate structure."""

    section = Section.ORGANISATION

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(draft, data)
        self.details = OrganisationForm(data, initial={"iban": "", **draft.content["organisation"]})
        if not any(requirement.asks_iban for requirement in draft.expected.requirements):
            del self.details.fields["iban"]

    def save(self, member: Member, *, at: datetime, seen: int) -> None:
        """Save the structure."""
        assert self.details
        drafting.save_organisation(member, self.details.cleaned_data, at=at, seen=seen)


class ProjectPage(SectionPage):
    """The project."""

    section = Section.PROJECT


class MissionsPage(SectionPage):
    """The missions of the call."""

    section = Section.MISSIONS


class StatementPage(SectionPage):
    """The sworn statement."""

    section = Section.STATEMENT

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(draft, data)
        said = draft.content["statement"]
        initial = {
            **{name: said[name] for name in ("signatory_name", "signatory_title", "public_summary")},
            "states_accuracy": said["accuracy"],
            "states_obligations": said["obligations"],
            "publication_consent": said["publication"],
        }
        self.details = StatementForm(data, initial=initial)

    def save(self, member: Member, *, at: datetime, seen: int) -> None:
        """Save the statement."""
        assert self.details
        drafting.save_statement(member, self.details.cleaned_data, at=at, seen=seen)


class RowsPage(SectionPage):
    """A section made of tables, and questions under them."""

    kinds: ClassVar[list[tuple[type[RowForm], str, Any, Any, bool]]]

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(draft, data)
        self.tables = [
            rows_of(row, prefix, draft.content[prefix], data, title=title, row_name=name, bare=bare)
            for row, prefix, title, name, bare in self.kinds
        ]

    def save(self, member: Member, *, at: datetime, seen: int) -> None:
        """Save the lines and the answers."""
        rows = {rows.form.model: rows.lines() for rows in self.tables}
        drafting.save_rows(member, self.section, rows, texts=self.questions.texts(), at=at, seen=seen)


class ConsortiumPage(RowsPage):
    """The partners, each with its letter of commitment to ask for."""

    section = Section.CONSORTIUM
    kinds = [(PartnerRow, "partners", _("Partenaires"), _("Partenaire"), False)]

    def name_requests(
        self,
        asked: Mapping[tuple[str, str], CommitmentRequest],
        deposited: Mapping[tuple[str, str], Document],
    ) -> None:
        """Give each partner shown the last request to it and the letter it deposited, by name and address."""
        for form in self.tables[0].forms:
            shown = getattr(form, "cleaned_data", None) or form.initial
            key, row = (shown.get("name", ""), shown.get("contact_email", "")), cast("PartnerRow", form)
            row.asked, row.deposited = asked.get(key), deposited.get(key)

    @property
    def asks_commitment_of(self) -> int | None:
        """The rank, from 1 and once saved, of the partner whose button was pressed; `None` for none."""
        pressed = (re.fullmatch(r"partners-(\d{1,3})-ask", name) for name in self.data or ())
        place = next((self.tables[0].place_of(int(found[1])) for found in pressed if found), None)
        return None if place is None else place + 1


class BudgetPage(RowsPage):
    """The budget and the funding plan."""

    section = Section.BUDGET
    kinds = [
        (ExpenseRow, "expenses", _("Dépenses"), _("Dépense"), True),
        (ResourceRow, "resources", _("Ressources"), _("Ressource"), True),
    ]

    def typed_amounts(self) -> dict[str, Any]:
        """The amounts typed, as a dossier's content holds them; those that cannot be understood are not counted."""
        self.is_valid  # noqa: B018 - reading it is what reads the forms
        return {
            str(rows.prefix): [
                form.cleaned_data
                for form in rows.forms
                if form.cleaned_data.get("amount") is not None and not form.cleaned_data.get("DELETE")
            ]
            for rows in self.tables
        }

    def table(self, prefix: str) -> Rows | None:
        """The table of that name."""
        return next((rows for rows in self.tables if rows.prefix == prefix), None)


class CalendarPage(RowsPage):
    """The calendar and the indicators."""

    section = Section.CALENDAR
    kinds = [
        (MilestoneRow, "milestones", _("Étapes"), _("Étape"), False),
        (IndicatorRow, "indicators", _("Indicateurs"), _("Indicateur"), False),
    ]


_CAPITAL = {"75", "92", "93", "94"}


def _is_overseas(territory: Territory) -> bool:
    return territory.kind != TerritoryKind.METROPOLITAN


class Region(NamedTuple):
    """The territories of a region, and how many of them are ticked."""

    name: str
    territories: list[tuple[Territory, bool]]
    ticked: int


class TerritoriesForm(PlainForm):
    """The territories, by region, and what is said of each of those chosen."""

    territories = forms.MultipleChoiceField(
        label=_("Territoires"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("« %(value)s » n’est pas un territoire de cet appel.")},
    )
    territories_reason = Prose(
        label=_("Pourquoi ce nombre de territoires ?"),
        help_text=_("En quelques phrases : le jury lira cette explication."),
        lines=4,
    )

    def __init__(self, page: "TerritoriesPage", data: Any) -> None:
        content = page.draft.content
        chosen = {territory["code"]: territory["answers"] for territory in content["territories"]}
        initial: dict[str, Any] = {
            "territories": sorted(chosen),
            "territories_reason": content["territories_reason"],
        }
        super().__init__(data, initial=initial)
        self.known = page.known
        boxes = cast("forms.MultipleChoiceField", self.fields["territories"])
        boxes.choices = [(t.code, t.name) for t in self.known.values()]
        self.about: list[tuple[Territory, list[tuple[Question, str]]]] = []
        for code in [code for code in self.known if code in chosen or self._typed_about(code, page.each)]:
            names = [(question, f"{question.code}-{code}") for question in page.each]
            for question, name in names:
                self.fields[name] = answer_field(question)
                self.initial[name] = chosen.get(code, {}).get(question.code, "")
            self.about.append((self.known[code], names))

    def _typed_about(self, code: str, questions: list[Question]) -> bool:
        """Whether something was typed of a territory that a colleague has since taken out: it must not be lost."""
        return any(self.data.get(f"{question.code}-{code}") for question in questions)

    def chosen(self) -> list[Territory]:
        """The territories ticked, once valid."""
        return [self.known[code] for code in self.cleaned_data["territories"]]

    def texts(self) -> dict[tuple[Question, Territory | None], str]:
        """What is said of each."""
        return {
            (question, territory): self.cleaned_data[name]
            for territory, names in self.about
            for question, name in names
        }

    def clean_territories(self) -> list[str]:
        """The codes in one order, whatever that of the boxes."""
        return sorted(self.cleaned_data["territories"])

    def ticked(self) -> list[Territory]:
        """The territories ticked now, kept or typed."""
        codes = self["territories"].value() or []
        return [self.known[code] for code in sorted(codes) if code in self.known]

    def regions(self) -> list["Region"]:
        """Every territory under its region, and whether it is ticked; those overseas, each its own region, together."""
        ticked = {territory.code for territory in self.ticked()}
        regions: dict[str, list[tuple[Territory, bool]]] = {}
        for territory in sorted(self.known.values(), key=lambda t: t.code if _is_overseas(t) else ""):
            region = gettext("Outre-mer") if _is_overseas(territory) else territory.region_name
            regions.setdefault(region, []).append((territory, territory.code in ticked))
        return [Region(name, rows, sum(is_ticked for _row, is_ticked in rows)) for name, rows in regions.items()]

    def told(self) -> list[tuple[Territory, list[forms.BoundField]]]:
        """The fields about each territory."""
        return [(territory, [self[name] for _question, name in names]) for territory, names in self.about]


class TerritoriesPage(SectionPage):
    """The territories: chosen first, then described one by one."""

    section = Section.TERRITORIES
    details: TerritoriesForm

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(draft, data)
        self.details = TerritoriesForm(self, data)

    @cached_property
    def known(self) -> dict[str, Territory]:
        """The territories of the call, by code, region after region."""
        return {territory.code: territory for territory in territories_of(self.draft)}

    @property
    def chosen_words(self) -> str:
        """« 3 départements, 1,9 million d’habitants »; « territoires » as soon as a collectivity is one of them."""
        chosen = self.details.ticked()
        if any(territory.kind == TerritoryKind.COLLECTIVITY for territory in chosen):
            words = ngettext("%(n)s territoire", "%(n)s territoires", len(chosen))
        else:
            words = ngettext("%(n)s département", "%(n)s départements", len(chosen))
        people = population_words(sum(t.population or 0 for t in chosen))
        return ", ".join(filter(None, [words % {"n": len(chosen)}, people]))

    @property
    def mainland(self) -> list[tuple[Territory, bool]]:
        """Those the ground of the map draws, and whether each is ticked."""
        return self._placed(overseas=False)

    @property
    def overseas(self) -> list[tuple[Territory, bool]]:
        """Those beside it."""
        return self._placed(overseas=True)

    @property
    def capital(self) -> list[tuple[Territory, bool]]:
        """Paris and those around it, drawn again larger: nobody can point at them on a map of the country."""
        return [(territory, ticked) for territory, ticked in self.mainland if territory.code in _CAPITAL]

    def _placed(self, *, overseas: bool) -> list[tuple[Territory, bool]]:
        ticked = {territory.code for territory in self.details.ticked()}
        placed = [territory for territory in self.known.values() if _is_overseas(territory) == overseas]
        return [(t, t.code in ticked) for t in sorted(placed, key=lambda territory: territory.code)]

    @property
    def out_of_bounds(self) -> bool:
        """Whether the number of territories is one the call wants explained, or refuses."""
        call, number = self.draft.expected.call, len(self.details.ticked())
        return number > 0 and not call.territories_min <= number <= call.territories_max

    @property
    def blocks(self) -> bool:
        """Whether the call takes no other number, whatever the reason."""
        return self.draft.expected.call.territories_mode == TerritoryMode.BLOCK

    @property
    def wants_reason(self) -> bool:
        """Whether the box for the reason is shown."""
        return bool(self.details["territories_reason"].value()) or (self.out_of_bounds and not self.blocks)

    def appeared(self, shown: "SectionPage") -> dict[str, bool]:
        """After an autosave of the page `shown`: which parts of this one it did not have, or has no more."""
        typed = shown.data or {}
        described = {code for code in self.known if any(f"{q.code}-{code}" in typed for q in self.each)}
        return {
            "told_anew": bool(self.each) and described != {territory.code for territory in self.details.ticked()},
            "reason_anew": ("territories_reason" in typed) != self.wants_reason,
        }

    def save(self, member: Member, *, at: datetime, seen: int) -> None:
        """Save the choice, its reason, and what is said of each and of all."""
        texts: dict[tuple[Question, Territory | None], str] = {
            (question, None): text for question, text in self.questions.texts().items()
        }
        drafting.save_territories(
            member,
            self.details.chosen(),
            texts=texts | self.details.texts(),
            reason=self.details.cleaned_data["territories_reason"],
            at=at,
            seen=seen,
        )


def population_words(number: int) -> str:
    """« 1,9 million d’habitants », « 152 730 habitants »; nothing when it is not known."""
    if number < 1_000_000:
        return gettext("%(n)s habitants") % {"n": number_fr(number)} if number else ""
    millions, tenths = divmod((number + 50_000) // 100_000, 10)
    point = "," if (get_language() or "fr").startswith("fr") else "."
    # In French a number below two is singular.
    words = ngettext("%(n)s million d’habitants", "%(n)s millions d’habitants", millions)
    return words % {"n": f"{millions}{point}{tenths}"}


PAGES: dict[str, type[SectionPage]] = {
    page.section: page
    for page in (
        OrganisationPage,
        ProjectPage,
        TerritoriesPage,
        MissionsPage,
        ConsortiumPage,
        BudgetPage,
        CalendarPage,
        StatementPage,
    )
}
