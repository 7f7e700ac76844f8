"""A socket to listen on, or one clear line of why there is none."""

import errno
import socket

from neuralnav.errors import NeuralnavError, input_error

BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; it listens once a server takes it. Raises InputError where it cannot."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError):
        raise input_error("--host", f'"{host}" is no address', "use 127.0.0.1, 0.0.0.0 for all, or ::") from None
    family, kind, protocol, _, address = found[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
        opened.settimeout(0.0)
    except OSError as error:
        opened.close()
        raise _refused(host, port, error) from None
    return opened


def url_of(opened: socket.socket, host: str) -> str:
    """Return where a client of this machine reaches it."""
    port = opened.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  # told, not bound
    return f"http://[{name}]:{port}" if ":" in name and not name.startswith("[") else f"http://{name}:{port}"


def _refused(host: str, port: int, error: OSError) -> NeuralnavError:
    match error.errno:
        case errno.EADDRINUSE:
            return input_error("--port", f"port {port} of {host} is in use", "use another one, or --port 0 for any")
        case errno.EACCES | errno.EPERM:
            return input_error("--port", f"port {port} needs more rights than yours", "use one of 1024 or more")
        case errno.EADDRNOTAVAIL:
            hint = "use 127.0.0.1, 0.0.0.0 for all, or ::"
            return input_error("--host", f"{host} is no address of this machine", hint)
        case _:
            return input_error("--host", f"{host}:{port} cannot be listened on: {error.strerror}".lower())
