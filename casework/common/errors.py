"""What a service says when it will not do something."""

from __future__ import annotations

from django.utils.functional import Promise


class Refusal(ValueError):
    """A service was asked for something that it must not do; nothing has changed.

    The message is one sentence for the person who asked, with what to do instead.
    """

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))

    @property
    def sentence(self) -> str:
        return str(self.args[0])
