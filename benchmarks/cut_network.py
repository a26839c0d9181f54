"""A network to a server on this machine that can be cut: nothing passes, and then every connection breaks."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class CutNetwork:
    """Forwards a loopback port to another."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._open = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self, seconds: float) -> None:
        """Let nothing pass for so long, then break what was connected."""
        self._loop.call_soon_threadsafe(self._open.clear)
        time.sleep(seconds)
        self._loop.call_soon_threadsafe(self._mend)

    def _mend(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        self._open.set()

    async def serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._open.set()
        server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(far_writer)
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
            self._writers.discard(far_writer)
        except OSError:
            pass  # the server is away: whoever asked sees a broken connection
        finally:
            writer.close()
            self._writers.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@contextmanager
def cut_network(port: int, target: int) -> Iterator[CutNetwork]:
    """The network from `port` to `target`, until the end of the block."""
    network = CutNetwork(port, target)
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    task = loop.create_task(network.serve(ready))
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield network
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        loop.close()
