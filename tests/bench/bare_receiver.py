"""The receiver's peer: the same server and the same append, and no question asked.

It takes a free port and prints which.  `python -m tests.bench.bare_receiver REDIS_PORT`
"""

import asyncio
import socket
import sys

import uvicorn
import uvloop
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiosk.webhooks.stream.pen import Pen


def application(redis: int) -> Starlette:
    """Keeps every body."""
    pen = Pen(Redis(port=redis), replicas=0)

    async def keep(request: Request) -> Response:
        await pen.append("bare", {"body": await request.body()})
        return Response()

    return Starlette(routes=[Route("/midtrans", keep, methods=["POST"])])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or ():
            print(each.getsockname()[1], flush=True)


async def serve(redis: int) -> None:
    """Serve until killed; says where when it listens."""
    config = uvicorn.Config(
        application(redis), http="httptools", loop="none", ws="none", lifespan="off",
        log_config=None, access_log=False,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as listening:
        await _Server(config).serve([listening])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
