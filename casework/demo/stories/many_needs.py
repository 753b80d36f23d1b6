"""Life is more than medicine and therapy: a roof, a language, a history, all of who one is."""

from __future__ import annotations

from casework.demo.life import Story, day
from casework.demo.scene import PHONE, Scene
from casework.demo.stories.common import comes, goes_on


def housing_first(scene: Scene) -> Story:
    """First somewhere to live; the rest could come after."""
    yield from comes(
        scene,
        350,
        gp="babatunde",
        why="I sleep in my van. I cannot think about my childhood in a van.",
        meanwhile="A shower and a meal at Open Door every day",
        worker="saoirse",
        time="10:30",
        first="Met Dimitar at the van. We talked about heaters, the dog and the council, in that "
        "order, because that is the order in which they matter.",
        second="Bill from Open Door came too. A list of four things, all of them about a flat.",
        score=7,
    )
    scene.says(
        "saoirse",
        how_to_be_with_me="Practical first. Feelings when I am warm.",
        want_you_to_know="The dog is called Minister and goes where I go.",
        please_do_not="Please don't offer me breathing.",
        when_i_struggle="I drive at night.",
        what_helps="A key of my own.",
    )
    scene.lives("12", False)
    scene.is_with(
        "bill",
        "saoirse",
        role="other",
        reason="Housing comes first",
        says="He knows the people at the council by name.",
    )
    scene.shares_with("door")
    yield day(322, "10:30")
    scene.meets(
        "saoirse",
        "bill",
        note="Council office, all three of us. Application handed in.",
        promises=[("Ring the housing officer every Monday until there is an answer", 7)],
    )
    yield day(301, "10:30")
    scene.meets(
        "bill",
        place="Open Door",
        note="A hostel place that takes dogs. Dimitar said no to "
        "a shared room, and I understand why. Asked for the single one.",
    )
    yield day(294, "11:00")
    scene.promise_kept("saoirse", "Rang each Monday. On the third, there was an answer.")
    yield day(280, "10:30")
    scene.meets("saoirse", note="A flat on the ground floor, dog allowed. Keys on Thursday.")
    yield day(277, "14:00")
    scene.meets("bill", "saoirse", minutes=120, note="Moved in: one van, one dog, two of us.")
    scene.lives("01", True)
    yield from goes_on(
        scene,
        "saoirse",
        [
            "He has slept for the first time in a year. He wants to talk about work next.",
            "Dimitar brought up his childhood himself today, at his own table.",
            "Minister has a vet. Dimitar has a dentist.",
            "A course in joinery from January. He asked me to look over the form.",
        ],
        since=255,
        until=11,
        every=21,
        time="10:30",
    )


def not_to_be_told_again(scene: Scene) -> Story:
    """It has been told once, to one person, and that is enough."""
    yield from comes(
        scene,
        460,
        gp="suki",
        to="hillside",
        why="I was told that what happened to me is not relevant. It is the whole of it.",
        meanwhile="Dr Marlowbrook sees me fortnightly and does not ask",
        worker="mei",
        time="11:00",
        first="Rhiannon chose the room, the chair and the pace. I asked what would make it safe "
        "enough, and not what happened.",
        second="She decided to tell it once, to me, and asked me to write it down so that nobody "
        "else needs to ask. I read it back to her and she corrected two words.",
    )
    scene.says(
        "mei",
        how_to_be_with_me="Let me sit where I see the door. Do not touch my shoulder.",
        want_you_to_know="I am the funniest person in any waiting room.",
        please_do="Read what Mei wrote. It is there so that I do not have to say it.",
        please_do_not="Please don't ask me what happened.",
        when_i_struggle="I look at the floor and count.",
        what_helps="Say where we are and what day it is.",
        what_happened="It is written down, once, with Mei. It happened over six years when I was "
        "small, at somebody's house whom everybody trusted. I was not believed, and then I was.",
        do_not_ask_again=True,
    )
    scene.needs("mei", "place", "A room with two ways out, and the seat that faces the door")
    scene.needs("mei", "people", "Women only, unless I have said otherwise that day")
    scene.needs("mei", "communication", "Tell me before you stand up")
    yield from goes_on(
        scene,
        "mei",
        [
            "In the small blue room. We practised saying where we are.",
            "Rhiannon made the whole waiting room laugh and then cried in the blue room. Both.",
            "She will try the spring group if she can leave when she wants. Of course.",
            "First group evening. She left once and came back.",
        ],
        since=425,
        until=9,
        every=21,
        time="11:00",
    )


def in_her_language(scene: Scene) -> Story:
    """The same interpreter each time, and never her husband's cousin."""
    yield from comes(
        scene,
        320,
        gp="babatunde",
        why="In my own language I am a clever woman. In yours I sound like a child, and people "
        "speak to me like one.",
        meanwhile="Dr Rookwood, with the telephone interpreter",
        worker="bronwyn",
        time="13:00",
        first="With Shirin interpreting. Farida taught mathematics in Herat. She asked that it is "
        "always Shirin, and that no interpreter comes from her town.",
        second="With Shirin. Farida explained grief to me as an equation and it was right.",
        language="Dari",
        interpreter="Dari; a woman, not from Herat. Shirin if she is free",
    )
    scene.says(
        "bronwyn",
        how="together",
        how_to_be_with_me="Speak to me and not to the interpreter. Wait for me to finish.",
        want_you_to_know="I taught mathematics to four hundred girls.",
        please_do="Book Shirin first, and then the room.",
        please_do_not="Please don't use anybody from my family to translate.",
        when_i_struggle="I cannot find the words in either language.",
        what_helps="Numbers. Poems. My daughter asleep in the next room.",
    )
    scene.needs("bronwyn", "communication", "A Dari interpreter, a woman, booked for the full hour")
    scene.needs("bronwyn", "information", "Letters in Dari, in large type")
    notes = {
        280: "With Shirin. We talked about the girls and where they may be now.",
        214: "With Shirin. Farida helps two neighbours' children with their homework.",
        126: "With Shirin. The college will look at her papers.",
    }
    for days_ago in range(280, 20, -22):
        yield day(days_ago, "13:00")
        scene.meets(
            "bronwyn",
            minutes=70,
            interpreter_booked=True,
            who_else="Shirin (interpreter)",
            note=notes.get(days_ago, ""),
        )
    yield day(8, "13:00")
    scene.meets(
        "bronwyn",
        minutes=70,
        interpreter_booked=True,
        who_else="Shirin (interpreter)",
        note="With Shirin. The college has offered Farida a place as a teaching assistant.",
        promises=[("Book Shirin for the visit to the college", 12)],
    )


def all_of_who_he_is(scene: Scene) -> Story:
    """Black, bisexual, a father, short of the rent: all at once, and no explaining."""
    yield from comes(
        scene,
        270,
        gp="anwen",
        why="When I am upset people see something else. I want to be upset and be safe.",
        meanwhile="Dr Hazelden, and the fathers' group",
        worker="femi",
        time="14:30",
        first="Emeka asked me straight out whether he would have to explain himself here. We "
        "talked about what he is tired of explaining. He was upset about a letter that left out "
        "why he had been upset: the rent was due and the payment had stopped.",
        second="We wrote to the authors of that letter together. It will be put right, with the "
        "rent in it.",
    )
    scene.says(
        "femi",
        how_to_be_with_me="If my voice goes up, ask what is happening. Something is.",
        want_you_to_know="I am a father, a bass player, Black, bisexual and tired.",
        please_do="Look at the whole of it, the money too.",
        please_do_not="Please don't write down my mood without the reason for it.",
        when_i_struggle="I get loud and then I disappear.",
        what_helps="Being believed the first time.",
    )
    scene.is_also("femi", "Ethnicity", "Black British, Igbo family", "everyone")
    scene.is_also("femi", "Sexuality", "Bisexual. My brother does not know.", "key_worker")
    scene.is_also("femi", "Being a father", "Two girls, every weekend and half of August", "team")
    scene.shares_with("door")
    yield day(228, "14:30")
    scene.meets(
        "ottoline",
        place="Open Door",
        note="The payment had been stopped by mistake. Rang while Emeka was here; it is restored "
        "and back-dated.",
    )
    yield from goes_on(
        scene,
        "femi",
        [
            "The rent is paid. He slept.",
            "The corrected letter has come. Emeka read it aloud.",
            "A long talk about his brother. That stays between us, and is not in this note.",
            "The girls drew me as a giraffe.",
        ],
        since=215,
        until=6,
        every=18,
        time="14:30",
    )


def two_beside_them(scene: Scene) -> Story:
    """Two workers together, on purpose, and everybody knows who does what."""
    yield from comes(
        scene,
        260,
        gp="suki",
        why="I need help with food and with people, and they are the same thing.",
        meanwhile="Dr Marlowbrook weighs me, kindly, on Mondays",
        worker="arjun",
        time="12:00",
        first="Tansy brought lunch, did not eat it, and told me so.",
        second="Agreed with Tansy: Mateusz joins, for the meals. Arjun holds the whole.",
    )
    scene.says(
        "arjun",
        how_to_be_with_me="Eat with me, don't watch me.",
        want_you_to_know="I am a very good goalkeeper.",
        please_do="Decide beforehand which of you asks the questions.",
        when_i_struggle="I say that I have eaten.",
        what_helps="Mateusz's terrible jokes.",
    )
    scene.is_with(
        "mateusz",
        "arjun",
        role="support",
        reason="Meals, every other week",
        says="As long as he brings the jokes.",
    )
    notes = {
        228: "Lunch for three. Tansy ate half and said so with pride.",
        180: "We ate first and talked after. It goes better that way round.",
        84: "Tansy saved a penalty on Saturday and had breakfast on Sunday.",
    }
    for days_ago in range(228, 6, -16):
        yield day(days_ago, "12:00")
        scene.meets("arjun", "mateusz", place="The canteen", note=notes.get(days_ago, ""))
    yield day(5, "17:00")
    scene.meets("arjun", medium=PHONE, minutes=15, note="A short call before the match.")
