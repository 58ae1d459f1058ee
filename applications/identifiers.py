"""Numbers: those the portal gives, and those a structure has. Each message says which part is wrong."""

import re
import secrets
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import luhn
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.fr import siren, siret
from stdnum.iso7064 import mod_37_36

# No I, L, O or U: nothing that is misread over the telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RNA = re.compile(r"W(\d{9}|9[A-Z]\d{7})")
# Departments whose associations are in the register of a local court, and have no RNA number.
ALSACE_MOSELLE = ("57", "67", "68")
# Regions a phone number of a French territory may be written from, local form included.
_PHONE_REGIONS = ("FR", "GP", "GF", "MQ", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")


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


def compact(text: str) -> str:
    """What was typed without spaces of any kind, dots or dashes: people paste numbers as they find them."""
    left_out = ".-\u200b\u2010\u2011\u2012\u2013"
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in left_out)


def clean_siret(text: str) -> str:
    """A SIRET in fourteen digits; raises `ValidationError` saying whether its length, a character or a key is wrong."""
    number = compact(text)
    if not number.isascii() or not number.isdigit():
        raise ValidationError(_("Un numéro SIRET ne contient que des chiffres."), code="digits")
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


def clean_rna(text: str) -> str:
    """An RNA number, overseas ones included (W9R1000123); raises `ValidationError`."""
    number = compact(text).upper()
    if number and not _RNA.fullmatch(number):
        raise ValidationError(
            _(
                "Un numéro RNA est la lettre W suivie de 9 chiffres, ou, outre-mer, de 9, d’une lettre et de 7 chiffres"
                " (par exemple W751234567 ou W9R1000123)."
            ),
            code="rna",
        )
    return number


def clean_phone(text: str) -> str:
    """A telephone number in international form, from any French territory; raises `ValidationError`."""
    if not text.strip():
        return ""
    for region in _PHONE_REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValidationError(
        _("Ce numéro de téléphone n’existe pas. Écrivez-le par exemple 01 23 45 67 89 ou +262 262 12 34 56."),
        code="phone",
    )


def spaced_phone(number: str) -> str:
    """A kept telephone number as people read it: « +33 1 23 45 67 89 »; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", "\u00a0")
