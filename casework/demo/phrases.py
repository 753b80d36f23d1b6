"""Words of the people in the background: what they say of themselves, and what teams wrote down."""

NOTES = (
    "{name} came with a list. We did the first two things on it and put the rest in order.",
    "A walk to the park and back. {name} talked about the week, and I mostly listened.",
    "{name} slept better after changing the evening. Going on with it.",
    "We read the letter from the council together and rang them. An answer is due next week.",
    "{name} asked what happens in the holidays. Wrote the dates down for both of us.",
    "A hard fortnight. We looked at what had helped last time, and {name} chose the morning swim.",
    "{name} said that being asked twice made it possible to answer.",
    "We went through the form for the travel pass and sent it off.",
    "{name} brought photographs of the garden. The beans are up.",
    "Talked about work, and what half days could look like. {name} will ask at the café.",
    "{name} did not feel like talking. We made soup, and that was right.",
    "We agreed whom {name} rings at the weekend, and put the numbers on the fridge.",
    "{name} told me what had been unhelpful last time. I thanked them and wrote it into the plan.",
    "The new medicine makes mornings slow. Asked the surgery to look at it this week.",
    "{name} and I looked back over three months. More days out, fewer nights awake.",
    "We practised the telephone call and then made it. It took four minutes.",
    "{name} would like to try the art group. I shall come along the first time.",
    "A short visit, at {name}'s wish. All is well, and the next date is agreed.",
    "{name} has been in touch with a friend again after a long time.",
    "We sorted the post. Two things to answer, the rest can go.",
)
PROMISES = (
    "Ring the housing officer",
    "Send the form for the travel pass",
    "Ask the surgery about the blood test",
    "Find out when the art group begins",
    "Write to the benefits office",
    "Bring the plan, printed in large type",
    "Ask Common Thread about a peer worker",
    "Come along to the first meeting of the group",
)
WHY = (
    "I want to get through a week without being frightened of it.",
    "I would like somebody who stays.",
    "My moods turn over like weather and I cannot plan anything.",
    "I hurt myself less than before, and I want help to stop.",
    "I have lost my place in things since the baby.",
    "I want to work again and not pay for it with my sleep.",
    "People are hard for me, and I do not want to be alone.",
    "I need help with the flat first and with my head after that.",
)
MEANWHILE = (
    "A call from the surgery every week",
    "The practice nurse, fortnightly",
    "A long appointment once a month",
    "The drop-in at Common Thread",
)
HOW_TO_BE = (
    "Slowly, please.",
    "Be straight with me and be kind.",
    "Ask before you write.",
    "Say my name the way I say it.",
    "Let me find the words. I am getting there.",
    "Sit down, and have the tea if I offer it.",
    "Tell me when there are ten minutes left.",
)
WANT_YOU_TO_KNOW = (
    "I play the accordion.",
    "I brought up three children and I would do it again.",
    "I used to run a marathon a year.",
    "My cat is called Prime Minister.",
    "I read everything you send me.",
    "I was good at school until it stopped.",
    "I have a sense of humour about this. You may too.",
    "I write in the mornings.",
)
STRUGGLE = (
    "I cancel things.",
    "I clean the flat at night.",
    "I laugh too much.",
    "I answer with one word.",
    "I stop eating breakfast.",
    "I send very long messages.",
)
HELPS = (
    "A short call.",
    "Fresh air, even if I say no at first.",
    "Doing something with my hands.",
    "Somebody who remembers what I said last time.",
    "Music, loud.",
    "Being left in peace for an hour, and then a knock.",
)
BARRIERS = (
    ("transport", "The bus did not come."),
    ("money", "I had no money for the bus until Thursday."),
    ("fear", "I could not get past the front door."),
    ("time", "It was too early for me after a bad night."),
    ("room", "The waiting room was full."),
    ("notice", "I did not get the message."),
    ("health", "I was ill."),
)
