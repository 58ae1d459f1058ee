"""Numbers that are well formed and nobody's."""

from stdnum import luhn


def a_siret(n: int = 1, establishment: int = 1) -> str:
    """The n-th invented SIRET (0 ≤ n < 10 000): its SIREN begins with 0000, which the register has never given."""
    siren = luhn_complete(f"0000{n:04d}")
    return luhn_complete(f"{siren}{establishment:04d}")


def luhn_complete(digits: str) -> str:
    """The digits and the key that makes them valid."""
    return digits + str(luhn.calc_check_digit(digits))
