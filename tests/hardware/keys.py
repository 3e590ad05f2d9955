"""A keypad of bare contacts on mock pins: a pressed key joins its row's wire and its column's."""

from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin


class KeyPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that reads what its wire is driven to."""

    def _get_state(self) -> bool:
        keys = getattr(self.factory, "keys", None)
        if keys is None or self._function == "output":
            return bool(self._state)
        level: bool = keys.level(self._number)
        return level

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if keys := getattr(self.factory, "keys", None):
            keys.look_for_shorts()
        return changed

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        if keys := getattr(self.factory, "keys", None):
            keys.look_for_shorts()


class Keys:
    """The contacts; `pressed` holds rows and columns counted from nought, `grounded` wires touch ground."""

    def __init__(self, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
        self.rows, self.columns = rows, columns
        self.pressed: set[tuple[int, int]] = set()
        self.grounded: set[int] = set()
        self.shorts: list[set[int]] = []
        self.factory: Any = MockFactory(pin_class=KeyPin)
        self.factory.keys = self

    def level(self, number: int) -> bool:
        """What a listening pin reads: low when its wire is driven or tied low, else the pull-up's high."""
        net = self._net(number)
        return not (net & self.grounded or any(level is False for level in self._driven(net).values()))

    def look_for_shorts(self) -> None:
        """Remember every wire that two pins drive apart."""
        for number in (*self.rows, *self.columns):
            net = self._net(number)
            if len(set(self._driven(net).values())) > 1:
                self.shorts.append(net)

    def _driven(self, net: set[int]) -> dict[int, bool]:
        held = {pin._number: pin for pin in self.factory.pins.values()}
        return {n: bool(held[n]._state) for n in net if n in held and held[n]._function == "output"}

    def _net(self, number: int) -> set[int]:
        net, more = set[int](), {number}
        while more:
            net |= more
            more = {end for row, column in self.pressed for end in self._ends(row, column, net)} - net
        return net

    def _ends(self, row: int, column: int, net: set[int]) -> set[int]:
        ends = {self.rows[row], self.columns[column]}
        return ends if ends & net else set()
