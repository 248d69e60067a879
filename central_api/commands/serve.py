"""`csr-central serve`: the API itself."""

from __future__ import annotations

import argparse
import gc
import ipaddress
import socket
import ssl
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from central_api.commands.options import add_common, database_of, made, say

if TYPE_CHECKING:
    import uvicorn

DEFAULT_PORT = 8787
GARBAGE = 50_000
"""New values after which circles are looked for."""
SHUTDOWN_SECONDS = 5
"""How long requests in work may take to end."""

EPILOG = """\
examples:
  csr-central serve --with-defaults
  csr-central serve --host 0.0.0.0 --port 443 --tls-cert cert.pem --tls-key key.pem

Plain http is served to this machine only. When ready it prints `listening URL` on stdout.
exit codes: 0 stopped   1 could not start   2 wrong arguments
"""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "serve",
        help="serve the API",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 picks a free one")
    parser.add_argument("--tls-cert", metavar="FILE", help="certificate chain, PEM")
    parser.add_argument("--tls-key", metavar="FILE", help="its private key, PEM")
    parser.add_argument(
        "--with-defaults",
        action="store_true",
        help="publish the policies and reasons that ship, if there is no policy yet",
    )
    parser.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input closes: for a program that serves as long as it lives",
    )
    parser.add_argument("--log", metavar="FILE", type=Path, help="log file (default: stderr)")
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    tls = bool(arguments.tls_cert and arguments.tls_key)
    if bool(arguments.tls_cert) != bool(arguments.tls_key):
        arguments.parser.error("--tls-cert and --tls-key belong together")
    if not tls and not is_loopback(arguments.host):
        arguments.parser.error(
            f"plain http is served to this machine only: give --tls-cert and --tls-key for {arguments.host}"
        )
    if not 0 <= arguments.port <= 65535:
        arguments.parser.error("--port is 0 to 65535")

    from central_api.app import create_app, utc_now
    from central_api.connections import ask_for_files, server_config
    from central_api.database import reading, writing
    from central_api.logs import configure_logs
    from central_api.policies import publish_defaults
    from central_api.unpublished import not_published

    configure_logs(arguments.log)
    engine = made(arguments)
    if arguments.with_defaults:
        with writing(engine) as connection:
            publish_defaults(connection, utc_now())
    with reading(engine) as connection:
        missing = not_published(connection)
    engine.dispose()
    app = create_app(database_of(arguments))
    ask_for_files()
    config = server_config(
        app,
        ssl_certfile=arguments.tls_cert,
        ssl_keyfile=arguments.tls_key,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    _load(config, arguments)
    listener = _listen(arguments.host, arguments.port)
    shown = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    url = f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"

    def ready() -> None:
        say(arguments, f"listening {url}", {"listening": url})
        if missing:
            sys.stderr.write(f"{missing}\n")
            sys.stderr.flush()

    server = _server(config, ready)
    if arguments.stop_with_stdin:
        _stop_with_stdin(server)
    _look_less_for_garbage()
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _look_less_for_garbage() -> None:
    """What is loaded stays, and a batch makes many small values without circles: looking for them costs a twentieth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)


def _stop_with_stdin(server: uvicorn.Server) -> None:
    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        server.should_exit = True

    threading.Thread(target=wait, name="stdin", daemon=True).start()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _load(config: uvicorn.Config, arguments: argparse.Namespace) -> None:
    """Read the certificate before anything listens; what reads it does not say which file it misses."""
    for file in filter(None, (arguments.tls_cert, arguments.tls_key)):
        with Path(file).open("rb"):
            pass
    try:
        config.load()
    except ssl.SSLError as error:
        raise OSError(
            f"{arguments.tls_cert} and {arguments.tls_key} are no certificate and its key, both as PEM: {error}."
        ) from error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, asyncio turns Nagle's algorithm off for the connections: an idle answer takes 5 ms, not 45.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listener


def _server(config: uvicorn.Config, ready: Any) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        """Says when it is ready, and lets waiting desks go before it waits for requests to end."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app: Any = self.config.app
            app.state.watch.close()
            await super().shutdown(sockets)

    return Server(config)
