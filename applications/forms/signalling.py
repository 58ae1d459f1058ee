"""What a structure says when it signals itself, in three minutes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.actions.signalling import Signal
from applications.enums import LegalForm, TerritoryKind
from applications.forms.fields import phone_field, registry_field, rna_field, siret_field
from applications.forms.lookup import LookedUp, looked_up
from applications.identifiers import ALSACE_MOSELLE
from applications.models import Call, Territory
from hubs_portal.accounts.models import User
from hubs_portal.oneline import OneLineForm

Region = tuple[str, list[tuple[Territory, bool]]]


class SignalForm(OneLineForm, forms.Form):
    """The SIRET first; nothing is asked that the dossier asks again, nothing blocks but what would be wrong."""

    siret = siret_field(
        label=_("Numéro SIRET de la structure"),
        required=True,
        help_text=_("14 chiffres. Vous pouvez le coller avec ses espaces."),
        error_messages={"required": _("Indiquez le numéro SIRET : 14 chiffres, sur l’avis de situation Sirene.")},
    )
    name = forms.CharField(
        label=_("Nom de la structure"),
        max_length=200,
        error_messages={"required": _("Indiquez le nom de la structure.")},
    )
    legal_form = forms.ChoiceField(
        label=_("Forme juridique"),
        choices=[("", _("Choisissez…")), *LegalForm.choices],
        help_text=_("Les pièces demandées en dépendent."),
        error_messages={"required": _("Choisissez la forme juridique de la structure.")},
    )
    rna = rna_field(
        label=_("Numéro RNA, pour une association"),
        help_text=_("Par exemple W751234567. Si vous ne l’avez pas sous la main, vous l’indiquerez dans le dossier."),
    )
    registry = registry_field(
        label=_("Registre du tribunal, en Alsace-Moselle"),
        help_text=_(
            "Les associations du Bas-Rhin, du Haut-Rhin et de Moselle n’ont pas de numéro RNA : indiquez le tribunal,"
            " le volume et le folio. Par exemple : Strasbourg, volume 12, folio 34."
        ),
    )
    contact_name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        error_messages={"required": _("Indiquez le nom de la personne à qui écrire.")},
    )
    contact_email = forms.EmailField(
        label=_("Adresse électronique"),
        max_length=254,
        help_text=_("Le kit de candidature y est envoyé. Par exemple nom@structure.fr."),
        error_messages={
            "required": _("Indiquez l’adresse électronique à laquelle écrire."),
            "invalid": _("Cette adresse électronique n’est pas complète. Écrivez-la ainsi : nom@structure.fr."),
        },
    )
    contact_phone = phone_field(
        label=_("Téléphone"),
        help_text=_("Pour vous joindre si un courriel ne vous parvient pas. Par exemple 01 23 45 67 89."),
    )
    territories = forms.ModelMultipleChoiceField(
        queryset=Territory.objects.none(),
        label=_("Territoires envisagés"),
        required=False,
        error_messages={"invalid_choice": _("Un des territoires choisis n’est pas ouvert à cet appel.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        call: Call,
        user: User | None,
        data: Mapping[str, Any] | None = None,
        *,
        token: str = "",
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        known = {"token": token, "contact_name": user.name if user else ""}
        super().__init__(data, label_suffix="", initial={**known, **(typed or {})})
        self.offered = [
            territory
            for territory in sorted(Territory.objects.all(), key=lambda territory: territory.rank)
            if call.collectivities_accepted or territory.kind != TerritoryKind.COLLECTIVITY
        ]
        codes = [territory.pk for territory in self.offered]
        self._field("territories").queryset = Territory.objects.filter(pk__in=codes)
        for name, hint in _AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["siret"].widget.attrs["inputmode"] = "numeric"
        if user:
            del self.fields["contact_email"]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def regions(self) -> list[Region]:
        """The territories offered, region after region, each with whether it is ticked."""
        ticked = {str(code) for code in self["territories"].value() or []}
        found: dict[str, list[tuple[Territory, bool]]] = {}
        for territory in self.offered:
            found.setdefault(territory.region_name, []).append((territory, territory.pk in ticked))
        return list(found.items())

    def open_regions(self) -> set[str]:
        """The regions with something ticked: their list is shown unfolded."""
        return {name for name, rows in self.regions() if any(ticked for _territory, ticked in rows)}

    def clean(self) -> dict[str, Any]:
        """Say which register an association is in, when what was typed is of the other one."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = {territory.pk for territory in said.get("territories") or []}
        typed = self.data.get("rna", "").strip()
        if "rna" in self.errors and typed and chosen & set(ALSACE_MOSELLE):
            self.add_error(
                "rna",
                _("Une association inscrite au registre d’un tribunal d’Alsace ou de Moselle laisse ce champ vide."),
            )
        return said

    @classmethod
    def looked_up(cls, call: Call, user: User | None, posted: QueryDict) -> tuple["SignalForm", LookedUp]:
        """The form as it was typed, its empty fields filled in from the directory; nothing else is judged yet."""
        typed = {name: posted.get(name, "") for name in cls.base_fields}
        found = looked_up(typed, {name: cls.base_fields[name] for name in ("name", "legal_form", "rna")})
        ticked = {"territories": posted.getlist("territories")}
        return cls(call, user, typed={**typed, **found.added, **ticked}), found

    def said(self, user: User | None) -> Signal:
        """What was typed, cleaned, for the act."""
        typed = self.cleaned_data
        return Signal(
            name=typed["name"],
            legal_form=typed["legal_form"],
            siret=typed["siret"],
            rna=typed["rna"],
            registry=typed["registry"],
            contact_name=typed["contact_name"],
            contact_email=user.email if user else typed["contact_email"],
            contact_phone=typed["contact_phone"],
            territories=list(typed["territories"]),
            language=(get_language() or "fr")[:2],
        )


_AUTOCOMPLETE = {
    "name": "organization",
    "contact_name": "name",
    "contact_email": "email",
    "contact_phone": "tel",
}
