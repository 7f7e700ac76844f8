"""`neuralnav-sim health`: one request, for a container's health check."""

import http.client
import os
import socket
from urllib.parse import urlsplit

import click

from neuralnav_simulator.cli.numbers import Number

DEFAULT = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 4.0


@click.command(epilog="Examples: `neuralnav-sim health`, `neuralnav-sim health http://127.0.0.1:8080`.")
@click.argument("url", default=DEFAULT)
@click.option("--timeout", type=Number(0.1, 60.0), default=TIMEOUT_SECONDS, show_default=True,
              metavar="SECONDS", help="How long to wait for an answer.")  # fmt: skip
def command(*, url: str, timeout: float) -> int:
    """Exit 0 where the server at URL answers 200 to GET /health, else 1 with the reason.

    URL is http://127.0.0.1:8000 unless given. Nothing but the standard library is loaded, so that it costs little where
    it runs every few seconds.
    """
    problem = reason(url, timeout_s=timeout)
    click.echo(f"{url} is not ready: {problem}" if problem else f"{url} is ready", err=bool(problem))
    return int(bool(problem))


def reason(url: str, *, timeout_s: float) -> str:
    """Return why a server is not ready; nothing where it is."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return "only http://HOST:PORT is asked"
    try:
        port = parts.port
    except ValueError:
        return "the URL has no such port"
    if parts.scheme != "http" or not parts.hostname:
        return "only http://HOST:PORT is asked"
    try:
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=timeout_s)
    except http.client.InvalidURL:
        return "only http://HOST:PORT is asked"
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except TimeoutError:
        return f"no answer in {timeout_s:g} s"
    except (socket.gaierror, UnicodeError):
        return f'"{parts.hostname}" is no address'
    except (OSError, http.client.HTTPException) as error:
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        return said.lower() or "the answer is no HTTP"
    finally:
        connection.close()
    return "" if status == http.client.OK else f"it answers {status}"
