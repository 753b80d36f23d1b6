"""When a worker changes: with time and a goodbye, or from one day to the next."""

from __future__ import annotations

from casework.demo.life import Story, day
from casework.demo.scene import PHONE, Scene
from casework.demo.stories.common import comes, goes_on

COLETTE_LEFT = 150  # days ago


def left_and_nobody_since(scene: Scene) -> Story:
    """His key worker left, and nobody was named after her."""
    yield from comes(
        scene,
        560,
        gp="babatunde",
        why="Since my wife died I do not see the point of Tuesdays, and then of any day.",
        meanwhile="The surgery's nurse visits on Fridays",
        worker="colette",
        time="11:00",
        first="Barnaby made tea in the good cups. He talked about Maud and the boat.",
        second="We went down to the boat. It needs paint.",
    )
    scene.says(
        "colette",
        how_to_be_with_me="Let me make the tea.",
        want_you_to_know="I was a lock keeper for thirty years. People came to me.",
        when_i_struggle="I do not open the curtains on the river side.",
        what_helps="A visit on a Tuesday.",
    )
    yield from goes_on(
        scene,
        "colette",
        ["Scraped the hull together.", "Barnaby laughed at the colour I chose.", "First coat on."],
        since=520,
        until=170,
        every=28,
        time="11:00",
    )
    yield day(COLETTE_LEFT, "17:00")
    scene.parts("colette", "tamsin", "worker_left", planned=False)
    yield day(121, "11:00")
    scene.meets(
        "mateusz",
        note="A visit for the team. Barnaby asked when Colette comes. He had not been told that "
        "she has left. I told him, and that I was sorry he hears it like this.",
    )
    yield day(80, "11:00")
    scene.meets("mateusz", note="The boat is under its cover. He asked who his person is now.")
    yield day(38, "11:00")
    scene.meets(
        "mateusz",
        note="The curtains on the river side were closed. Rang Tamsin from the car: Barnaby needs "
        "a named person.",
        promises=[("Ask in the team meeting who can be with Barnaby", 12)],
    )


def well_handed_over(scene: Scene) -> Story:
    """The same worker left, and this time there was time for it."""
    yield from comes(
        scene,
        500,
        gp="anwen",
        why="I need help with the noise in my head, and with my father.",
        meanwhile="Dr Hazelden every two weeks",
        worker="colette",
        time="15:00",
        first="Orlando restores violins. He brought one.",
        second="We made a list of what the noise says and what he would answer.",
    )
    scene.says(
        "colette",
        how_to_be_with_me="I hear everything, so please sit where the fan is not.",
        want_you_to_know="Goodbyes have gone badly in my life. I would like good ones.",
        please_do="Tell me early when something will change.",
        when_i_struggle="I stop playing.",
        what_helps="An hour in the workshop.",
    )
    yield from goes_on(
        scene, "colette", ["He played for me."], since=465, until=215, every=24, time="15:00"
    )
    yield day(205, "15:00")
    scene.meets(
        "colette",
        note="I told Orlando that I leave in eight weeks. He was sad and thanked me for saying it "
        "early. He would like Femi, whom he met at the open day.",
    )
    handover = scene.change_is_planned(
        of="colette",
        to="femi",
        by="colette",
        reason="Colette moves to another town",
        in_days=14,
        weeks=5,
        says="I would like Femi, and I would like a proper goodbye.",
    )
    yield day(196, "15:00")
    scene.change_step(handover, "introduced", "colette")
    scene.meets("colette", "femi", minutes=40, note="The three of us in the workshop. Tea.")
    yield day(182, "15:00")
    scene.change_step(handover, "joint_meeting", "femi")
    scene.meets(
        "femi",
        "colette",
        note="Orlando told Femi what he wants him to know, with Colette beside him, so that it "
        "need not be told again.",
    )
    yield day(160, "15:00")
    scene.meets("colette", note="Goodbye. Orlando played the whole of it this time.")
    scene.change_step(handover, "goodbye", "colette")
    yield day(155, "09:00")
    scene.change_done(handover, "tamsin")
    scene.answers_now("femi", "tamsin", "The handover from Colette is complete")
    yield from goes_on(
        scene,
        "femi",
        [
            "We talked about Colette. He wrote her a card.",
            "His father rang and Orlando let it ring. He was proud of that.",
            "Played twice this week.",
        ],
        since=143,
        until=9,
        every=19,
        time="15:00",
    )


def from_one_day_to_the_next(scene: Scene) -> Story:
    """Her worker changed, and she heard about it from the new one."""
    yield from comes(
        scene,
        330,
        gp="suki",
        why="I lose people. I want help with losing people.",
        meanwhile="Dr Marlowbrook, every week at first",
        worker="kofi",
        time="12:00",
        first="Nerys talked about her grandmother and about being left at the airport.",
        second="We agreed on Wednesdays.",
    )
    scene.says(
        "kofi",
        how_to_be_with_me="Say when you will be back.",
        want_you_to_know="I count people who leave. You would be number fourteen.",
        please_do="Tell me before something changes, not after.",
        when_i_struggle="I end things first.",
        what_helps="Being told the plan.",
    )
    yield from goes_on(
        scene,
        "kofi",
        ["Wednesdays.", "She said that she had stopped counting the weeks."],
        since=290,
        until=60,
        every=19,
        time="12:00",
    )
    yield day(44, "09:00")
    scene.changes_to(
        "saoirse",
        "tamsin",
        of="kofi",
        reason="other",
        words="Kofi takes on the duty rota",
        planned=False,
    )
    scene.answers_now("saoirse", "tamsin", "Kofi takes on the duty rota")
    yield day(37, "12:00")
    scene.meets(
        "saoirse",
        note="Nerys had expected Kofi. Nobody had told her. I said that it was our mistake and "
        "not about her, and offered an hour with Kofi to say goodbye. She will think about it.",
        promises=[("Ask Kofi for an hour in the next fortnight, if Nerys wants it", 5)],
    )
    yield day(23, "12:00")
    scene.meets("saoirse", note="She wants the hour with Kofi. We talked about what to say.")
    yield day(9, "12:00")
    scene.meets("saoirse", medium=PHONE, minutes=15)


def three_in_a_year(scene: Scene) -> Story:
    """Three changes of key worker in a year, each with a good reason on our side."""
    yield from comes(
        scene,
        400,
        gp="babatunde",
        why="I want somebody on my side when I deal with offices.",
        meanwhile="Dr Rookwood, monthly",
        worker="gwen",
        time="09:00",
        first="Umberto came with a folder. We went through it page by page.",
        second="Two letters written, one appeal begun.",
    )
    scene.says(
        "gwen",
        how_to_be_with_me="Keep to what was agreed.",
        want_you_to_know="I have a folder for each of you now.",
        when_i_struggle="I sort papers at night.",
        what_helps="One folder.",
    )
    yield from goes_on(scene, "gwen", [], since=370, until=310, every=21, time="09:00")
    for days_ago, old, new, words in (
        (296, "gwen", "arjun", "Caseloads were levelled"),
        (190, "arjun", "kofi", "Arjun moved to part time"),
        (96, "kofi", "saoirse", "Kofi covered the duty rota"),
    ):
        yield day(days_ago, "09:00")
        scene.changes_to(new, "tamsin", of=old, reason="other", words=words, planned=None)
        scene.answers_now(new, "tamsin", words)
        yield day(days_ago - 10, "09:00")
        scene.meets(
            new,
            note="A first meeting again. Umberto has written a page about himself for new "
            "workers. He should not have needed to.",
        )
        yield from goes_on(
            scene, new, [], since=days_ago - 30, until=days_ago - 76, every=22, time="09:00"
        )
    yield day(12, "09:00")
    scene.meets(
        "saoirse",
        note="Umberto asked how long I stay. I said that I have no plans to go, and that he would "
        "hear it from me first. The appeal was upheld.",
    )


def asked_for_another(scene: Scene) -> Story:
    """She asked for another worker and another therapy, and got both without a fight."""
    yield from comes(
        scene,
        440,
        gp="anwen",
        why="I want to understand why I go back.",
        meanwhile="Dr Hazelden, every three weeks",
        worker="kofi",
        time="17:30",
        first="Zuzanna wants to understand and not only to cope.",
        second="Began with a diary of situations. She is not sure that it is for her.",
    )
    scene.says(
        "kofi",
        how_to_be_with_me="I need a woman for this. It is nothing about you.",
        want_you_to_know="Worksheets make me feel marked.",
        please_do="Let me change my mind.",
        when_i_struggle="I do everything right and feel nothing.",
        what_helps="Time, and questions that have no right answer.",
    )
    yield from goes_on(scene, "kofi", [], since=400, until=330, every=14, time="17:30")
    yield day(318, "17:30")
    scene.meets(
        "kofi",
        note="Zuzanna said that the diary is not right for her and that she would rather work "
        "with a woman. I thanked her for saying so. No reason needed. We looked at who there is, "
        "and she would like Saoirse.",
    )
    handover = scene.change_is_planned(
        of="kofi",
        to="saoirse",
        by="kofi",
        reason="Zuzanna asked for another worker",
        in_days=7,
        weeks=3,
        says="Saoirse, please. And not the worksheets.",
    )
    yield day(308, "17:30")
    scene.change_step(handover, "introduced", "kofi")
    scene.change_step(handover, "joint_meeting", "kofi")
    scene.meets("saoirse", "kofi", note="Zuzanna said what she wants. Kofi said goodbye.")
    scene.change_step(handover, "goodbye", "kofi")
    yield day(289, "09:00")
    scene.change_done(handover, "tamsin")
    scene.answers_now("saoirse", "tamsin", "The handover from Kofi is complete")
    yield from goes_on(
        scene,
        "saoirse",
        [
            "No sheets. We talked about doors that close.",
            "Zuzanna asked about the therapy at Hillside that works with what lies underneath.",
        ],
        since=275,
        until=235,
        every=18,
        time="17:30",
    )
    yield day(220, "10:00")
    scene.is_referred(
        "hillside",
        "saoirse",
        why="I want to understand where it comes from, with somebody who has the time.",
        meanwhile="Saoirse, every three weeks",
        kind="joint",
    )
    yield day(217, "10:00")
    scene.is_received("hanneke")
    yield day(212, "10:00")
    scene.is_accepted("hanneke", "efua")
    scene.is_with("efua", "hanneke", role="therapist", reason="The therapy that Zuzanna asked for")
    for days_ago in range(196, 10, -18):
        yield day(days_ago, "16:00")
        scene.meets(
            "efua",
            purpose="therapy",
            note="First session. We talked about what she hopes for and how we shall know."
            if days_ago == 196
            else "",
        )
        if days_ago % 36 == 16:
            yield day(days_ago - 6, "17:30")
            scene.meets("saoirse")
    yield day(8, "17:30")
    scene.meets(
        "saoirse", note="It is the right work, Zuzanna says, and it is hard. Both are true."
    )


def handover_under_way(scene: Scene) -> Story:
    """His worker leaves in three weeks, and he knows who comes."""
    yield from comes(
        scene,
        380,
        gp="suki",
        why="The flashbacks from the accident, and the drink that I took for them.",
        meanwhile="Dr Marlowbrook, weekly",
        worker="gwen",
        time="13:30",
        first="Hector drove buses. He told me about the fog and then about the garden.",
        second="Forty days without a drink. We wrote down what the evenings need.",
    )
    scene.says(
        "gwen",
        how_to_be_with_me="Straight and friendly.",
        want_you_to_know="I have not had a drink for a year and a bit.",
        when_i_struggle="I sit in the parked car.",
        what_helps="The allotment, and being expected somewhere.",
    )
    yield from goes_on(
        scene, "gwen", ["Planted garlic."], since=345, until=40, every=24, time="13:30"
    )
    yield day(13, "13:30")
    scene.meets(
        "gwen",
        note="I told Hector that I leave in three weeks' time and a bit. He took it well and asked "
        "for Bronwyn, who helped him with the council once.",
    )
    handover = scene.change_is_planned(
        of="gwen",
        to="bronwyn",
        by="gwen",
        reason="Gwen leaves the team",
        in_days=10,
        weeks=3,
        says="Bronwyn is fine by me. I want to show Gwen the garlic first.",
    )
    yield day(6, "13:30")
    scene.change_step(handover, "introduced", "gwen")
    scene.meets("gwen", "bronwyn", minutes=40, note="The three of us, among the garlic.")


def nobody_planned_yet(scene: Scene) -> Story:
    """The same worker leaves, and nobody has talked with her about it yet."""
    yield from comes(
        scene,
        290,
        gp="pippa",
        why="I get so frightened of being left that I leave.",
        meanwhile="Pippa, every week",
        worker="gwen",
        time="16:30",
        first="Kezia wanted to know how long people stay here. I told her what I know.",
        second="We made a card with three numbers, in the order in which she would ring them.",
    )
    scene.says(
        "gwen",
        how_to_be_with_me="Be clear about time: when we start, when we stop, when we meet next.",
        want_you_to_know="I dance. I teach six-year-olds to fall over well.",
        please_do="Tell me early, even if it is bad news.",
        when_i_struggle="I write long messages and delete them.",
        what_helps="Knowing the next date.",
    )
    yield from goes_on(
        scene,
        "gwen",
        ["The card is on her fridge.", "She taught me to fall over well."],
        since=258,
        until=10,
        every=18,
        time="16:30",
    )
