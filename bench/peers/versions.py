"""Answers {"modules": [...]} with the version of each module, null where it is absent."""
import importlib
import platform

from peer import serve


def version(name):
    try:
        return getattr(importlib.import_module(name), "__version__", "unknown")
    except ImportError:
        return None


serve(lambda request: {"python": platform.python_version(), **{name: version(name) for name in request["modules"]}})
