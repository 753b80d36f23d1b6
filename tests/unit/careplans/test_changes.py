"""What changed in a plan, in words."""

from careplans.changes import between, line_words, owner_words, rating_words


def line(key="1", kind="goal", words="To sleep", **more):
    return {"id": key, "kind": kind, "values": {"words": words}, "written": "Marigold", **more}


def content(*lines, rank=None, not_now=False, rating=None, whole=()):
    area = {
        "code": "housing",
        "name": "Housing",
        "rank": rank,
        "not_now": not_now,
        "rating": rating,
        "lines": list(lines),
    }
    return {"areas": [area], "lines": list(whole)}


def test_nothing_changed():
    assert between(content(line()), content(line())) == []


def test_new_changed_and_taken_away_by_area():
    old = content(line("1"), line("2", words="Gone"))
    new = content(line("1", words="To sleep through"), line("3", "action", "Ring"))
    (area,) = between(old, new)
    assert area.area == "Housing"
    assert [(one.title, one.now, one.before) for one in area.changes] == [
        ("Changed: Goal", "To sleep through", "To sleep"),
        ("New: Action", "Ring", ""),
        ("Taken away: Goal", "", "Gone"),
    ]
    assert area.changes[0].by == "Marigold"


def test_what_belongs_to_no_area_comes_last():
    (found,) = between(content(), content(whole=[line(kind="hope", words="A garden")]))
    assert found.area == "The plan as a whole"


def test_order_and_rating():
    rating = {"value": 2, "words": "Cold", "wants_help": "yes", "written": "Marigold"}
    (area,) = between(content(), content(rank=1, rating=rating))
    assert [one.now for one in area.changes] == [
        "Number 1",
        "2 out of 7, help with this: wanted\nCold",
    ]
    (area,) = between(content(rank=1), content(not_now=True))
    assert area.changes[0].now == "Not now"
    assert rating_words(None) == ""


def test_a_line_in_full():
    action = line(
        kind="action",
        words="Ring",
        progress="done",
        what_happened="They came",
        scores=[{"value": 2}, {"value": 6}],
    )
    action["values"] |= {"owner_kind": "agency", "owner_words": "Council", "due_on": "2026-12-01"}
    assert line_words(action).split("\n") == [
        "Ring",
        "Who sees to it: Council (another agency)",
        "By when: 1\u00a0Dec\u00a02026",
        "Done",
        "What happened: They came",
        "6 out of 10 (at first 2)",
    ]
    assert owner_words({"values": {"owner_kind": "worker"}, "owner_name": "Femi"}) == "Femi"
    assert owner_words({"values": {"owner_kind": "person"}}) == "The person"
