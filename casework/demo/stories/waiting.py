"""Waiting: for an answer, for a name, for one more question, for somebody to ring."""

from __future__ import annotations

from casework.demo.life import Story, day
from casework.demo.scene import Scene
from casework.demo.stories.common import comes, goes_on


def gone_quiet(scene: Scene) -> Story:
    """They have not been in touch, and nobody has found out why."""
    yield from comes(
        scene,
        310,
        gp="pippa",
        why="I drift off. I want somebody to notice when I do.",
        meanwhile="Pippa, fortnightly",
        worker="arjun",
        time="10:00",
        first="Quill asked whether I would notice. I said that I would try.",
        second="We agreed what noticing means: two weeks without a word, and I knock.",
    )
    scene.says(
        "arjun",
        how_to_be_with_me="Knock twice.",
        want_you_to_know="I mend clocks. I lose track of time.",
        please_do="Notice.",
        when_i_struggle="You will not hear from me.",
        what_helps="A knock.",
    )
    yield from goes_on(
        scene, "arjun", ["The hall clock runs."], since=270, until=80, every=21, time="10:00"
    )
    yield day(58, "10:00")
    scene.meets("arjun", note="Quill was tired and talked little. Next time in two weeks.")
    yield day(44, "10:00")
    scene.misses(
        "arjun",
        barrier="other",
        words="",
        promise="Knock at the door, and leave a card if nobody is in",
        days=5,
    )


def no_answer_yet(scene: Scene) -> Story:
    """A referral that nobody has said they have."""
    yield day(30, "11:40")
    scene.arrives("old_quay", "suki")
    scene.registered_at("old_quay")
    scene.says(
        "suki",
        how_to_be_with_me="I have waited a long time, so please do not hurry me.",
        want_you_to_know="I am a postman. I know what happens to letters.",
        when_i_struggle="I check the locks.",
        what_helps="Knowing that it has arrived.",
    )
    scene.meets("suki", minutes=20, note="Sanjay and I talked about Hillside. He wants it.")
    yield day(12, "11:40")
    scene.is_referred(
        "hillside",
        "suki",
        why="The checking takes five hours of my day. I want my five hours back.",
        meanwhile="I see Sanjay every week",
        shares=("about", "reach"),
    )
    scene.meets("suki", minutes=20, note="Sent it together, with Sanjay's own words at the top.")
    yield day(5, "11:40")
    scene.meets("suki", minutes=15, note="No word from Hillside yet. I shall ring.")


def accepted_and_waiting(scene: Scene) -> Story:
    """The team said yes, and nobody is named."""
    yield day(45, "12:20")
    scene.arrives("mill_lane", "babatunde")
    scene.registered_at("mill_lane")
    scene.is_referred(
        "cmht",
        "babatunde",
        why="I finished school in hospital. I want to do the next thing outside.",
        meanwhile="A call from the surgery on Mondays and Thursdays",
    )
    scene.meets(
        "babatunde",
        minutes=20,
        who_else="her mother",
        note="Mabli and her mother came. We wrote it together.",
    )
    yield day(42, "10:00")
    scene.is_received("tamsin")
    yield day(36, "10:00")
    scene.is_accepted("tamsin")
    for days_ago in (28, 14):
        yield day(days_ago, "12:20")
        scene.meets("babatunde", minutes=15)
    yield day(3, "12:20")
    scene.meets("babatunde", minutes=15, note="Mabli asked again who it will be.")


def one_more_question(scene: Scene) -> Story:
    """The team asks for one more thing, and not the person."""
    yield day(16, "15:10")
    scene.arrives("willowbank", "anwen")
    scene.registered_at("willowbank")
    scene.is_referred(
        "cmht",
        "anwen",
        why="My marriage, my job and my sleep went in one spring.",
        meanwhile="Dr Hazelden, weekly",
    )
    scene.meets("anwen", minutes=20, note="Wrote the referral with Corwin.")
    yield day(13, "10:00")
    scene.is_received("tamsin")
    yield day(6, "10:00")
    scene.is_asked_about(
        "tamsin", "Which medicines has Corwin tried, and what did he make of them?", of="anwen"
    )


def first_meeting_booked(scene: Scene) -> Story:
    """A name, a date and a place, within two weeks, although it went to another team first."""
    yield day(15, "12:00")
    scene.arrives("old_quay", "suki", email="yewande@example.org")
    scene.registered_at("old_quay")
    scene.says(
        "suki",
        how="own",
        how_to_be_with_me="Ask me one thing at a time.",
        want_you_to_know="I was the first of us to go. I do not know how to say that I am back.",
        when_i_struggle="I read the same page until it is morning.",
        what_helps="The library before it fills up.",
    )
    scene.is_referred(
        "primary",
        "suki",
        why="University, and then suddenly not. I want to find out what happened with somebody.",
        meanwhile="Dr Marlowbrook, and my aunt",
        shares=("about",),
    )
    scene.reachable("suki", text={"may_use": True, "safe_to_leave_message": True})
    scene.meets("suki", minutes=20, note="Wrote it together; Yewande typed.")
    yield day(15, "15:30")
    scene.is_received("ruth")
    yield day(15, "16:40")
    scene.is_passed_on(
        "ruth",
        "cmht",
        agreed="Dr Marlowbrook, by telephone",
        reason="We offer twelve sessions, and Yewande asks for somebody who stays longer. I rang "
        "her: she would like the community team to read what she wrote.",
    )
    yield day(13, "10:00")
    scene.is_received("tamsin")
    yield day(8, "10:00")
    scene.is_accepted("tamsin", "femi")
    yield day(4, "11:00")
    scene.books("femi", in_days=6, time="11:00", place="The library café", purpose="assessment")
