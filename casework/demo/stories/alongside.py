"""What keeps people well: somebody who stays, who asks, and who knows what got in the way."""

from __future__ import annotations

from casework.demo.life import Story, day, night
from casework.demo.scene import PHONE, THERAPY, Scene
from casework.demo.stories.common import comes, goes_on


def kept_well(scene: Scene) -> Story:
    """A steady worker, in good months and in bad ones."""
    yield from comes(
        scene,
        705,
        gp="anwen",
        why="Everything gets too loud and then I hurt myself. I want one person who knows me, "
        "not a new one each time.",
        meanwhile="Dr Hazelden rings every Friday",
        worker="femi",
        first="Marigold chose the chair by the door. She told me about the allotment, her sister "
        "Juno in Spain, and what the nights are like. We did not go through the past; she said she "
        "would tell me when she was ready.",
        second="We wrote down together what helps in the first ten minutes: cold tap, the dog, "
        "ringing me or the line. She would like to meet on Tuesdays.",
        email="marigold@example.org",
    )
    scene.says(
        "femi",
        how_to_be_with_me="Tell me what will happen before it happens. I notice when somebody is "
        "in a hurry, so say it if you are.",
        want_you_to_know="I grow dahlias and I am good at it. I have been well for most of a year "
        "and I still need my Tuesdays.",
        please_do="Ring when you say you will.",
        please_do_not="Please don't tell me I am doing well and so I will not need you.",
        when_i_struggle="I go very quiet and tidy. I say that I am fine.",
        what_helps="Cold water, walking the dog, ten minutes on the telephone with somebody who "
        "knows my name.",
    )
    scene.needs("femi", "place", "A chair near the door, and the window open a little")
    scene.needs("femi", "time", "Mornings, after ten")
    scene.reachable(
        "femi",
        text={"may_use": True, "safe_to_leave_message": True},
        phone={"may_use": True, "safe_to_leave_message": False, "note": "After ten"},
    )
    scene.lives("01", True)
    yield from goes_on(
        scene,
        "femi",
        [
            "The night before had been hard. Marigold used the cold tap and rang the line, and "
            "told me about it today. We talked about what the line did well.",
            "Walked round the allotment. She showed me the dahlias and said she had slept.",
            "Marigold asked what happens when she is better. I said that we go on, less often if "
            "she wants, and that she decides when.",
            "Her sister is coming for a week. She looks forward to it and dreads it. We planned a "
            "call for the Wednesday in between.",
        ],
        since=670,
        until=300,
        every=21,
        time="10:30",
        calls=True,
    )
    yield night(286, "23:40")
    scene.in_crisis(
        "priya",
        medium=PHONE,
        minutes=35,
        note="Marigold rang. It was the date her mother died. She wanted to hear somebody until "
        "the dog had settled. She asked that Femi knows; I have left him a message.",
    )
    yield day(285, "09:15")
    scene.meets(
        "femi",
        medium=PHONE,
        minutes=25,
        note="Rang Marigold first thing after Priya's message. She said that being rung was what "
        "mattered. We marked the date in the diary for next year.",
        promises=[("Ring in the week of the date next year", 355)],
    )
    yield from goes_on(
        scene,
        "femi",
        [
            "Marigold sold flowers at the Saturday market for the first time.",
            "A quiet month, she said, and quiet is allowed to be good.",
            "We read the plan together and changed two lines of it.",
            "She asked to stay with every three weeks through the winter. Agreed.",
        ],
        since=270,
        until=12,
        every=21,
        time="10:30",
        calls=True,
    )
    yield day(12, "11:30")
    scene.is_promised("femi", "Send the form for the allotment group", 16)


def slow_trust(scene: Scene) -> Story:
    """It took seven meetings before he said much, and the same person was at all of them."""
    yield from comes(
        scene,
        480,
        gp="suki",
        why="I do not know how to talk about it. I would rather somebody just kept coming.",
        meanwhile="A surgery appointment every second Monday, with Dr Marlowbrook",
        worker="bronwyn",
        time="14:00",
        first="Caspian said little, and it was all right. We walked to the canal and back. He "
        "would like to walk again.",
        second="Walked again. He asked whether I would be the one who comes next time too. Yes.",
    )
    scene.says(
        "bronwyn",
        how_to_be_with_me="Walk with me. I talk better when nobody is looking at me.",
        want_you_to_know="Silence is not rudeness. I am listening.",
        please_do="Say when you will be away, early.",
        when_i_struggle="I stop opening the post.",
        what_helps="Somebody opening the post with me.",
    )
    scene.needs("bronwyn", "place", "Outdoors if it is dry")
    scene.reachable("bronwyn", text={"may_use": True, "safe_to_leave_message": True})
    yield from goes_on(
        scene,
        "bronwyn",
        [
            "The canal again. A heron. Caspian told me its name, which is Gerald.",
            "We opened seven letters on a bench. None of them was as bad as he had feared.",
            "He told me about school for the first time, in three sentences, and then we walked.",
            "Caspian said that he had told his brother he has somebody who walks with him.",
            "He asked for help with a form for the rent. We did half of it on the bench.",
        ],
        since=445,
        until=8,
        every=23,
        time="14:00",
    )


def light_touch(scene: Scene) -> Story:
    """Doing well is no reason to be left alone: stepped down, and still somebody's."""
    yield from comes(
        scene,
        690,
        gp="babatunde",
        why="I cannot be in the house when it gets dark. I need help before it gets to hospital "
        "again.",
        meanwhile="Two calls a week from the surgery",
        worker="femi",
        time="11:30",
        first="Esperanza and her daughter came. She wants evenings that are not frightening and to "
        "sing again.",
        second="We made a plan for the hour when it gets dark: radio, soup, the neighbour.",
        score=11,
    )
    scene.says(
        "femi",
        how_to_be_with_me="Be warm and be on time. Laugh if it is funny.",
        want_you_to_know="I sing in the Thursday choir. Being well is work, and I am proud of it.",
        please_do_not="Please don't close my file because of a good summer.",
        when_i_struggle="I cancel the choir. If I cancel twice, ring me.",
        what_helps="The radio, soup, my neighbour Odette.",
    )
    scene.reachable("femi", phone={"may_use": True, "safe_to_leave_message": True})
    yield from goes_on(
        scene,
        "femi",
        [
            "Evenings are better in company. Odette comes on Mondays now.",
            "Back in the choir, in the second row.",
            "A fortnight without a bad evening. She said it out loud twice.",
        ],
        since=650,
        until=330,
        every=20,
        time="11:30",
    )
    yield day(310, "11:30")
    scene.meets(
        "femi",
        note="We looked back over the year. Esperanza does not want an ending and does not need "
        "every three weeks. We agreed on a call every six weeks, and that one text brings back "
        "more without any form.",
    )
    scene.checks_in(
        "femi",
        weeks=6,
        words="A call every six weeks. If I cancel the choir twice, you ring me.",
    )
    for days_ago in (268, 226, 184, 142, 101, 60):
        yield day(days_ago, "12:00")
        scene.meets("femi", medium=PHONE, minutes=15)
    yield day(20, "12:00")
    scene.meets(
        "femi",
        medium=PHONE,
        minutes=20,
        note="Esperanza is singing a solo in December. Nothing needed. Next call in six weeks.",
    )


def peer_beside(scene: Scene) -> Story:
    """Somebody who has been there, beside somebody who answers."""
    yield from comes(
        scene,
        400,
        gp="anwen",
        why="I want to talk to somebody who has been through it and is on the other side.",
        meanwhile="The surgery's wellbeing group on Wednesdays",
        worker="arjun",
        time="13:00",
        first="Clementine has read more about this than I have. She wants her art back and fewer "
        "nights in casualty. She asked about peer support in the first five minutes.",
        second="We looked at what a week could hold. One thing a day, and one of them is drawing.",
    )
    scene.says(
        "arjun",
        how_to_be_with_me="Ask me, don't guess. I would rather have a straight answer.",
        want_you_to_know="I draw maps of places that do not exist.",
        please_do="Let me see what you write.",
        when_i_struggle="I talk fast and make plans for everybody.",
        what_helps="Robin. Drawing. Being asked what I need.",
    )
    yield day(360, "15:00")
    scene.is_with(
        "robin",
        "arjun",
        role="peer",
        reason="Clementine asked for a peer worker",
        says="Finally somebody who does not look shocked.",
    )
    scene.meets(
        "robin",
        minutes=60,
        place="The Tea House",
        note="We had tea and swapped stories, a little of mine and a little of hers.",
    )
    scene.shares_with("thread")
    for days_ago in range(345, 25, -28):
        yield day(days_ago, "13:00")
        scene.meets("arjun")
        yield day(days_ago - 12, "15:00")
        scene.meets("robin", minutes=60, place="The Tea House")
    yield day(18, "13:00")
    scene.meets(
        "arjun",
        note="Clementine brought a map with a lighthouse on it, for the clinic wall. Five months "
        "without a night in casualty. She and Robin are planning a drawing hour at Common Thread.",
    )
    yield day(9, "15:00")
    scene.meets(
        "robin",
        minutes=60,
        place="Common Thread",
        note="Looked at the room for the drawing hour. Good light. Clementine chose the table.",
        promises=[("Ask Noor for the room on Thursdays", 14)],
    )


def met_before_notes(scene: Scene) -> Story:
    """She met them before she read anything, and much changed."""
    yield from comes(
        scene,
        330,
        gp="babatunde",
        why="I have been given four different names for what I have. I want somebody to meet me "
        "first and read later.",
        meanwhile="Dr Rookwood sees me every two weeks",
        worker="saoirse",
        time="09:30",
        first="I told Arden that I had read nothing. They laughed, then they cried, then they told "
        "me about the sea. I will read what they want me to read, with them.",
        second="Arden brought two letters that they wanted me to read, and one that they wanted to "
        "answer. We wrote the answer together.",
    )
    scene.says(
        "saoirse",
        how_to_be_with_me="Get to know me first. My name is Arden, and they.",
        want_you_to_know="I was a ship's cook. I can feed forty.",
        please_do="Check with me what you have understood.",
        please_do_not="Please don't start with the diagnosis.",
        when_i_struggle="I apologise a lot.",
        what_helps="Cooking for somebody.",
        diagnosis="Complex post-traumatic stress disorder (reviewed with Arden)",
        how_i_see_it="For ten years I was told something else. This one explains more, and I asked "
        "for the review myself.",
    )
    yield from goes_on(
        scene,
        "saoirse",
        [
            "Arden asked whether the diagnosis could be looked at again. I asked Leila to meet the "
            "two of us.",
            "We prepared for the meeting with Leila: three things to say, one thing to ask.",
        ],
        since=290,
        until=250,
        every=20,
        time="09:30",
    )
    yield day(235, "09:30")
    scene.meets(
        "saoirse",
        "leila",
        minutes=80,
        purpose="review",
        note="The three of us. Leila listened first. We agree that what Arden lives with is better "
        "described in another way. Leila writes to the surgery, and Arden reads it before it goes.",
    )
    yield from goes_on(
        scene,
        "saoirse",
        [
            "The letter is right, Arden says, apart from the boat. Corrected.",
            "Arden cooked for the drop-in at Open Door: thirty-one people, no complaints.",
            "We talked about the nights. They want to try the trauma group in spring.",
        ],
        since=215,
        until=10,
        every=24,
        time="09:30",
    )


def what_got_in_the_way(scene: Scene) -> Story:
    """Missed meetings, and somebody who asked why."""
    yield from comes(
        scene,
        300,
        gp="suki",
        why="Things fall apart when I am on my own with them. I might not always turn up.",
        meanwhile="A text from the surgery every Monday",
        worker="bronwyn",
        time="15:30",
        first="Jerome came late, out of breath, two buses. He told me he had nearly gone home. "
        "Glad that he did not.",
        second="He keeps a list on his telephone of what he wants to say. We did the first two.",
    )
    scene.says(
        "bronwyn",
        how_to_be_with_me="Give me a minute when I arrive.",
        want_you_to_know="If I am not there it is not because I do not care.",
        please_do="Ask what got in the way.",
        when_i_struggle="I switch the telephone off.",
        what_helps="A text that does not need an answer.",
    )
    scene.needs("bronwyn", "time", "Not before eleven")
    scene.reachable("bronwyn", text={"may_use": True, "safe_to_leave_message": True})
    yield day(265, "15:30")
    scene.misses(
        "bronwyn",
        barrier="transport",
        words="The second bus did not come and I had no money for a taxi.",
        promise="Meet at the library in Southmeadow, which is on his own bus",
        days=7,
    )
    yield day(262, "11:00")
    scene.promise_kept("bronwyn", "The library gives us the small room on Wednesdays.")
    yield day(251, "15:00")
    scene.meets("bronwyn", place="Southmeadow library", note="One bus, ten minutes. He was early.")
    yield from goes_on(scene, "bronwyn", [], since=237, until=180, every=14, time="15:00")
    yield day(166, "15:00")
    scene.misses(
        "bronwyn",
        barrier="fear",
        words="I got to the door and there were too many people in the hall.",
        promise="Wait for him outside by the bicycle stands",
        days=10,
    )
    yield day(159, "15:00")
    scene.meets(
        "bronwyn",
        place="Southmeadow library",
        late=True,
        note="I waited at the bicycle stands. We sat outside for ten minutes and then went in "
        "together.",
    )
    scene.promise_kept("bronwyn", "Waited outside. That is how we do it from now on.")
    yield from goes_on(
        scene,
        "bronwyn",
        [
            "Jerome has been at every meeting since the bicycle stands. He said: it is because you "
            "asked.",
            "He rang his aunt. They had not spoken for two years.",
        ],
        since=138,
        until=20,
        every=21,
        time="15:00",
    )
    yield day(6, "15:00")
    scene.misses(
        "bronwyn",
        barrier="health",
        words="Flu.",
        promise="Text on Thursday, and find another day",
        days=9,
    )


def more_for_a_while(scene: Scene) -> Story:
    """More when it is needed, without beginning again."""
    yield from comes(
        scene,
        420,
        gp="pippa",
        why="Most weeks I cope. Some weeks I do not, and then I need more than most weeks.",
        meanwhile="Pippa at the surgery, whenever I knock",
        worker="kofi",
        time="16:00",
        first="Vashti runs a bakery and gets up at four. She wants support that fits round it.",
        second="Agreed on Thursdays at four, in the room behind the shop when she cannot leave it.",
    )
    scene.says(
        "kofi",
        how_to_be_with_me="I am quick. Tell me to slow down, kindly.",
        want_you_to_know="I employ three people. I am also frightened a good deal of the time.",
        when_i_struggle="The bread is late.",
        what_helps="More of you for a bit, and then less again.",
    )
    yield from goes_on(
        scene,
        "kofi",
        ["The bakery is busy and so is her head. We made the list shorter.", "A good fortnight."],
        since=385,
        until=205,
        every=22,
        time="16:00",
    )
    yield day(190, "16:00")
    scene.meets(
        "kofi",
        note="The lease of the shop is ending and Vashti is not sleeping. She asked for more for a "
        "while. From tomorrow twice a week, and Leila meets her for ten weeks as well.",
    )
    scene.steps_up(
        "kofi",
        extra="Leila meets Vashti every week for ten weeks, about sleep and fear",
        owner="leila",
        weeks=10,
    )
    for days_ago in range(186, 116, -7):
        yield day(days_ago, "16:00")
        scene.meets("kofi", minutes=30)
        yield day(days_ago - 2, "12:00")
        scene.meets("leila", purpose="therapy", did=THERAPY)
    yield day(112, "16:00")
    scene.meets(
        "kofi",
        note="The lease is signed. Leila's ten weeks are over, and Vashti says that they turned "
        "things round. Back to Thursdays, every three weeks.",
    )
    scene.steps_back("kofi")
    yield from goes_on(
        scene,
        "kofi",
        ["New lease, new oven.", "She took a Sunday off."],
        since=92,
        until=12,
        every=20,
        time="16:00",
    )
