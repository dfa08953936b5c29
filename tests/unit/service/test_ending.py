import asyncio

from citynoc.ending import end


def test_a_task_that_loses_the_word_is_told_again():
    deaf = 0

    async def loses_the_first_word() -> None:
        nonlocal deaf
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                deaf += 1
                if deaf > 1:
                    raise

    async def in_a_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(loses_the_first_word())

    async def waits() -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_a_group()), group.create_task(waits())]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await end(tasks, patience=0.01)
        assert all(task.cancelled() for task in tasks)

    asyncio.run(run())
    assert deaf == 2
