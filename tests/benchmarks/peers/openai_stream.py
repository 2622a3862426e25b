"""Read one streamed answer after the other by the openai SDK, and print the seconds of each.

Runs in the environment of the benchmarks' peers: `openai_stream.py ADDRESS ROUNDS`.
"""

import asyncio
import json
import sys
import time

from openai import AsyncOpenAI


async def main(address: str, rounds: int) -> None:
    client = AsyncOpenAI(base_url=address, api_key="none", max_retries=0)
    taken = [await _read(client) for _ in range(rounds + 1)]
    print(json.dumps(taken[1:]))


async def _read(client: AsyncOpenAI) -> float:
    begun = time.perf_counter()
    stream = await client.chat.completions.create(
        model="bench", messages=[{"role": "user", "content": "Stream."}], stream=True
    )
    async for chunk in stream:
        chunk.choices[0].delta.content  # noqa: B018 - reading it is what a caller does
    return time.perf_counter() - begun


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
