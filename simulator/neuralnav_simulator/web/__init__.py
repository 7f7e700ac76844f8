"""The OpenAI API, as vLLM speaks it, over ASGI."""

from neuralnav_simulator.web.app import App
from neuralnav_simulator.web.site import MAX_BODY, Site

__all__ = ["MAX_BODY", "App", "Site", "make_app"]


def make_app(site: Site) -> App:
    """Return the application; while it lives, so do its engines."""
    return App(site)
