"""Two people at one text: nothing that either of them wrote gets lost."""

from hypothesis import given
from hypothesis import strategies as st

from careplans.merge import BOTH, MINE, THEIRS, choose, merge, merge_lines, plain

TEXTS = frozenset({"words"})
lines = st.lists(st.sampled_from(["a", "b", "c", "d", "", "e f"]), max_size=6)
values = st.dictionaries(st.sampled_from(["words", "choice"]), st.sampled_from("abc"), max_size=2)


def one(base, theirs, mine, **options):
    return merge(
        base={"words": base}, theirs={"words": theirs}, mine={"words": mine}, texts=TEXTS, **options
    )


def test_who_is_alone_writes():
    assert one("old", "old", "new").values == {"words": "new"}


def test_what_i_left_alone_stays_as_the_other_wrote_it():
    assert one("old", "theirs", "old").values == {"words": "theirs"}


def test_different_lines_come_together():
    merged = one("a\nb\nc", "a\nb\nC", "A\nb\nc")
    assert merged.values == {"words": "A\nb\nC"}
    assert not merged.clashes


def test_the_same_line_is_for_a_person_to_decide():
    merged = one("a\nb", "a\nB1", "a\nB2")
    (clash,) = merged.clashes
    assert (clash.theirs, clash.mine) == ("a\nB1", "a\nB2")
    assert merged.values == {}


def test_neighbouring_lines_are_for_a_person_to_decide():
    assert one("a\nb", "A\nb", "a\nB").clashes


def test_what_has_no_lines_is_decided_as_a_whole():
    merged = merge(
        base={"choice": ""}, theirs={"choice": "no"}, mine={"choice": "chosen"}, texts=TEXTS
    )
    assert merged.clashes


def test_both_wrote_the_same():
    assert one("a", "b", "b").values == {"words": "b"}


def test_a_choice_counts_only_for_who_has_seen_the_latest():
    assert one("now", "now", "mine", keep={"words": THEIRS}).values == {"words": "now"}
    assert one("old", "now", "mine", keep={"words": MINE}).clashes


def test_choices():
    assert choose(MINE, "t", "m") == "m"
    assert choose(THEIRS, "t", "m") == "t"
    assert choose(BOTH, "t", "m") == "t\n\nm"
    assert choose(BOTH, "", "m") == "m"


def test_plain_text():
    assert plain("  a\r\nb\n\n") == "a\nb"


@given(lines, lines)
def test_without_the_other_a_text_is_as_written(base, mine):
    base, mine = "\n".join(base), "\n".join(mine)
    assert merge_lines(base, mine, base) == mine
    assert merge_lines(base, base, mine) == mine


@given(lines, lines, lines)
def test_every_new_line_is_there_or_a_person_decides(base, mine, theirs):
    merged = merge_lines("\n".join(base), "\n".join(mine), "\n".join(theirs))
    if merged is None:
        return
    there = merged.split("\n")
    for text in (mine, theirs):
        for line in text:
            if line and line not in base:
                assert line in there


@given(lines, lines, lines)
def test_the_order_of_the_two_does_not_matter(base, mine, theirs):
    texts = ["\n".join(one) for one in (base, mine, theirs)]
    assert merge_lines(texts[0], texts[1], texts[2]) == merge_lines(texts[0], texts[2], texts[1])


@given(values, values, values)
def test_each_field_is_settled_or_shown(base, theirs, mine):
    merged = merge(base=base, theirs=theirs, mine=mine, texts=TEXTS)
    shown = {clash.field for clash in merged.clashes}
    assert shown | set(merged.values) == set(mine)
    assert not shown & set(merged.values)
    for clash in merged.clashes:
        assert clash.mine == mine[clash.field]
        assert clash.theirs == theirs.get(clash.field, "")
