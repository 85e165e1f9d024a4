"""A Sheet that the program has written once, for every test in this folder."""

from tests.support.hands import sheet as sheet
