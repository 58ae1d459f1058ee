"""The IBAN of a structure: read as it is pasted, and when it is wrong, in which part."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import ValidationError as NotAnIban

from applications.identifiers import compact
from hubs_portal.refusals import Sentence

_FRENCH = 27  # characters, overseas included
_RIB = 23
_COPY = _("Recopiez-le depuis le RIB.")


def clean_iban(text: str) -> str:
    """An IBAN without spaces; raises `ValidationError` saying which part is wrong."""
    number = re.sub(r"^IBAN:?", "", compact(text).upper())
    if number and (wrong := _wrong(number)):
        raise ValidationError(_("%(wrong)s %(copy)s") % {"wrong": wrong, "copy": _COPY}, code="iban")
    return number


def spaced_iban(number: str) -> str:
    """« FR14 2004 1010 … »: by four."""
    return "\u00a0".join(re.findall("..?.?.?", number))


def masked_iban(number: str) -> str:
    """Enough to recognise it, and not to use it: « FR14 … 2606 »."""
    return f"{number[:4]}\u00a0…\u00a0{number[-4:]}" if number else ""


def _wrong(number: str) -> Sentence:
    if strange := "".join(dict.fromkeys(c for c in number if not (c.isascii() and c.isalnum())))[:5]:
        return _("Un IBAN ne contient que des chiffres et des lettres : corrigez « %(strange)s ».") % {
            "strange": strange
        }
    if len(number) == _RIB and number[:10].isdigit():
        return _("C’est le RIB seul, de 23 signes : l’IBAN le fait précéder de « FR » et de deux chiffres.")
    if not re.match(r"[A-Z]{2}\d{2}", number):
        return _("Un IBAN commence par le pays et deux chiffres, comme FR76 ; celui-ci commence par « %(first)s ».") % {
            "first": number[:4]
        }
    if number.startswith("FR"):
        return _wrong_in_france(number)
    try:
        iban.validate(number)
    except NotAnIban:
        return _("Cet IBAN contient une erreur : son pays, sa longueur et sa clé ne vont pas ensemble.")
    return ""


def _wrong_in_france(number: str) -> Sentence:
    if len(number) != _FRENCH:
        return _("Un IBAN français a 27 signes ; celui-ci en a %(n)s.") % {"n": len(number)}
    bank, account = number[4:14], number[14:25]
    if not bank.isdigit():
        return _("Le code de la banque et du guichet, « %(bank)s », n’a que des chiffres.") % {"bank": bank}
    if not number[25:].isdigit():
        return _("La clé du RIB, les deux derniers signes, n’a que des chiffres : « %(key)s ».") % {"key": number[25:]}
    if not _is_a_rib(number[4:]):
        return _("Le numéro de compte, « %(account)s », ou sa clé, « %(key)s », contient une erreur.") % {
            "account": account,
            "key": number[25:],
        }
    if not iban.is_valid(number):
        return _("Les deux chiffres après FR, « %(key)s », ne sont pas ceux de ce compte.") % {"key": number[2:4]}
    return ""


def _is_a_rib(rib: str) -> bool:
    """Bank, branch, account and key of a French account make a multiple of 97, its letters read as digits."""
    return int("".join(c if c.isdigit() else str(_digit(c)) for c in rib)) % 97 == 0 if len(rib) == _RIB else False


def _digit(letter: str) -> int:
    """A to I are 1 to 9, J to R 1 to 9, S to Z 2 to 9."""
    rank = ord(letter) - ord("A")
    return rank % 9 + 1 if rank < 18 else rank - 16
