"""Whether the web server answers, for its container's health: as nginx would ask, and without importing the portal."""

import os
import sys
from http import HTTPStatus
from urllib.error import URLError
from urllib.request import Request, urlopen


def main(address: str) -> int:
    """0 when the page answers 200; anything else is ill, a redirection to HTTPS too."""
    name = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")
    request = Request(address, headers={"Host": name, "X-Forwarded-Proto": "https"})  # noqa: S310 - from our own compose file
    try:
        with urlopen(request, timeout=8) as answer:  # noqa: S310 - as above
            return 0 if answer.status == HTTPStatus.OK else 1
    except URLError as error:
        print(error)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
