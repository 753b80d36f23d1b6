// Advice on wording beside every text that staff write (data-wording). It waits until somebody
// pauses, never touches the text, and stays away where it was sent away.
const { look: LOOK, answer: ANSWER } = document.getElementById("advice-on-wording").dataset;
const PAUSE = 1200;
const PATIENCE = 8000;

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

function post(address, fields, form, signal) {
  const body = new URLSearchParams(fields);
  const token = form.elements.csrfmiddlewaretoken;
  body.set("csrfmiddlewaretoken", token ? token.value : cookie("csrftoken"));
  return fetch(address, { method: "POST", body, credentials: "same-origin", signal });
}

// Words that are the person's own get no advice: only those that somebody chose alone for them.
function wanted(area) {
  if (!area.dataset.wordingWhen) return true;
  const [name, value] = area.dataset.wordingWhen.split(":");
  const chosen = area.form.querySelector(`[name="${name}"]:checked`);
  return chosen !== null && chosen.value === value;
}

function advise(area) {
  const place = document.createElement("div");
  place.className = "app-advice";
  place.setAttribute("role", "status");
  area.insertAdjacentElement("afterend", place);
  const sentAway = new Set(); // entries that were answered on this page
  let shown = new Set();
  let timer = 0;
  let sending = null;

  function tell(code, answer) {
    post(ANSWER, { code, answer }, area.form).catch(() => {});
  }

  function place_advice(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const item of page.querySelectorAll("[data-advice]")) {
      if (sentAway.has(item.dataset.advice)) item.remove();
    }
    const items = [...page.querySelectorAll("[data-advice]")];
    const now = new Set(items.map((item) => item.dataset.advice));
    for (const code of shown) if (!now.has(code) && !sentAway.has(code)) tell(code, "changed");
    shown = now;
    const box = page.querySelector(".app-advice__box");
    place.replaceChildren(...(items.length && box ? [document.importNode(box, true)] : []));
    for (const answers of place.querySelectorAll(".app-advice__answers")) answers.hidden = false;
  }

  async function look() {
    if (sending) sending.abort();
    if (!wanted(area)) {
      place.replaceChildren();
      shown = new Set();
      return;
    }
    if (!navigator.onLine) return; // writing goes on without advice
    sending = new AbortController();
    const late = setTimeout(() => sending.abort(), PATIENCE);
    try {
      const answer = await post(LOOK, { text: area.value }, area.form, sending.signal);
      if (answer.ok && !answer.redirected) place_advice(await answer.text());
    } catch {
      // no connection: writing goes on without advice
    } finally {
      clearTimeout(late);
    }
  }

  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-answer]");
    if (!button) return;
    const item = button.closest("[data-advice]");
    sentAway.add(item.dataset.advice);
    shown.delete(item.dataset.advice);
    tell(item.dataset.advice, button.dataset.answer);
    item.remove();
    if (!place.querySelector("[data-advice]")) place.replaceChildren();
    area.focus();
  });
  if (area.dataset.wordingWhen) {
    const [name] = area.dataset.wordingWhen.split(":");
    area.form.addEventListener("change", (event) => {
      if (event.target.name === name) look();
    });
  }
  if (area.value.trim()) look();
}

for (const area of document.querySelectorAll("textarea[data-wording]")) advise(area);
