"""NHS numbers that belong to nobody."""

from itertools import count

_numbers = count()


def nhs_number() -> str:
    """The next valid number of the range 999 000 0000 to 999 000 9999."""
    while True:
        nine = f"99900{next(_numbers) % 10000:04d}"
        check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check < 10 or check == 11:
            return nine + str(check % 11)
