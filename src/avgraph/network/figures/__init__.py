"""Figures for papers: one for each result, of the width of one column or two, readable in print and in grey.

Each function takes a result and returns a Matplotlib figure; :func:`~avgraph.network.save_figure` writes it.
Matplotlib's current figure and settings are left alone.
"""
