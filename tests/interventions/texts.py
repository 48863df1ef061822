"""Five sentences with their translations, which several tests share."""

from __future__ import annotations

SOURCES = [
    "He left.", "She reads a book in the garden.", "The men are here.",
    "They were not at home yesterday.", "The woman sees the two old houses.",
]  # fmt: skip
REFERENCES = [
    "Il est parti.", "Elle lit un livre dans le jardin.", "Les hommes sont ici.",
    "Ils étaient à la maison hier.", "La femme voit les deux vieilles maisons.",
]  # fmt: skip
