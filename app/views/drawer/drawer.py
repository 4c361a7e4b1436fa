"""Show curves, people and findings under tabs, in a drawer below the views."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QStackedWidget, QToolButton, QWidget

from app.views.drawer.curves_page import CurvesPage
from app.views.drawer.findings_list import FindingsList
from app.views.drawer.people_list import PeopleList
from app.views.widgets import column, row


class Drawer(QFrame):
    """Hold the pages; `page_shown` is emitted when another one becomes visible."""

    page_shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.curves, self.people, self.findings = CurvesPage(), PeopleList(), FindingsList()
        self.pages = QStackedWidget()
        self._group = QButtonGroup(self)
        self.tabs: dict[str, QToolButton] = {}
        for key, title, page in (
            ("curves", self.tr("Curves"), self.curves), ("people", self.tr("People"), self.people),
            ("findings", self.tr("Findings"), self.findings),
        ):  # fmt: skip
            tab = QToolButton()
            tab.setText(title)
            tab.setProperty("role", "text")
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.setCursor(Qt.CursorShape.PointingHandCursor)
            self._group.addButton(tab, self.pages.addWidget(page))
            self.tabs[key] = tab
        self.tabs["curves"].setChecked(True)
        head = QWidget()
        head.setLayout(row(*self.tabs.values(), None, spacing=2, margins=(8, 6, 8, 2)))
        whole = column(head, self.pages, spacing=2, margins=(1, 1, 1, 1))
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.setMinimumHeight(170)
        self._group.idClicked.connect(self._show_page)
        self.findings.count_changed.connect(self._count_findings)

    def show_tab(self, key: str) -> None:
        self.tabs[key].setChecked(True)
        self._show_page(self._group.id(self.tabs[key]))

    def shows(self, page: QWidget) -> bool:
        """Return whether `page` is visible."""
        return self.isVisible() and self.pages.currentWidget() is page

    @Slot(int)
    def _show_page(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self.page_shown.emit()

    @Slot(int)
    def _count_findings(self, count: int) -> None:
        self.tabs["findings"].setText(
            self.tr("Findings ({count})").format(count=count) if count else self.tr("Findings")
        )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.page_shown.emit()
