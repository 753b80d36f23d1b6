"""What goes wrong between teams: another face each time, six months of waiting, the cliff edge."""

from __future__ import annotations

from casework.demo.life import Story, day, night
from casework.demo.scene import ASSESSMENT, PHONE, THERAPY, Scene
from casework.demo.stories.common import comes, goes_on


def every_time_another(scene: Scene) -> Story:
    """A key worker on paper, and a different person at each visit."""
    yield from comes(
        scene,
        360,
        gp="babatunde",
        why="I want to stop starting again.",
        meanwhile="A call from the surgery once a week",
        worker="kofi",
        time="09:30",
        first="Juno and I met at the surgery. She has told her story to five people this year and "
        "asked whether I would be the last. I said that I hoped so.",
        second="Juno brought her calendar. Fridays are best.",
    )
    scene.says(
        "kofi",
        how_to_be_with_me="Stay.",
        want_you_to_know="Every new person is a first day at school.",
        please_do_not="Please don't ask me to begin at the beginning.",
        when_i_struggle="I walk at night.",
        what_helps="Somebody I have met before.",
    )
    yield from goes_on(
        scene,
        "kofi",
        ["Fridays work. Juno talked about the baby brother she brought up."],
        since=320,
        until=230,
        every=28,
        time="09:30",
    )
    yield day(190, "09:30")
    scene.cancels("kofi", ours=True)
    yield day(150, "14:00")
    scene.meets(
        "mateusz",
        note="I came for Kofi, who was on a course. Juno was polite. She asked when Kofi is back "
        "and I did not know.",
    )
    yield night(117, "01:20")
    scene.in_crisis(
        "owen",
        note="Juno rang from the bridge by the mill and let me come. We sat in the car with the "
        "heating on until three. She went home to her mother's. She asked for Kofi.",
        minutes=100,
    )
    yield night(116, "21:00")
    scene.in_crisis(
        "zofia", note="Visit at her mother's. Juno had slept. She told it again, for me."
    )
    yield night(115, "20:30")
    scene.in_crisis(
        "yusuf",
        note="Third evening, third person. Juno said so, and she is right. I read Zofia's note "
        "first so that she did not have to say it all again.",
    )
    yield day(74, "11:00")
    scene.meets(
        "gwen",
        note="Kofi was needed on duty. Juno and I had not met before. She wants one person and "
        "one day.",
    )
    yield day(47, "15:00")
    scene.meets("saoirse", medium=PHONE, minutes=15, note="Rang in Kofi's place to say he is away.")
    yield night(33, "23:10")
    scene.in_crisis(
        "marcus",
        note="Juno rang after a row at home. We talked for an hour. She asked who would come "
        "tomorrow and I could not tell her.",
    )
    yield day(15, "14:30")
    scene.meets(
        "bronwyn",
        note="Duty visit. Juno asked me to write down that she would like Kofi or me, and not "
        "somebody else next week. Written down, and told Tamsin.",
    )


def six_months(scene: Scene) -> Story:
    """Passed between teams for six months, and still waiting for somebody to say yes."""
    yield day(196, "12:10")
    scene.arrives("willowbank", "anwen")
    scene.registered_at("willowbank")
    scene.says(
        "anwen",
        how="own",
        how_to_be_with_me="Tell me the truth about how long it takes.",
        want_you_to_know="I have told this to nine people since spring.",
        please_do_not="Please don't send me to somebody who will send me on.",
        when_i_struggle="I work sixteen hours and then I stop altogether.",
        what_helps="Knowing who has my letter.",
    )
    first = scene.is_referred(
        "primary",
        "anwen",
        why="I am holding a job and a family together with string. I need somebody who "
        "understands this and has time.",
        meanwhile="I see Rufus every two weeks",
    )
    scene.meets("anwen", minutes=20, note="Rufus and I wrote the referral together.")
    yield day(189, "10:00")
    scene.is_received("ruth")
    yield day(176, "10:00")
    scene.is_turned_down(
        "ruth",
        explanation="We work for up to twelve sessions. What Rufus describes needs longer, with "
        "one person. The community team can offer that.",
        cannot_offer="Work of more than twelve sessions",
        instead="cmht",
        talked="Ruth and Dr Hazelden by telephone",
    )
    yield day(173, "13:00")
    scene.meets("anwen", minutes=15, note="Told Rufus myself, and what we do next.")
    scene.decline_is_agreed("anwen", plan="I go on seeing Rufus every two weeks")
    scene.is_referred(
        "cmht",
        "anwen",
        why="The same as before. I would rather not write it again.",
        meanwhile="I see Rufus every two weeks",
        follows=first,
    )
    yield day(168, "09:30")
    scene.is_received("tamsin")
    yield day(152, "14:00")
    scene.meets(
        "gwen",
        purpose="assessment",
        did=ASSESSMENT,
        minutes=80,
        note="Met Rufus to think together about the right place. He knows what he needs: "
        "somebody who works with what happened, for a year or two.",
    )
    yield day(140, "10:00")
    scene.is_turned_down(
        "tamsin",
        explanation="What would help Rufus is long therapy for what happened to him. Hillside does "
        "that and we do not.",
        cannot_offer="Long-term therapy",
        instead="hillside",
        talked="Tamsin and Dr Hazelden by telephone",
    )
    yield day(137, "12:30")
    second = scene.decline_is_agreed("anwen", plan="I go on seeing Rufus every two weeks")
    scene.meets(
        "anwen",
        minutes=20,
        note="Rufus heard this from me and not by letter. He was let "
        "down and said so. I said that I was too.",
    )
    for days_ago in (123, 109, 95):
        yield day(days_ago, "12:30")
        scene.meets("anwen", minutes=20)
    yield day(88, "12:50")
    scene.is_referred(
        "hillside",
        "anwen",
        why="Third time. Please read the first one.",
        meanwhile="I see Rufus every two weeks, and Common Thread on Mondays",
        follows=second,
        shares=("about", "earlier"),
    )
    scene.shares_with("thread")
    yield day(84, "10:00")
    scene.is_received("hanneke")
    for days_ago in (74, 60, 46, 32):
        yield day(days_ago, "12:30")
        scene.meets("anwen", minutes=20)
    yield day(18, "12:30")
    scene.meets(
        "anwen",
        minutes=20,
        note="Rufus asks each time where his letter is. I rang Hillside; it is with the panel. "
        "He is still working, still at home, and very tired.",
        promises=[("Ring Hillside for the date of the panel", 20)],
    )


def only_at_the_edge(scene: Scene) -> Story:
    """Help comes when there is a crisis, and only then."""
    yield night(172, "02:10")
    scene.arrives("crisis", "owen")
    scene.in_crisis(
        "owen",
        note="Indigo rang from the bus station. We met there; it was cold and we had tea. They "
        "said that nobody rings in between.",
        minutes=90,
    )
    yield day(171, "09:30")
    scene.says(
        "dara",
        how_to_be_with_me="Sit down first. Standing people frighten me.",
        want_you_to_know="I only meet you at three in the morning. There is more to me than that.",
        please_do="Ring in between.",
        when_i_struggle="I go where the buses are, because it is light there.",
        what_helps="Tea. Being asked about the band.",
    )
    for days_ago, hour, worker, note in (
        (150, "23:30", "priya", "Indigo rang after rehearsal. Talked until the last bus."),
        (
            121,
            "03:05",
            "yusuf",
            "At the bus station again. Indigo had hurt their arm; the wound "
            "needed a dressing and I went with them. They asked whether this is the only way.",
        ),
        (96, "22:45", "zofia", "Visit at the flat. Indigo would like somebody in the daytime."),
        (64, "01:40", "marcus", "Telephone, then a visit. They played me the new song."),
        (
            39,
            "02:30",
            "owen",
            "We knew each other, and that helped both of us. I said that I would "
            "ask who could be there in the daytime.",
        ),
        (
            17,
            "04:15",
            "priya",
            "Indigo rang from the bus station. I asked Dara to find out who "
            "could be their key worker.",
        ),
    ):
        yield night(days_ago, hour)
        scene.in_crisis(worker, note=note)


def nobody_named(scene: Scene) -> Story:
    """Two workers take turns, and neither is hers."""
    yield day(260, "11:00")
    scene.arrives("cmht", "tamsin")
    scene.registered_at("mill_lane")
    scene.lives("01", True)
    yield day(255, "11:00")
    scene.says(
        "saoirse",
        how_to_be_with_me="Ask about the pigeons.",
        want_you_to_know="I do not mind who it is. I mind not knowing who it is.",
        when_i_struggle="I stop feeding myself before I stop feeding the birds.",
        what_helps="A name and a day on the fridge.",
    )
    notes = {
        254: ("saoirse", "Met Petra and eleven pigeons. She would like a name to ring."),
        233: ("arjun", "Petra showed me the loft. We shopped together."),
        205: ("saoirse", "She has been eating. The neighbour brings soup."),
        184: ("arjun", ""),
        156: ("saoirse", ""),
        128: ("arjun", "Petra asked which of us two is hers. I said that I would ask."),
        100: ("saoirse", ""),
        79: ("arjun", ""),
        51: ("saoirse", "A bird died. We buried it and she told me about her husband."),
        30: ("arjun", "Petra asked again which of us is hers. Told Tamsin."),
        16: ("saoirse", ""),
    }
    for days_ago, (worker, note) in notes.items():
        yield day(days_ago, "11:00")
        scene.meets(worker, note=note)


def read_as_coping(scene: Scene) -> Story:
    """She speaks well and came on time, and so was thought to need less."""
    yield day(310, "12:40")
    scene.arrives("willowbank", "anwen")
    scene.registered_at("willowbank")
    scene.says(
        "anwen",
        how="own",
        how_to_be_with_me="Believe me when I say it, even if I say it in whole sentences.",
        want_you_to_know="I may not have left the house for five days, and I will still come on "
        "time and with washed hair.",
        please_do="Ask what the rest of the week was like.",
        please_do_not="Please don't tell me how articulate I am.",
        when_i_struggle="I become very polite.",
        what_helps="Being asked twice.",
    )
    scene.is_referred(
        "cmht",
        "anwen",
        why="I look as if I manage. I do not. Please do not go by how I speak.",
        meanwhile="A long appointment every two weeks",
    )
    yield day(305, "10:00")
    scene.is_received("tamsin")
    yield day(296, "09:30")
    scene.meets(
        "gwen",
        purpose="assessment",
        minutes=60,
        did=ASSESSMENT,
        note="Imogen gave a full account of the last years. She works, rents a flat and came on "
        "time.",
    )
    yield day(292, "10:00")
    scene.is_turned_down(
        "tamsin",
        explanation="From one meeting we thought that shorter work would be enough, which primary "
        "care can offer.",
        cannot_offer="Short courses",
        instead="primary",
        talked="Tamsin and Dr Hazelden by telephone",
    )
    yield day(290, "12:30")
    scene.decline_is_challenged(
        "anwen",
        "One meeting on her best day is not the week. She had not been out for five days before "
        "it. She wrote down what the other days are like, and I attach it with her agreement.",
    )
    yield day(287, "10:00")
    scene.is_accepted("tamsin", "bronwyn")
    yield day(280, "17:00")
    scene.meets(
        "bronwyn",
        place="At home",
        did=THERAPY,
        note="At Imogen's flat, at her suggestion, so that I could see an ordinary day. The "
        "curtains had been closed since Sunday. She talked about the days that nobody sees. I "
        "said that we had got it wrong and that I was sorry.",
    )
    scene.measures(9)
    yield from goes_on(
        scene,
        "bronwyn",
        [
            "Imogen keeps a diary of the days between. We begin each meeting with it.",
            "She rated the week two out of ten and looked as always. The two is what counts.",
            "The council has agreed to the quieter flat.",
            "She asked me to ask twice. I asked twice. The second answer was different.",
        ],
        since=258,
        until=10,
        every=22,
        time="17:00",
    )


def many_teams(scene: Scene) -> Story:
    """Four teams in a year, each with a part of him."""
    yield from comes(
        scene,
        340,
        gp="suki",
        to="primary",
        why="Sleep, work, the drink, my temper, my back. I do not know where to begin.",
        meanwhile="Dr Marlowbrook, once a month",
        worker="jamal",
        time="10:00",
        first="Lubomir and I made a list of everything. He said it was the first time that all of "
        "it stood on one page.",
        second="Began with sleep, because the rest hangs on it.",
    )
    yield from goes_on(scene, "jamal", [], since=300, until=250, every=24)
    yield day(222, "10:00")
    scene.is_referred(
        "cmht",
        "jamal",
        why="Jamal says the community team can do more of the list.",
        meanwhile="Jamal, every two weeks",
        kind="joint",
    )
    yield day(217, "10:00")
    scene.is_received("tamsin")
    yield day(215, "10:00")
    scene.is_accepted("tamsin", "arjun")
    yield day(201, "13:00")
    scene.meets("arjun", note="Work and the back. He lays floors, on his knees, since sixteen.")
    yield night(166, "22:00")
    scene.in_crisis("zofia", note="Lubomir rang for the first time. His daughter had left.")
    yield day(158, "11:00")
    scene.meets("jamal", note="He asked which of us to ring about what.")
    for days_ago in (137, 110, 82):
        yield day(days_ago, "13:00")
        scene.meets("arjun")
        yield day(days_ago - 10, "11:00")
        scene.meets("jamal", medium=PHONE, minutes=20)
    yield day(58, "15:00")
    scene.shares_with("door")
    scene.meets("bill", place="Open Door", note="Arrears. Wrote to the landlord together.")
    yield day(40, "13:00")
    scene.meets("arjun", note="Knee surgery is being talked about. Who writes to whom?")
    yield day(22, "11:00")
    scene.meets(
        "jamal",
        note="Lubomir keeps our four names on the back of an envelope. He would like one of us to "
        "hold the envelope.",
    )
