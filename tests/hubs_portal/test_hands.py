"""Whole files pass through two hands at a time, which step back before the threads that answer pages."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hubs_portal import hands


def test_two_files_are_in_hand_at_once_and_the_others_wait_their_turn() -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1

    with ThreadPoolExecutor(10) as people:
        list(people.map(lambda _: hands.lend(work), range(10)))

    assert (most, under_way) == (2, 0)


def test_what_the_work_returns_or_raises_comes_back_to_whoever_asked() -> None:
    assert hands.lend(lambda: "read") == "read"
    with pytest.raises(FileNotFoundError, match="not here"):
        hands.lend(_fail)


def _fail() -> None:
    raise FileNotFoundError("not here")


@pytest.mark.skipif(sys.platform != "linux", reason="priorities belong to threads on Linux only")
def test_a_hand_steps_back_and_whoever_asked_does_not() -> None:
    before = os.nice(0)

    assert hands.lend(lambda: os.nice(0)) > before
    assert os.nice(0) == before


def test_a_forked_process_has_hands_of_its_own() -> None:
    assert hands.lend(os.getpid) == os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, str(hands.lend(os.getpid)).encode())
        os._exit(0)

    os.waitpid(child, 0)
    assert os.read(reading, 20).decode() == str(child)
    os.close(reading)
    os.close(writing)
