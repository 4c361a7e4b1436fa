"""Widgets: they draw and emit signals."""
