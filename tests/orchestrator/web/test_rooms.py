from __future__ import annotations

import asyncio
from functools import partial
from threading import Event

import pytest

from orchestrator.web.problems import Problem
from orchestrator.web.rooms import Room


def test_whoever_waits_gets_a_turn() -> None:
    async def crowd() -> list[int]:
        room = Room("test", threads=2, wait_seconds=30)
        return await asyncio.gather(*(room.run(partial(int, one)) for one in range(50)))

    assert asyncio.run(crowd()) == list(range(50))


def test_a_full_room_tells_who_waits_too_long_to_come_back() -> None:
    done = Event()

    async def crowd() -> Problem:
        room = Room("test", threads=1, wait_seconds=0)
        first = asyncio.create_task(room.run(done.wait))
        await asyncio.sleep(0)
        with pytest.raises(Problem) as refused:
            await room.run(done.wait)
        done.set()
        await first
        return refused.value

    problem = asyncio.run(crowd())
    assert (problem.status, problem.headers["Retry-After"]) == (503, "5")
