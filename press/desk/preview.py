"""Live preview: a server on this machine only, which shows the web edition and the pages of the part being written.

Saved files are seen by watchfiles; the browser is told by server-sent events what there is to fetch. Findings stand in
the page and in the terminal.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import multiprocessing
import signal
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route
from watchfiles import awatch

from press.desk.proofs import Proof, proof
from press.desk.workshop import Loader, Workshop
from press.findings import Finding

HOST = "127.0.0.1"
WATCHED = ("manuscript", "images", "styles")
DEBOUNCE = 60  # ms of quiet after which a save is taken to be whole
mimetypes.add_type("font/woff2", ".woff2")


class Preview:
    """The server of one book."""

    def __init__(self, folder: Path, styles: Loader) -> None:
        self.workshop = Workshop(folder, styles)
        self.part = ""  # the id of the part whose pages are shown
        self.proof = Proof([], True, [])
        self.version = self.proofed = 0  # how often the site, and the pages, were made
        self._changed = asyncio.Condition()
        self._wanted = asyncio.Event()  # pages are to be typeset
        self._setter: ProcessPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False

    def app(self) -> Starlette:
        """Return the ASGI application. Only requests that name this machine are answered."""
        routes = [
            Route("/", self.desk),
            Route("/events", self.events),
            Route("/show/{page:path}", self.show),
            Route("/web/{name:path}", self.web),
            Route("/pages/{number:int}.png", self.page),
            Route("/{name}", self.own),
        ]
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
        return Starlette(routes=routes, middleware=[hosts], lifespan=self._life)

    @asynccontextmanager
    async def _life(self, app: Starlette) -> AsyncIterator[None]:
        """Make the book, then watch it for as long as the server runs."""
        self._loop = asyncio.get_running_loop()
        self._setter = _process()
        await self._update("the book")
        tasks = [asyncio.create_task(work) for work in (self._watch(True), self._watch(False), self._typeset())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._setter.shutdown(cancel_futures=True)

    # What is made

    async def _watch(self, deep: bool) -> None:
        """Watch the folders of the book with all that is in them, or the book's own folder and not what is below."""
        folder = self.workshop.folder.resolve()
        places = [folder / name for name in WATCHED if (folder / name).is_dir()] if deep else [folder]
        async for changes in awatch(*places, recursive=deep, debounce=DEBOUNCE * 4, step=DEBOUNCE):
            names = sorted({str(Path(path).relative_to(folder)) for _, path in changes})
            names = [name for name in names if deep or name == "book.yaml"]
            if names:
                await self._update(*names)

    async def _update(self, *names: str) -> None:
        """Bring the site up to date with the files that were saved, and have the pages follow."""
        styles = any(name.startswith("styles") for name in names)
        await asyncio.to_thread(self.workshop.update, styles)
        for document in map(self.workshop.of_source, names):
            if document:
                self.part = document.id
        documents = self.workshop.documents()
        if self.part not in {document.id for document in documents}:
            chapters = [document for document in documents if document.matter == "body"] or documents
            self.part = chapters[0].id if chapters else ""
        self._say(f"{', '.join(names)}: {self.workshop.seconds:.1f} s", self.workshop.findings)
        await self._tell(web=True)
        if not self.workshop.findings:
            self._wanted.set()

    async def _typeset(self) -> None:
        """Typeset the part that is shown whenever that is wanted; what is wanted meanwhile is done once, after it."""
        loop = asyncio.get_running_loop()
        while await self._wanted.wait():
            self._wanted.clear()
            if not self.part:
                continue
            began, part = time.perf_counter(), self.part
            styles = self.workshop.styles.folders
            try:
                made = await loop.run_in_executor(self._setter, proof, self.workshop.galleys, styles, part)
            except Exception as error:  # the preview outlives whatever a half-written book or style sheet does to it
                if isinstance(error, BrokenProcessPool):
                    self._setter = _process()
                if self._wanted.is_set():  # the galleys were exchanged meanwhile
                    continue
                made = Proof([], True, [Finding(part, 0, f"its pages cannot be set: {error}", "sheets")])
            self.proof = made if made.pages else self.proof._replace(findings=made.findings)
            self._say(f"pages of {part}: {time.perf_counter() - began:.1f} s", made.findings)
            await self._tell(web=False)

    async def _tell(self, web: bool) -> None:
        async with self._changed:
            self.version += web
            self.proofed += not web
            self._changed.notify_all()

    def close(self) -> None:
        """End the streams of events, which would keep the server up; may be called by a signal handler."""
        self._closing = True

        async def wake() -> None:
            async with self._changed:
                self._changed.notify_all()

        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(wake(), self._loop)

    def _say(self, what: str, findings: list[Any]) -> None:
        count = f"{len(findings) or 'no'} finding{'s' if len(findings) != 1 else ''}"
        click.echo("\n".join([f"{what}, {count}", *(f"    {finding}" for finding in findings)]))

    def state(self) -> dict[str, Any]:
        """Return what the browser has to know."""
        findings = sorted({*self.workshop.findings, *self.proof.findings})
        return {
            "web": self.version,
            "proof": self.proofed,
            "part": self.part,
            "pages": len(self.proof.pages),
            "recto": self.proof.recto,
            "findings": [str(finding) for finding in findings],
        }

    # What is asked for

    async def desk(self, request: Request) -> Response:
        """The page around the two editions."""
        site = self.workshop.site
        title = site.book.title if site else self.workshop.folder.resolve().name
        return HTMLResponse(self.workshop.styles.render("preview/desk.html.j2", title=title))

    async def own(self, request: Request) -> Response:
        """The preview's own script and style sheet."""
        name = request.path_params["name"]
        if name not in ("preview.js", "preview.css"):
            return Response(status_code=404)
        return _fresh(self.workshop.styles.find(f"preview/{name}").read_bytes(), name)

    async def events(self, request: Request) -> Response:
        """The state, now and whenever it changes, as server-sent events."""

        async def stream() -> AsyncIterator[str]:
            while not self._closing:
                known = self.version, self.proofed
                yield f"data: {json.dumps(self.state())}\n\n"
                async with self._changed:
                    while known == (self.version, self.proofed) and not self._closing:
                        await self._changed.wait()

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def show(self, request: Request) -> Response:
        """The browser has gone to another page: show the pages of its part."""
        document = self.workshop.of_page(request.path_params["page"])
        if document and document.id != self.part:
            self.part = document.id
            self._wanted.set()
        return Response(status_code=204)

    async def web(self, request: Request) -> Response:
        """A file of the web edition."""
        if self.workshop.site is None:
            return HTMLResponse(self.workshop.styles.render("preview/nothing.html.j2"))
        name = request.path_params["name"]
        content = await asyncio.to_thread(self.workshop.file, name)
        if content is None:
            return HTMLResponse(self.workshop.missing(), status_code=404)
        return _fresh(content, name or "index.html")

    async def page(self, request: Request) -> Response:
        """A page of the part that is shown, as PNG; they are numbered from 0."""
        number = request.path_params["number"]
        if number >= len(self.proof.pages):
            return Response(status_code=404)
        return _fresh(self.proof.pages[number], "page.png")


def _process() -> ProcessPoolExecutor:
    """Return a process for the pages. Ctrl-C is the server's affair, which ends it."""
    ignore = (signal.SIGINT, signal.SIG_IGN)
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), signal.signal, ignore)


def _fresh(content: str | bytes, name: str) -> Response:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(
        content, media_type=kind, headers={"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    )


class _Server(uvicorn.Server):
    """Ends the events of open browsers before it waits for them to go."""

    def __init__(self, config: uvicorn.Config, preview: Preview) -> None:
        super().__init__(config)
        self.preview = preview

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.preview.close()
        super().handle_exit(sig, frame)


def serve(folder: Path, styles: Loader, port: int) -> None:
    """Serve the preview of the book in `folder` on this machine until it is interrupted."""
    click.echo(f"preview of {folder.resolve().name}: http://{HOST}:{port}/  (Ctrl-C ends it)")
    preview = Preview(folder, styles)
    config = uvicorn.Config(preview.app(), host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=1)
    with suppress(KeyboardInterrupt):
        _Server(config, preview).run()
