"""What stands inside an open object: mended as far as the value that will be made of it leaves no doubt of what was meant."""

from functools import cache
from typing import Any

from pydantic import BaseModel, create_model

from server.surface.arguments import Arguments, Shape
from server.surface.draft import Draft, Path, models_of, shape_of
from server.surface.json_text import parsed_text
from server.surface.names import canonical, meant_name
from server.surface.repairs import understand


def mend_inside(draft: Draft) -> None:
    """Every open object of the draft is spelt and shaped as its model wants it, where that was clear. What remains wrong is
    left to whoever reads the object.
    """
    for name in draft.arguments.model_fields:
        shape = shape_of(draft.arguments, name)
        if shape is None or not isinstance(draft.tree.get(name), dict):
            continue
        _take_out_of_itself(draft, name)
        inner = Draft(draft.tool, _only(draft.arguments, name), {name: draft.tree[name]}, strict=False)
        _respell(inner, shape.model, (name,), shape)
        understand(inner)
        _respell(inner, shape.model, (name,), shape)
        draft.tree[name] = inner.tree[name]
        draft.notes += inner.notes


def has_open_object(arguments: type[Arguments]) -> bool:
    """Whether there is anything for `mend_inside` to do."""
    return any(shape_of(arguments, name) is not None for name in arguments.model_fields)


@cache
def _only(arguments: type[Arguments], name: str) -> type[Arguments]:
    """The arguments with that object alone, as the value that it will become."""
    shape = shape_of(arguments, name)
    if shape is None:
        raise ValueError(f"{name} has no shape.")
    fields: dict[str, Any] = {name: (shape.model, ...)}
    return create_model(f"{arguments.__name__}Inside", __base__=Arguments, **fields)


def _take_out_of_itself(draft: Draft, name: str) -> None:
    """{"system": {"system": {…}}} says it twice."""
    outer = draft.tree[name]
    inner = outer.get(name)
    if len(outer) == 1 and isinstance(inner, str):
        inner = parsed_text(inner)
    if len(outer) == 1 and isinstance(inner, dict):
        draft.tree[name] = inner
        draft.notes.append(f'"{name}" was taken out of "{name}".')


def _respell(draft: Draft, model: type[BaseModel], path: Path, shape: Shape | None = None) -> None:
    """Members of open objects go by the names that the model knows, where they differ in spelling alone, or are called so."""
    here = draft.at(path)
    if isinstance(here, list):
        for number in range(len(here)):
            _respell(draft, model, (*path, number), shape)
    if not isinstance(here, dict):
        return
    names = {field.alias or name: field for name, field in model.model_fields.items()}
    if model.model_config.get("extra") == "allow":
        for key in [key for key in here if key not in names and key not in model.model_fields]:
            missing = [name for name, field in names.items() if field.is_required() and name not in here]
            meant = _meant(key, list(names), missing, shape)
            if meant is not None and meant not in here:
                draft.rename((*path, key), meant)
                draft.notes.append(f'"{key}" was read as "{meant}".')
    for name, field in names.items():
        inner = models_of(field.annotation)
        if len(inner) == 1 and name in here:
            _respell(draft, inner[0], (*path, name))


def _meant(key: str, names: list[str], missing: list[str], shape: Shape | None) -> str | None:
    """The member that the key spells; or, of those that must be there and are not, the one that it is another name for."""
    plain = canonical(key).replace("_", "")
    spelt = [name for name in names if canonical(name).replace("_", "") == plain]
    if spelt:
        return spelt[0] if len(spelt) == 1 else None
    called = [name for name, others in (shape.also_called.items() if shape else ()) if canonical(key) in others]
    return called[0] if len(called) == 1 else meant_name(key, missing, {})
