"""Choose the processor that the networks compute on; only those that are here can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from app.languages.translation import mark, shown

_DEVICES = (
    ("auto", mark("Automatic")),
    ("cpu", mark("Processor (CPU)")),
    ("cuda", mark("NVIDIA GPU (CUDA)")),
    ("mps", mark("Apple GPU (Metal)")),
)
_ALWAYS = ("auto", "cpu")


class DeviceBox(QComboBox):
    """List the devices by their names in the configuration; `set_gpus` says which GPUs are here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gpus: Sequence[str] = ()
        for name, title in _DEVICES:
            self.addItem(shown(title), name)
        self.set_gpus(())

    def offers(self, name: str) -> bool:
        """Return whether a device can be chosen."""
        return name in (*_ALWAYS, *self._gpus)

    def set_gpus(self, gpus: Sequence[str]) -> None:
        self._gpus = gpus
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for i, (name, title) in enumerate(_DEVICES):
            why = self.tr("{device}: there is none that can be used on this computer.").format(device=shown(title))
            model.item(i).setEnabled(self.offers(name))
            model.item(i).setToolTip("" if self.offers(name) else why)
