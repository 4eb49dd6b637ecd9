"""Which of the resources that were accessed lie in one another: a file in its folder, a table in its database, a match of a glob."""

from collections.abc import Mapping, Sequence

from server.registry.resources import ancestors, glob_matches, globs_meet, is_glob, static_prefix


def held_in(names: Sequence[str]) -> Mapping[int, tuple[int, ...]]:
    """For each wider name the narrower ones, as positions; a name is not held in itself."""
    place = {name: position for position, name in enumerate(names)}
    globs: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if is_glob(name):
            globs.setdefault(static_prefix(name), []).append(position)
    held: dict[int, set[int]] = {}
    for position, name in enumerate(names):
        stem = static_prefix(name)
        for folder in ([stem] if stem != name else []) + list(ancestors(stem)):
            holder = place.get(folder)
            if holder is not None:
                held.setdefault(holder, set()).add(position)
            for glob in globs.get(folder, ()):
                if _matched(names[glob], name, same_folder=folder == stem):
                    held.setdefault(glob, set()).add(position)
    return {holder: tuple(sorted(inside - {holder})) for holder, inside in held.items() if inside - {holder}}


def _matched(glob: str, name: str, *, same_folder: bool) -> bool:
    """Of two globs in one folder that can match the same file, the first by name counts as the wider one."""
    if not is_glob(name):
        return glob_matches(glob, name)
    return (glob < name or not same_folder) and globs_meet(glob, name)
