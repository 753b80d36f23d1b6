// Says before a sign-in ends, and goes to the sign-in page when it has. A hand on the keys or the
// pointer extends it, at most once a minute; nothing that runs by itself does.
const dialog = document.getElementById("idle");
const EVERY = 60000;

function seconds(name) {
  return Number(dialog.dataset[name]) * 1000;
}

let ends = Date.now() + seconds("left");
let extended = Date.now();
let timer = 0;

async function ask(address, options) {
  const answer = await fetch(address, {
    credentials: "same-origin",
    redirect: "manual",
    ...options,
  });
  if (!answer.ok) return 0; // a redirect to the sign-in page: it is over
  return (await answer.json()).left * 1000;
}

function plan() {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(0, ends - seconds("warn") - Date.now()));
}

async function extend() {
  extended = Date.now();
  const token = dialog.querySelector('input[name="csrfmiddlewaretoken"]').value;
  try {
    const left = await ask(dialog.dataset.stay, {
      method: "POST",
      headers: { "X-CSRFToken": token },
    });
    if (!left) return over();
    ends = Date.now() + left;
  } catch {
    // no connection: the end is where it was
  }
  plan();
}

// Another window may have extended it meanwhile, so that is asked first; asking extends nothing.
async function look() {
  try {
    const left = await ask(dialog.dataset.ask, { headers: { "X-Background": "1" } });
    if (!left) return over();
    ends = Date.now() + left;
  } catch {
    // no connection: what this page knows has to do
  }
  if (ends - Date.now() > seconds("warn") + 1000) {
    if (dialog.open) dialog.close("elsewhere");
    plan();
    return;
  }
  if (!dialog.open) dialog.showModal();
  clearTimeout(timer);
  timer = setTimeout(check, Math.max(1000, ends - Date.now()));
}

// At the very end: once more, and then away from the page, whose words are kept on its way out.
async function check() {
  try {
    const left = await ask(dialog.dataset.ask, { headers: { "X-Background": "1" } });
    if (left > 1000) {
      ends = Date.now() + left;
      return look();
    }
  } catch {
    // no connection: it is over here all the same
  }
  over();
}

function over() {
  window.location.replace(dialog.dataset.over);
}

function hand() {
  if (!dialog.open && Date.now() - extended > EVERY) extend();
}

if (dialog) {
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "elsewhere") extend();
    dialog.returnValue = "";
  });
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, hand);
  // a page that slept (a closed laptop) looks as soon as it wakes
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && ends - Date.now() < seconds("warn")) look();
  });
  plan();
}
