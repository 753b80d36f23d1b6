"""How time with the network ends."""

from __future__ import annotations

from casework.demo.life import Story, day
from casework.demo.scene import Scene
from casework.demo.stories.common import comes, goes_on


def died(scene: Scene) -> Story:
    """He died of his heart, in his sleep, and those who knew him wrote to his family."""
    yield from comes(
        scene,
        600,
        gp="babatunde",
        why="I want some company in my own head.",
        meanwhile="Dr Rookwood, monthly",
        worker="bronwyn",
        time="10:00",
        first="Alasdair plays chess by post with a man in Tromsø.",
        second="He beat me in eleven moves and offered to teach me.",
    )
    scene.says(
        "bronwyn",
        how_to_be_with_me="Bring a board.",
        want_you_to_know="I have been lonely and I have been happy, sometimes on one day.",
        when_i_struggle="I resign early.",
        what_helps="A long game.",
    )
    yield from goes_on(
        scene,
        "bronwyn",
        ["A draw, my first.", "He has joined the Monday club.", "Two friends came to visit."],
        since=560,
        until=95,
        every=28,
        time="10:00",
    )
    yield day(76, "09:40")
    scene.dies("bronwyn")


def ended_and_may_come_back(scene: Scene) -> Story:
    """An ending that was planned with her, and a way back that needs no form."""
    yield from comes(
        scene,
        520,
        gp="suki",
        to="primary",
        why="I want to get through the court case without coming apart.",
        meanwhile="Dr Marlowbrook, every three weeks",
        worker="nesta",
        time="14:00",
        first="Paloma has a date in court and a list of fears. We put them in order.",
        second="She wants to be able to speak in the room.",
    )
    scene.says(
        "nesta",
        how_to_be_with_me="Be on my side and be honest.",
        want_you_to_know="I am a gardener for the council. The roundabout is mine.",
        when_i_struggle="I dig.",
        what_helps="Being walked to the door of the building.",
    )
    yield from goes_on(
        scene, "nesta", ["She spoke in the room."], since=480, until=190, every=24, time="14:00"
    )
    yield day(170, "14:00")
    scene.meets(
        "nesta",
        note="We planned the ending together: what she takes with her, whom she rings, and how "
        "she comes back without a new referral.",
        purpose="review",
    )
    scene.ending_is_agreed(
        "nesta",
        what_next="Dr Marlowbrook, the gardening group, and the roundabout",
        who_to_ask="Nesta by telephone until next summer; the crisis line at any hour",
        coming_back="Ring the team. No form, no waiting list for a year",
        words="It is all right to stop here, and all right to come back.",
    )
    yield day(142, "14:00")
    scene.meets("nesta", note="Last meeting. Paloma brought a cutting in a pot for the window.")
    scene.work_ends("nesta", "Spoke in court; sleeps; knows how to come back")
