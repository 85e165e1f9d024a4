"""The faults that can be ordered of this emulator, through `.calls`.

UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL
    The call fails with that status and nothing is done; a push is not sent.
drop_answer
    The work is done and the answer is lost: the caller sees UNAVAILABLE; a push counts as
    unreachable although its function ran to the end.
duplicate
    `Publish` stores every message twice, as a publisher's retry does; `Acknowledge` and `Push`
    deliver the message once more although it was acknowledged.
reorder
    `Pull`, `StreamingPull` and `Push` deliver the newest message that is due instead of the oldest.

A kind that says nothing of an operation leaves it unharmed.
"""

from emulators.pubsub.errors import Struck

DROP_ANSWER = "drop_answer"
DUPLICATE = "duplicate"
REORDER = "reorder"
KINDS = frozenset({*Struck.HTTP_STATUS, DROP_ANSWER, DUPLICATE, REORDER})

PUSH = "Push"


def strike(operation: str, kind: str | None) -> None:
    """Raise the status that was ordered, if it was one."""
    if kind is not None and kind in Struck.HTTP_STATUS:
        raise Struck(kind, f"{operation} failed, as ordered of this emulator.")


def lose_answer(operation: str, kind: str | None) -> None:
    """Raise UNAVAILABLE where the answer is to be lost; the work is done by then."""
    if kind == DROP_ANSWER:
        raise Struck("UNAVAILABLE", f"The answer of {operation} was lost, as ordered.")
