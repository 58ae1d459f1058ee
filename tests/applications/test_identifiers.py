"""Numbers a structure has: taken as they are pasted; when one is wrong, the sentence says which part."""

import pytest
from django.core.exceptions import ValidationError

from applications.bank_accounts import clean_iban, masked_iban, spaced_iban
from applications.identifiers import clean_registry, clean_rna, clean_siret, kit_stamp, read_kit_stamp
from applications.telephones import clean_phone

NBSP, THIN, INVISIBLE = "\u00a0", "\u202f", "\u200b\u2060\ufeff\u200e"


def sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("73282932000074", "73282932000074"),
        (f"732{NBSP}829{THIN}320{INVISIBLE} 00074", "73282932000074"),
        ("732.829.320.00074", "73282932000074"),
        ("SIRET : 732 829 320 00074", "73282932000074"),
        ("n° 732829320-00074", "73282932000074"),
        ("35600000000048", "35600000000048"),  # La Poste, head office
        ("356 000 000 09075", "35600000009075"),  # one of its establishments
    ],
)
def test_a_siret_is_taken_as_it_is_pasted(typed: str, kept: str) -> None:
    assert clean_siret(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7328293200007", "celui-ci en a 13"),
        ("732829320O0074", "corrigez « O »"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "que des chiffres"),
        ("73282932100074", "9 premiers chiffres (le SIREN, 732829321)"),
        ("73282932000079", "5 derniers chiffres (l’établissement, 00079)"),
        ("35600000009076", "5 derniers chiffres (l’établissement, 09076)"),
        ("732829320", "C’est un numéro SIREN"),
        ("FR32 732 829 320", "C’est un numéro de TVA"),
        ("W751234567", "C’est un numéro RNA"),
    ],
)
def test_a_wrong_siret_says_which_part(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        clean_siret(typed)

    assert said in sentence(error)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("w 751 234 567", "W751234567"), ("", "")]
    + [(f"W9{letter}1000123", f"W9{letter}1000123") for letter in "RGMCTNPFSB"],
)
def test_an_rna_number_is_taken_overseas_included(typed: str, kept: str) -> None:
    assert clean_rna(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0751234567", "commence par la lettre W ; celui-ci commence par « 0 »"),
        ("W12345", "celui-ci en a 6"),
        ("W75123456O", "corrigez « O »"),
        ("W7R1000123", "« R » n’est possible qu’outre-mer, après W9"),
        ("W9R10001Z3", "corrigez « Z »"),
    ],
)
def test_a_wrong_rna_number_says_which_part(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        clean_rna(typed)

    assert said in sentence(error)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Strasbourg,  vol. 12, folio 34 ", "Strasbourg, vol. 12, folio 34"),
        ("A2020STR000123", "A2020STR000123"),
        ("Tribunal de Saverne vol 3 n° 45", "Tribunal de Saverne vol 3 n° 45"),
        ("", ""),
    ],
)
def test_a_register_of_alsace_moselle_is_taken(typed: str, kept: str) -> None:
    assert clean_registry(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"), [("Metz", "le volume et le folio"), ("volume 12, folio 34", "la ville du tribunal")]
)
def test_what_a_register_lacks_is_said(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        clean_registry(typed)

    assert said in sentence(error)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01 99 00 20 18", "+33199002018"),
        ("+33 (0)1.99.00.20.18", "+33199002018"),
        (f"06{NBSP}39{NBSP}98{THIN}00 12", "+262639980012"),
        ("0590 00 20 18", "+590590002018"),
        ("0690 35 12 34", "+590690351234"),
        ("0691 12 34 56", "+590691123456"),
        ("0594 30 12 34", "+594594301234"),
        ("0694 20 12 34", "+594694201234"),
        ("0596 60 12 34", "+596596601234"),
        ("0696 20 12 34", "+596696201234"),
        ("0697 20 12 34", "+596697201234"),
        ("0262 12 34 56", "+262262123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0693 12 34 56", "+262693123456"),
        ("0269 61 12 34", "+262269611234"),
        ("0508 41 12 34", "+508411234"),
        ("+508 41 12 34", "+508411234"),
        ("+687 25 00 18", "+687250018"),
        ("+689 40 12 34 56", "+68940123456"),
        ("87 12 34 56", "+68987123456"),
        ("+681 72 25 25", "+681722525"),
        ("00 262 692 12 34 56", "+262692123456"),
        ("+33 692 12 34 56", "+262692123456"),  # as many telephones keep it
        ("+32 2 555 12 12", "+3225551212"),
        ("", ""),
    ],
)
def test_a_telephone_of_every_french_territory_is_taken(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("01 23", "Il manque des chiffres à ce numéro de téléphone : il en a 4"),
        ("01 23 45 67 89 0", "trop de chiffres : il en a 11"),
        ("01 99 00 20 18 poste 3", "corrigez « poste »"),
        ("07 00 12 34 56", "ne commence ainsi : « 07001 »"),
        ("72 25 25", "plusieurs territoires : faites-le précéder de l’indicatif, +508, +681, +687"),
        ("+687 1", "Il manque des chiffres"),
        ("+", "Il manque des chiffres"),
    ],
)
def test_a_wrong_telephone_says_which_part(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        clean_phone(typed)

    assert said in sentence(error)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"FR14 2004 1010 {NBSP}0505 0001 3M02 606", "FR1420041010050500013M02606"),
        ("IBAN : fr14 2004 1010 0505 0001 3m02 606", "FR1420041010050500013M02606"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("", ""),
    ],
)
def test_an_iban_is_taken_as_it_is_pasted(typed: str, kept: str) -> None:
    assert clean_iban(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("FR142004101005050001", "a 27 signes ; celui-ci en a 20"),
        ("FR1520041010050500013M02606", "Les deux chiffres après FR, « 15 »"),
        ("FR1420041010050500013M02607", "Le numéro de compte, « 0500013M026 », ou sa clé, « 07 »"),
        ("FR14200410100505000!3M02606", "corrigez « ! »"),
        ("20041010050500013M02606", "C’est le RIB seul"),
        ("1234", "celui-ci commence par « 1234 »"),
        ("DE89370400440532013001", "son pays, sa longueur et sa clé"),
        ("FR14A0041010050500013M02606", "Le code de la banque et du guichet"),
    ],
)
def test_a_wrong_iban_says_which_part(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        clean_iban(typed)

    assert said in sentence(error)


def test_an_iban_is_shown_by_four_to_its_owner_and_masked_to_the_others() -> None:
    number = "FR1420041010050500013M02606"

    assert spaced_iban(number).replace(NBSP, " ") == "FR14 2004 1010 0505 0001 3M02 606"
    assert masked_iban(number).replace(NBSP, " ") == "FR14 … 2606"


@pytest.mark.parametrize("version", ["2018-09", "2", "v 2, corrigée", "é" * 20, "a;b:c"])
def test_a_stamp_says_any_version_in_one_word(version: str) -> None:
    said = f"budget, {kit_stamp('budget', version)}; autre"

    assert read_kit_stamp(said) == ("budget", version)
    assert read_kit_stamp("kit: rien") == ("", "")
