"""The names a clerk may write in braces in an adapted letter, and what each becomes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.timesince import timeuntil
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import euros, in_zone, paris, paris_second

Variables = Mapping[str, Any]
IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
# What a value may take of a subject: the rest of it must still be read on a telephone.
LONGEST_IN_A_SUBJECT = 60


@dataclass(frozen=True)
class Placeholder:
    """A name, what it becomes in words, and how it is read from the variables of a letter.

    `in_subject`: a subject is read on locked screens, over shoulders; it carries no link, no reason, no outcome.
    """

    name: str
    says: Sentence
    value: Callable[[Variables], Any]
    in_subject: bool = True

    @property
    def typed(self) -> str:
        """As one types it."""
        return f"{{{self.name}}}"


PLACEHOLDERS: dict[str, Placeholder] = {}


def declare(name: str, says: Sentence, value: Callable[[Variables], Any], *, in_subject: bool = True) -> None:
    """Add a name; which letters know it, the table of kinds says."""
    PLACEHOLDERS[name] = Placeholder(name, says, value, in_subject)


def filled(text: str, variables: Variables) -> str:
    """The text with each name in braces replaced by its value; a name nobody knows stays as it is typed."""

    def value(found: re.Match[str]) -> str:
        placeholder = PLACEHOLDERS.get(found[1].strip())
        return str(placeholder.value(variables)) if placeholder else found[0]

    return IN_BRACES.sub(value, text)


def filled_on_a_line(text: str, variables: Variables) -> str:
    """The same for a subject: what people typed is shortened, on one line, without invisible signs."""

    def value(found: re.Match[str]) -> str:
        placeholder = PLACEHOLDERS.get(found[1].strip())
        return _short(str(placeholder.value(variables))) if placeholder else found[0]

    return IN_BRACES.sub(value, text)


def _short(value: str) -> str:
    line = "".join(c for c in " ".join(value.split()) if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    return line if len(line) <= LONGEST_IN_A_SUBJECT else line[: LONGEST_IN_A_SUBJECT - 1].rstrip() + "…"


def as_typed(text: str, variables: Variables, known: Iterable[Placeholder]) -> str:
    """The other way round: a text made from these variables, with each value written as its name in braces."""
    names: dict[str, str] = {}
    for placeholder in known:
        names.setdefault(_spaced(str(placeholder.value(variables))), placeholder.typed)
    values = sorted(filter(None, names), key=len, reverse=True)
    if not values:
        return text
    # A subject has lost its no-break spaces, an opening has kept them.
    anyone = "|".join(re.escape(value).replace(r"\ ", "[ \u00a0]") for value in values)
    return re.sub(rf"(?<!\w)(?:{anyone})(?!\w)", lambda found: names[_spaced(found[0])], text)


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


# --- every letter of a call

declare("appel", _("le titre de l’appel à projets"), lambda v: v["call"].title)
declare("destinataire", _("le nom de la personne à qui l’on écrit"), lambda v: v["to"].name or v["to"].address)
declare("service", _("le nom du service, comme dans l’appel"), lambda v: v["call"].service_name)
declare("telephone", _("le téléphone du service"), lambda v: v["call"].service_phone)
declare("courriel", _("l’adresse électronique du service"), lambda v: v["call"].service_email, in_subject=False)
declare("cloture", _("la clôture, à l’heure de Paris"), lambda v: paris(v["call"].closes_at))
declare("lien", _("l’adresse de la page à ouvrir, qui demande de se connecter"), lambda v: v["desk"], in_subject=False)

# --- letters about a candidacy

declare("numero", _("le numéro du dossier"), lambda v: v["candidacy"].number)
declare("structure", _("le nom de la structure"), lambda v: v["organisation"].name)


def _closing_overseas(variables: Variables) -> str:
    closes_at = variables["call"].closes_at
    hours = [
        gettext("%(places)s : %(hour)s") % {"places": local.places, "hour": in_zone(closes_at, local.zone)}
        for local in variables["local_times"]
    ]
    return ", ".join(hours) or paris(closes_at)


declare(
    "cloture_locale",
    _("la clôture à l’heure des territoires d’outre-mer du dossier ; sans outre-mer, à l’heure de Paris"),
    _closing_overseas,
)

# --- what one letter or another tells

declare(
    "lien_personnel",
    _("le lien personnel qui rattache un compte ; ne le donnez qu’ici, jamais ailleurs"),
    lambda v: v["link"] or v["desk"],
    in_subject=False,
)
declare("invitant", _("la personne qui invite"), lambda v: v["inviter"].name)
declare("expediteur", _("la structure qui écrit"), lambda v: v["sender"].name, in_subject=False)
declare("droits", _("ce que la personne invitée pourra faire du dossier"), lambda v: v["rights"])
declare(
    "reste", _("le temps qui reste avant la clôture : « 2 jours »"), lambda v: timeuntil(v["call"].closes_at, v["at"])
)
declare("recepisse", _("le numéro de l’accusé de réception"), lambda v: v["receipt"].number)
declare("version", _("le numéro de la version déposée"), lambda v: v["says"]["version"])
declare("depose_le", _("l’instant du dépôt, à la seconde"), lambda v: paris_second(v["says"]["arrived_at"]))
declare("ancienne_cloture", _("la clôture d’avant le report"), lambda v: paris(v["extension"].former_closes_at))
declare("echeance", _("l’instant avant lequel compléter"), lambda v: paris(v["request"].due_at))
declare(
    "pieces",
    _("les pièces dont il s’agit, séparées par des virgules"),
    lambda v: ", ".join(item.requirement.label for item in v["items"]),
)


def _reason(variables: Variables) -> str:
    if "extension" in variables:
        return str(variables["extension"].reason)
    return str(variables["award"].reasons if "award" in variables else variables["reason"])


def _outcome(variables: Variables) -> str:
    if "award" in variables:
        return str(variables["award"].get_outcome_display())
    return gettext("écartée") if variables["exclusion"] else gettext("éligible")


declare("motif", _("le motif, tel qu’il a été écrit"), _reason, in_subject=False)
declare("issue", _("l’issue, en un mot"), _outcome, in_subject=False)


def _grant(variables: Variables) -> str:
    amount = variables["award" if "award" in variables else "agreement"].amount
    return euros(amount) if amount else gettext("aucune subvention")


declare("montant", _("la subvention attribuée, ou « aucune subvention »"), _grant, in_subject=False)
