"""Figures: each number that an article states of something.

The way in is ``figures.find_figures``, for one article; ``numerals`` reads numbers, ``measures`` what is
counted or measured.
"""
