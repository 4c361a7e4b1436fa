"""Evaluate the statements of an MMPose config to plain values without executing it.

Supported are the constructs of configs: assignments of numbers, text, lists, tuples and `dict(...)`, references to
earlier names and to `_base_.name`, arithmetic, `range`, list comprehensions, f-strings, and loops that append to a
list. Everything else is refused. Each step and each value counts against a budget.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from ...core.errors import ModelError

HINT = "Choose a top-down network (RTMPose, HRNet, ...) or RTMO, trained on COCO, Halpe-26 or COCO-WholeBody."

_LONGEST_TEXT = 10_000  # characters of a text value
_LARGEST_NUMBER = 1 << 53
_LARGEST_BASE, _LARGEST_EXPONENT = 1e6, 16  # largest base and exponent of a power
_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
_COLLECTIONS: Mapping[str, Callable[[Any], Any]] = {"list": list, "tuple": tuple}


class Evaluator:
    """Evaluate the statements of one config.

    `spend` takes steps from the budget and returns whether it sufficed.
    """

    def __init__(self, path: Path, base: dict[str, Any], spend: Callable[[int], bool]) -> None:
        self._path, self._base, self._spend = path, base, spend
        self._names: dict[str, Any] = {}

    def run(self, tree: ast.Module) -> dict[str, Any]:
        """Return the names that the config assigns, without private ones."""
        for node in tree.body:
            self._statement(node)
        return {name: value for name, value in self._names.items() if not name.startswith("_")}

    def fail(self, reason: str) -> NoReturn:
        raise ModelError(f"The config {self._path} cannot be read ({reason}).", HINT)

    def _refuse(self, node: ast.AST, what: str = "") -> NoReturn:
        what = what or type(node).__name__
        raise ModelError(
            f"The config {self._path} is a program ({what} in line {getattr(node, 'lineno', 1)}), not settings alone; "
            "it is not run.",
            "Write its values out, or take one of MMPose's own.",
        )

    def _charge(self, steps: int = 1) -> None:
        if not self._spend(steps):
            self.fail("it needs too many steps, or makes too many values")

    # --- statements

    def _statement(self, node: ast.stmt) -> None:
        self._charge()
        if isinstance(node, ast.Assign):
            value = self._value(node.value)
            for target in node.targets:
                self._assign(target, value)
        elif isinstance(node, ast.For) and not node.orelse:
            for item in self._items(node.iter):
                self._assign(node.target, item)
                for inner in node.body:
                    self._statement(inner)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._append(node.value)
        else:
            self._refuse(node)

    def _assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name) and not target.id.startswith("__"):
            self._names[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, list | tuple) and len(target.elts) == len(value):
            for part, item in zip(target.elts, value, strict=True):
                self._assign(part, item)
        else:
            self._refuse(target)

    def _append(self, call: ast.Call) -> None:
        """Evaluate `name.append(value)`, the only call that changes a value."""
        function = call.func
        if (
            not isinstance(function, ast.Attribute) or function.attr != "append" or call.keywords or len(call.args) != 1
            or not isinstance(function.value, ast.Name) or not isinstance(self._names.get(function.value.id), list)
        ):  # fmt: skip
            self._refuse(call, "a call of " + ast.unparse(function)[:60])
        self._names[function.value.id].append(self._value(call.args[0]))

    # --- expressions

    def _value(self, node: ast.expr) -> Any:
        self._charge()
        evaluate = self._EXPRESSIONS.get(type(node))
        if evaluate is None:
            self._refuse(node)
        return evaluate(self, node)

    def _constant(self, node: ast.Constant) -> Any:
        return self._bounded(node, node.value)

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self._names:
            self._refuse(node, f"'{node.id[:40]}', which has no value,")
        return self._copied(self._names[node.id])

    def _list(self, node: ast.List) -> list[Any]:
        return [item for element in node.elts for item in self._element(element)]

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(item for element in node.elts for item in self._element(element))

    def _sign(self, node: ast.UnaryOp) -> Any:
        value = self._value(node.operand)
        if not isinstance(node.op, ast.USub | ast.UAdd) or not isinstance(value, int | float):
            self._refuse(node)
        return -value if isinstance(node.op, ast.USub) else +value

    def _attribute(self, node: ast.Attribute) -> Any:
        return self._copied(self._of_base(node))

    def _element(self, node: ast.expr) -> list[Any]:
        return self._items(node.value) if isinstance(node, ast.Starred) else [self._value(node)]

    def _items(self, node: ast.expr) -> list[Any]:
        items = self._value(node)
        if not isinstance(items, list | tuple):
            self._refuse(node, "a loop over no list")
        return list(items)

    def _dictionary(self, node: ast.Dict) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            if key_node is None:
                self._refuse(node)
            key = self._value(key_node)
            if not isinstance(key, str | int | float):
                self._refuse(key_node)
            made[key] = self._value(value_node)
        return made

    def _call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "dict" and len(node.args) <= 1 and all(keyword.arg for keyword in node.keywords):
            first = self._value(node.args[0]) if node.args else {}
            if not isinstance(first, dict):
                self._refuse(node)
            return {**first, **{str(keyword.arg): self._value(keyword.value) for keyword in node.keywords}}
        if not node.keywords and name in _COLLECTIONS and len(node.args) <= 1:
            return _COLLECTIONS[name](self._items(node.args[0]) if node.args else ())
        if not node.keywords and name == "range" and 1 <= len(node.args) <= 3:
            bounds = [self._value(argument) for argument in node.args]
            if any(type(bound) is not int for bound in bounds) or bounds[2:] == [0]:
                self._refuse(node)
            numbers = range(*bounds)
            self._charge(len(numbers))
            return list(numbers)
        self._refuse(node, "a call of " + ast.unparse(node.func)[:60])

    def _of_base(self, node: ast.expr) -> Any:
        """Evaluate `_base_.name.name`: a value of the configs that this one builds on."""
        if isinstance(node, ast.Name) and node.id == "_base_":
            return self._base
        if isinstance(node, ast.Attribute):
            outer = self._of_base(node.value)
            if isinstance(outer, dict) and node.attr in outer:
                return outer[node.attr]
        self._refuse(node)

    def _subscript(self, node: ast.Subscript) -> Any:
        outer = self._of_base(node.value) if isinstance(node.value, ast.Attribute) else self._value(node.value)
        if isinstance(node.slice, ast.Slice) or not isinstance(outer, dict | list | tuple):
            self._refuse(node)
        try:
            return self._copied(outer[self._value(node.slice)])
        except (KeyError, IndexError, TypeError):
            self._refuse(node, f"'{ast.unparse(node)[:40]}', which has no value,")

    def _arithmetic(self, node: ast.BinOp) -> Any:
        left, right = self._value(node.left), self._value(node.right)
        numbers = all(isinstance(value, int | float) for value in (left, right))
        joined = isinstance(node.op, ast.Add) and type(left) is type(right) and isinstance(left, str | list | tuple)
        repeated = isinstance(node.op, ast.Mult) and isinstance(left, list | tuple) and isinstance(right, int)
        if type(node.op) not in _OPERATORS or not (numbers or joined or repeated):
            self._refuse(node)
        if isinstance(node.op, ast.Pow) and (abs(left) > _LARGEST_BASE or abs(right) > _LARGEST_EXPONENT):
            self.fail("a power is too large")
        if repeated:
            self._charge(len(left) * max(right, 0))
        try:
            return self._bounded(node, _OPERATORS[type(node.op)](left, right))
        except (ArithmeticError, TypeError, ValueError) as error:
            self.fail(f"{error} in line {node.lineno}")

    def _comprehension(self, node: ast.ListComp) -> list[Any]:
        if len(node.generators) != 1 or node.generators[0].ifs or node.generators[0].is_async:
            self._refuse(node)
        loop, before = node.generators[0], dict(self._names)
        made = []
        for item in self._items(loop.iter):
            self._assign(loop.target, item)
            made.append(self._value(node.elt))
        self._names = before
        return made

    def _text(self, node: ast.JoinedStr) -> str:
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                if part.format_spec is not None or part.conversion != -1 or not isinstance(part.value, ast.Name):
                    self._refuse(node)
                value = self._value(part.value)
                if not isinstance(value, str | int | float):
                    self._refuse(node)
                parts.append(str(value))
            else:
                parts.append(str(self._value(part)))
        return str(self._bounded(node, "".join(parts)))

    def _bounded(self, node: ast.expr, value: Any) -> Any:
        """Return `value` if it is plain and within the size limits."""
        if isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                self.fail("a text is too long")
        elif isinstance(value, int | float):
            if not abs(value) <= _LARGEST_NUMBER:
                self.fail("a number is too large")
        elif isinstance(value, list | tuple):
            self._charge(len(value))
        elif value is not None:
            self._refuse(node)
        return value

    def _copied(self, value: Any) -> Any:
        """Return a deep copy, so that repeated references cannot build a value larger than its text."""
        self._charge()
        if isinstance(value, dict):
            return {key: self._copied(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._copied(inner) for inner in value)
        return value

    _EXPRESSIONS: Mapping[type[ast.expr], Callable[[Any, Any], Any]] = {
        ast.Constant: _constant, ast.Name: _name, ast.List: _list, ast.Tuple: _tuple, ast.Dict: _dictionary,
        ast.Call: _call, ast.Subscript: _subscript, ast.Attribute: _attribute, ast.BinOp: _arithmetic,
        ast.UnaryOp: _sign, ast.ListComp: _comprehension, ast.JoinedStr: _text,
    }  # fmt: skip
