"""Finds words that people have said hurt, belittle or doubt them, in what staff write.

It gives advice and nothing else: where the words are, why they may hurt, what could be written
instead. It never runs on a person's own words, and it leaves quoted speech alone. Research finds
that the same word is often right in its context, so a term may say beside which words it is
silent; what writers answer to the advice is counted (`casework.wording.services`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

NEAR = 40  # characters on either side of the words within which an exception counts

_QUOTED = re.compile(
    r"“[^”]*”"
    r"|‘[^’]*(?:’(?=\w)[^’]*)*’"
    r'|"[^"\n]*"'
    r"|(?<![\w])'(?=\w)(?:[^'\n]|'(?=\w))*'(?!\w)"
    r"|^>.*$",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"[.!?\n]+")
_CONTEXT = re.compile(
    r"\b(because|as soon as|when|after|before|since|while|about|in response to|told|said|says"
    r"|asked|felt|feels)\b",
    re.IGNORECASE,
)


def _piece(word: str) -> str:
    """One word of a phrase: `~` stands for any ending; capitals are asked for where it has them
    only (PD, DNA), so that a whole sentence in capitals is still read."""
    ending = r"\w*" if word.endswith("~") else ""
    bare = re.escape(word.rstrip("~"))
    return (bare if word.isupper() else f"(?i:{bare})") + ending


def pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as it may be typed: in any case, with a hyphen, a space or nothing between parts.

    Apostrophes may be straight, curly or left out.
    """
    words = []
    for word in phrase.split():
        parts = [_piece(part) for part in word.split("-")]
        words.append(r"[-\s]?".join(parts))
    text = r"\s+".join(words).replace("'", "['’]?")
    return re.compile(rf"(?<!\w){text}(?!\w)")


@dataclass(frozen=True)
class Term:
    """Words to think about. `phrases` and `unless` are lists; `behaviour` asks for what was
    happening around it, and is silent where the sentence already says so."""

    code: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...]
    suggestion: str
    reason: str
    behaviour: bool = False

    @cached_property
    def _phrases(self) -> list[re.Pattern[str]]:
        return [pattern(phrase) for phrase in self.phrases]

    @cached_property
    def _unless(self) -> list[re.Pattern[str]]:
        return [pattern(phrase) for phrase in self.unless]

    def spans(self, text: str) -> Iterable[tuple[int, int]]:
        """Where the words are, exceptions left out."""
        for phrase in self._phrases:
            for match in phrase.finditer(text):
                start, end = match.span()
                around = text[max(start - NEAR, 0) : end + NEAR]
                if any(silent.search(around) for silent in self._unless):
                    continue
                if self.behaviour and _CONTEXT.search(_sentence(text, start, end)):
                    continue
                yield start, end


@dataclass(frozen=True)
class Finding:
    """One place in a text, and what is said beside it."""

    term: Term
    start: int
    end: int
    words: str


def look(text: str, terms: Sequence[Term]) -> list[Finding]:
    """Advice on a text, in the order of the text; of words that overlap the longest speak."""
    hidden = _without_quotations(text)
    found = [
        Finding(term, start, end, text[start:end])
        for term in terms
        for start, end in term.spans(hidden)
    ]
    found.sort(key=lambda one: (one.start, -one.end, one.term.code))
    told: list[Finding] = []
    for one in found:
        if not told or one.start >= told[-1].end:
            told.append(one)
    return told


def _without_quotations(text: str) -> str:
    """The text with quoted speech blanked, every other character where it was."""
    return _QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _sentence(text: str, start: int, end: int) -> str:
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]
