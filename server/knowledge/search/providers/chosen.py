"""Which model the settings ask for."""

from server.knowledge.search.providers import Provider

USUAL_MODEL = "text-embedding-3-small"
"""Asked for at an endpoint where no other one is named."""


def chosen(setting: str, *, model: str = "", key: str = "") -> Provider | None:
    """The model that `CONCORD_EMBEDDINGS` names, None for none; nothing is loaded, and nobody asked, before its first text.

    `setting`: empty = the local model where it is installed, `off`, `local`, or the URL before `/embeddings`.
    """
    from server.knowledge.search.providers.endpoint import Endpoint
    from server.knowledge.search.providers.minilm import MiniLm, is_installed

    if setting.startswith(("http://", "https://")):
        return Endpoint(setting, model or USUAL_MODEL, key=key)
    return MiniLm() if setting == "local" or (not setting and is_installed()) else None
