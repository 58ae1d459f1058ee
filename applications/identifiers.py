"""Numbers: those the portal gives, and those a structure has. Each message says which part is wrong."""

import re
import secrets
import unicodedata
from urllib.parse import quote, unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.fr import siren, siret
from stdnum.iso7064 import mod_37_36

from hubs_portal.refusals import Sentence

# No I, L, O or U: nothing that is misread over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RNA = re.compile(r"W(\d{9}|9[A-Z]\d{7})")
# Departments whose associations are in the register of a local court, and have no RNA number.
ALSACE_MOSELLE = ("57", "67", "68")
_AMALIA = re.compile(r"A\d{4}[A-Z]{3}\d{6}")
# What is said of a register beside the town of the court.
_OF_A_REGISTER = re.compile(
    r"\b(registre|associations?|tribunal|judiciaire|grande|petite|proximit[ée]|instance|tj|tgi|ti|vol(ume)?|fol(io)?|de"
    r"|du|des|d|la|le|les|l|au|n|no|et)\b",
    re.IGNORECASE,
)


def new_number(prefix: str) -> str:
    """A random number with a check character, for instance `HFC-7K3Q-9M2P`; never sequential."""
    while True:
        body = "".join(secrets.choice(_ALPHABET) for _ in range(7))
        check = mod_37_36.calc_check_digit(body)
        if check in _ALPHABET:
            return f"{prefix}-{body[:4]}-{body[4:]}{check}"


def is_number(text: str) -> bool:
    """Whether `text` could be a number of ours: its check character is right."""
    _prefix, _dash, rest = text.strip().upper().partition("-")
    return bool(re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", rest)) and mod_37_36.is_valid(rest.replace("-", ""))


# How a model of the kit says, among its keywords, which one it is and of which version: one word, whatever the version.
KIT_STAMP = re.compile(r"kit:([-\w]{1,40}):([-.\w%~]{1,180})", re.ASCII)


def kit_stamp(code: str, version: str) -> str:
    """The keyword of a version of a model of the kit."""
    return f"kit:{code}:{quote(version, safe='')}"


def read_kit_stamp(keywords: str) -> tuple[str, str]:
    """The code and the version a document says it was made from; empty when it says nothing."""
    found = KIT_STAMP.search(keywords)
    return (found[1], unquote(found[2])[:20]) if found else ("", "")


def compact(text: str) -> str:
    """What was typed without spaces or invisible signs of any kind, dots or dashes: numbers are pasted as found."""
    left_out = ".-\u2010\u2011\u2012\u2013\u2014\u2212"
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf" and c not in left_out)


def clean_siret(text: str) -> str:
    """A SIRET in fourteen digits; raises `ValidationError` saying whether its length, a character or a key is wrong."""
    number = re.sub(r"^(SIRET)?(N°|No|N)?:?", "", compact(text), flags=re.IGNORECASE)
    _refuse_other_number(number)
    if wrong := _not_digits(number):
        raise ValidationError(
            _("Un numéro SIRET ne contient que des chiffres : corrigez « %(wrong)s ».") % {"wrong": wrong},
            code="digits",
        )
    if len(number) != 14:
        raise ValidationError(
            _("Un numéro SIRET a 14 chiffres ; celui-ci en a %(n)s.") % {"n": len(number)}, code="length"
        )
    if not luhn.is_valid(number[:9]):
        raise ValidationError(
            _("Les 9 premiers chiffres (le SIREN, %(siren)s) contiennent une erreur : leur clé est fausse.")
            % {"siren": number[:9]},
            code="siren",
        )
    try:
        siren.validate(number[:9])
        siret.validate(number)
    except (InvalidChecksum, InvalidFormat, InvalidLength) as error:
        raise ValidationError(
            _("Les 5 derniers chiffres (l’établissement, %(nic)s) contiennent une erreur : la clé est fausse.")
            % {"nic": number[9:]},
            code="nic",
        ) from error
    return number


def _refuse_other_number(number: str) -> None:
    """What people copy in place of a SIRET, named: the number is then easy to find."""
    if re.fullmatch(r"\d{9}", number, re.ASCII):
        raise ValidationError(
            _("C’est un numéro SIREN, de 9 chiffres : ajoutez les 5 chiffres de l’établissement, qui le suivent."),
            code="siren_alone",
        )
    if re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", number.upper(), re.ASCII):
        raise ValidationError(
            _("C’est un numéro de TVA. Le SIRET a 14 chiffres : il est sur l’avis de situation Sirene."), code="vat"
        )
    if _RNA.fullmatch(number.upper()):
        raise ValidationError(
            _("C’est un numéro RNA. Le SIRET a 14 chiffres : il est sur l’avis de situation Sirene."), code="rna"
        )


def _not_digits(number: str) -> str:
    """The characters that are not plain digits, once each, the first few."""
    return "".join(dict.fromkeys(c for c in number if not (c.isascii() and c.isdigit())))[:5]


def clean_rna(text: str) -> str:
    """An RNA number, overseas ones included (W9R1000123); raises `ValidationError` saying which part is wrong."""
    number = compact(text).upper()
    if not number or _RNA.fullmatch(number):
        return number
    wrong: Sentence
    if number[0] != "W":
        wrong = _("Un numéro RNA commence par la lettre W ; celui-ci commence par « %(first)s ».") % {
            "first": number[0]
        }
    elif len(number) != 10:
        wrong = _("Un numéro RNA a 10 signes, la lettre W comprise ; celui-ci en a %(n)s.") % {"n": len(number)}
    elif re.fullmatch(r"W9[A-Z].*", number) or _not_digits(number[3:]):
        wrong = _(
            "Après les trois premiers signes d’un numéro RNA, il n’y a que des chiffres : corrigez « %(sign)s »."
        ) % {"sign": _not_digits(number[3:])}
    else:
        wrong = _("La lettre « %(sign)s » n’est possible qu’outre-mer, après W9.") % {"sign": _not_digits(number[1:3])}
    raise ValidationError(_("%(wrong)s Exemples : W751234567, ou W9R1000123 outre-mer.") % {"wrong": wrong}, code="rna")


def clean_registry(text: str) -> str:
    """An entry of a register of Alsace-Moselle: the court, volume and folio, or its number since it is kept online."""
    said = " ".join(text.split())
    if not said or _AMALIA.fullmatch(compact(said).upper()):
        return said
    if not re.search(r"\d", said):
        raise ValidationError(
            _("Ajoutez le volume et le folio, par exemple : Strasbourg, volume 12, folio 34."), code="volume"
        )
    if not re.search(r"[^\W\d_]{3}", _OF_A_REGISTER.sub(" ", said)):
        raise ValidationError(
            _("Ajoutez la ville du tribunal, par exemple : Strasbourg, volume 12, folio 34."), code="court"
        )
    return said
