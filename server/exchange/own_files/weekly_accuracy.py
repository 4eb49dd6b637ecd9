"""`metrics/weekly_accuracy.json`: figures by week."""

from server.exchange.own_files.entries import content_of
from server.exchange.own_files.figures import tell_figures
from server.exchange.own_files.told import Telling, Told


def read(text: str) -> Told:
    """The figures that the file tells; one without a name is `accuracy`."""
    telling = Telling()
    content = content_of(text, telling)
    if content is not None:
        tell_figures(content, telling)
    return telling.told()
