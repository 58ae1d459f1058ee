"""The forms of the AAP team's office."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.actions.amendment import team_account
from applications.actions.signalling import Signal
from applications.enums import LegalForm, Level
from applications.forms.fields import phone_field, rna_field, siret_field
from applications.models import Call, KitFile, Requirement, TeamMember, Territory
from applications.models.call import CallQuerySet
from applications.rules.amendment import is_locked, why_not_on_the_team
from applications.rules.enclosures import TOO_LARGE, too_large_together
from applications.rules.kit import why_not_told
from hubs_portal.files import safe_name, store
from hubs_portal.letters.compose import LARGEST
from hubs_portal.oneline import OneLineForm
from hubs_portal.refusals import Refusal

_REASON = _("Motif de la modification")


class Paragraphs(forms.CharField):
    """A list of sentences, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that say something."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the sentences differ, however they are spaced."""
        return bool(self.to_python(data) != (initial or []))


class CallForm(OneLineForm, forms.ModelForm[Call]):
    """A call; once it is published, why it changes."""

    proposals = Paragraphs(
        label=_("Points à confirmer"),
        required=False,
        help_text=_("Un par ligne. Ce que les textes de l’appel ne disent pas et que l’équipe doit confirmer."),
    )
    reason = forms.CharField(
        label=_REASON, required=False, max_length=500, help_text=_("Il entre au journal de l’appel, avec votre nom.")
    )

    class Meta:
        model = Call
        fields = "__all__"  # noqa: DJ007 - the room names the fields it shows, and locks what must be

    def clean(self) -> dict[str, Any]:
        """A published call changes for a reason."""
        given = super().clean() or self.cleaned_data
        changes = set(self.changed_data) - {"reason"}
        if self.instance.pk and is_locked(self.instance) and changes and not given.get("reason", "").strip():
            self.add_error("reason", _("L’appel est publié : écrivez le motif de la modification."))
        return given


class KitFileForm(OneLineForm, forms.ModelForm[KitFile]):
    """A file of the kit; sent again, it replaces the former one, which letters already sent keep."""

    upload = forms.FileField(label=_("fichier"), required=False)

    class Meta:
        model = KitFile
        fields = ["position", "label_fr", "label_en", "version", "requirement", "changes_fr", "changes_en"]

    def clean(self) -> dict[str, Any]:
        """Keep the file, under a name any computer accepts."""
        given = super().clean() or self.cleaned_data
        file = given.get("upload")
        if file and file.size > LARGEST:
            self.add_error("upload", TOO_LARGE)
        elif file:
            try:
                self.instance.stored = store(file)
            except Refusal as refusal:
                self.add_error("upload", str(refusal))
            self.instance.name = safe_name(file.name)
        elif not self.instance.pk and self.has_changed():
            self.add_error("upload", _("Choisissez le fichier à envoyer."))
        if self.instance.pk and not self.errors:
            self._say_what_changes(given)
        return given

    def _say_what_changes(self, given: dict[str, Any]) -> None:
        """Those who hold the file that stands are told of the one that takes its place."""
        before = KitFile.objects.select_related("call").get(pk=self.instance.pk)
        after = KitFile(
            stored_id=self.instance.stored_id, version=given["version"], changes_fr=given.get("changes_fr", "")
        )
        for name, sentence in why_not_told(before, after).items():
            self.add_error(name, str(sentence))


class KitFormSet(forms.BaseInlineFormSet[KitFile, Call, KitFileForm]):
    """The whole kit, which leaves with one letter."""

    def clean(self) -> None:
        """Refuse what is too large together; files already there and too large keep nobody from changing a word."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and form.instance.stored_id]
        sent = any(form.cleaned_data.get("upload") for form in kept if hasattr(form, "cleaned_data"))
        if sent and (sentence := too_large_together(form.instance.stored for form in kept)):
            raise forms.ValidationError(str(sentence))


class TeamMemberForm(OneLineForm, forms.ModelForm[TeamMember]):
    """A colleague, named by an address: the list of accounts is a list of candidates, and is shown to nobody."""

    email = forms.EmailField(
        label=_("adresse électronique"),
        max_length=254,
        help_text=_("Si elle n’a pas encore de compte, il est ouvert et une lettre part."),
    )

    class Meta:
        model = TeamMember
        fields = ["role", "capacity"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["email"].initial = self.instance.user.email
            self.fields["email"].disabled = True
            self.fields["email"].help_text = self.instance.user.name

    def clean_email(self) -> str:
        """In lower case; and of somebody who may join."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if not self.instance.pk and self.instance.call_id:
            sentence = why_not_on_the_team(self.instance.call_id, email)
            if sentence:
                raise forms.ValidationError(str(sentence), code="not_on_the_team")
        return email

    def account(self, at: datetime) -> None:
        """Find or open the account, just before the membership is saved."""
        if not self.instance.pk:
            self.instance.user = team_account(self.cleaned_data["email"], at=at)


class OfficeForm(OneLineForm, forms.Form):
    """A form on a page of our own, with the classes the admin's style sheet knows."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["class"] = "vLargeTextField"
            elif isinstance(field.widget, forms.TextInput):
                field.widget.attrs["class"] = "vTextField"


class ExtensionForm(OfficeForm):
    """A later closing time, and why."""

    new_closes_at = forms.DateTimeField(
        label=_("Nouvelle clôture, heure de Paris"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
    )
    reason = forms.CharField(
        label=_("Motif du report"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Il est publié et écrit à tous les inscrits, avec la clôture d’avant et la nouvelle."),
    )


class DuplicateForm(OfficeForm):
    """The name of the copy."""

    title = forms.CharField(label=_("Titre du nouvel appel"), max_length=200)
    slug = forms.SlugField(label=_("Adresse"), help_text=_("/appels/…/, en minuscules et tirets."))
    number_prefix = forms.CharField(label=_("Préfixe des numéros"), max_length=4)

    def clean_slug(self) -> str:
        """An address names one call."""
        slug: str = self.cleaned_data["slug"]
        if Call.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Un autre appel a déjà cette adresse."), code="taken")
        return slug

    def clean_number_prefix(self) -> str:
        """Capital letters."""
        prefix: str = self.cleaned_data["number_prefix"].strip().upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,3}", prefix):
            raise forms.ValidationError(
                _("De deux à quatre lettres ou chiffres, par exemple HFC ou HFC2."), code="prefix"
            )
        return prefix

    def named(self) -> dict[str, str]:
        """How the copy is called."""
        given = self.cleaned_data
        return {"title": given["title"], "slug": given["slug"], "prefix": given["number_prefix"]}


class LevelsForm(OneLineForm, forms.Form):
    """How much each document binds each legal form, as a table: a line a document, a column a form."""

    def __init__(self, requirements: list[Requirement], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requirements = requirements
        for requirement in requirements:
            levels = {rule.legal_form: rule.level for rule in requirement.rules.all()}
            for form in LegalForm:
                self.fields[_cell(requirement, form)] = forms.ChoiceField(
                    label=f"{requirement.label} – {form.label}",
                    choices=[("", "–"), *Level.choices],
                    required=False,
                    initial=levels.get(form.value, ""),
                )

    def rows(self) -> list[tuple[Requirement, list[forms.BoundField]]]:
        """The table."""
        return [(r, [self[_cell(r, form)] for form in LegalForm]) for r in self.requirements]

    def levels(self) -> dict[tuple[int, str], str]:
        """What was chosen, by key of the requirement and legal form."""
        return {
            (requirement.pk, form.value): self.cleaned_data[_cell(requirement, form)]
            for requirement in self.requirements
            for form in LegalForm
        }


def _cell(requirement: Requirement, form: LegalForm) -> str:
    return f"level-{requirement.pk}-{form.value}"


class EmailSignalForm(OfficeForm):
    """A candidacy that came by e-mail, typed by the team in a minute."""

    call = forms.ModelChoiceField(Call.objects.none(), label=_("Appel"), empty_label=None)
    name = forms.CharField(label=_("Nom de la structure"), max_length=200)
    legal_form = forms.ChoiceField(label=_("Forme juridique"), choices=[("", "–"), *LegalForm.choices])
    siret = siret_field(label=_("Numéro SIRET"), required=True)
    rna = rna_field(label=_("Numéro RNA"), help_text=_("Associations seulement, si elles l’ont donné."))
    contact_name = forms.CharField(label=_("Personne à contacter"), max_length=150)
    contact_email = forms.EmailField(
        label=_("Son adresse électronique"), max_length=254, help_text=_("Le kit et le lien du dossier y partent.")
    )
    contact_phone = phone_field(label=_("Son téléphone"))
    codes = forms.CharField(
        label=_("Territoires envisagés"),
        required=False,
        max_length=200,
        help_text=_("Numéros des départements ou collectivités, par exemple : 31, 32, 2A, 974."),
    )
    language = forms.ChoiceField(label=_("Langue des lettres"), choices=[("fr", _("français")), ("en", _("anglais"))])

    def __init__(self, calls: CallQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["call"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = calls

    def clean_codes(self) -> list[Territory]:
        """The territories those numbers name."""
        codes = [code.upper().zfill(2) for code in re.split(r"[\s,;/]+", self.cleaned_data["codes"]) if code]
        found = Territory.objects.in_bulk(codes)
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(
                _("Aucun territoire ne porte ce numéro : %(codes)s.") % {"codes": ", ".join(unknown)}, code="unknown"
            )
        return list(found.values())

    def said(self) -> Signal:
        """What the structure says."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"call", "codes"}}
        return Signal(**given, territories=self.cleaned_data["codes"])
