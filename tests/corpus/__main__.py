"""`make corpus`: judge the whole corpus, compare with the table, print what it came to.

    python -m tests.corpus            the run of `make corpus`
    python -m tests.corpus --write    write the table again, to be read before it is committed

Fails when a verdict is not that of the table, when an honest document is refused, when a process died or hung, when it
took more memory than it may, or when the corpus is smaller than promised.
"""

import sys

from tests.corpus.setting_up import set_up


def main() -> int:
    """Set Django up, then run."""
    set_up()
    from tests.corpus import running  # noqa: PLC0415 - it imports models

    return running.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
