// Keeps what somebody writes in a form with data-draft="address": a second after the last key and
// at least every second and a half while they go on, and when the page is left. Without a
// connection the form is not sent: the browser would put a page of its own in the place of the words.
const PAUSE = 1000;
const LONGEST = 1500;
const RETRY = 5000;
const PATIENCE = 10000;

function keep(form) {
  const saved = form.querySelector("[data-draft-saved]");
  const trouble = form.querySelector("[data-draft-trouble]");
  const writer = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  form.elements.draft_writer.value = writer;
  let sequence = 0;
  let unsaved = false; // something was written that no save has carried yet
  let since = 0; // when the oldest of it was written
  let sending = null; // the save that is on its way
  let timer = 0;
  let posted = false;
  let cut = false; // the last save found nobody there

  const secret = (name) => form.querySelector(`input[type="password"][name="${CSS.escape(name)}"]`);

  function words() {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !secret(name)) data.append(name, value);
    }
    sequence += 1;
    data.set("draft_sequence", String(sequence));
    return data;
  }

  function plan(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function written() {
    if (posted) return;
    const now = Date.now();
    if (!unsaved) since = now;
    unsaved = true;
    plan(Math.min(PAUSE, Math.max(0, since + LONGEST - now)));
  }

  async function send() {
    if (sending || !unsaved || posted) return;
    unsaved = false;
    sending = new AbortController();
    const signal = sending.signal;
    const late = setTimeout(() => sending && sending.abort(), PATIENCE);
    let next = 0;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: words(),
        credentials: "same-origin",
        signal,
      });
      cut = false;
      const told = await answer.json();
      if (answer.ok) {
        saved.textContent = told.signed_out ? "" : told.message;
        tell(told.signed_out ? told.message : "");
        if (told.token) form.elements.draft_token.value = told.token;
        if (told.csrf) form.elements.csrfmiddlewaretoken.value = told.csrf;
      } else {
        tell(told.message);
      }
    } catch {
      if (!posted) {
        cut = true;
        if (!unsaved) since = Date.now();
        unsaved = true;
        next = RETRY;
        tell(form.dataset.draftOffline);
      }
    } finally {
      clearTimeout(late);
      sending = null;
    }
    if (unsaved && !posted) plan(next);
  }

  function tell(message) {
    if (trouble.textContent !== message) trouble.textContent = message;
  }

  // leaving: a request that the browser finishes without us
  function leave() {
    if (posted || (!unsaved && !sending)) return;
    navigator.sendBeacon(form.dataset.draft, words());
  }

  form.addEventListener("input", written);
  form.addEventListener("change", written);
  // asked to send it without a connection: the words stay here, and go when somebody answers again
  async function hold(button) {
    unsaved = true;
    since = Date.now();
    if (navigator.onLine) {
      await send();
      if (!cut && !sending) {
        form.requestSubmit(button);
        return;
      }
    }
    plan(RETRY);
    tell(trouble.dataset.draftUnsent);
  }

  form.addEventListener("submit", (event) => {
    if (cut || !navigator.onLine) {
      event.preventDefault();
      hold(event.submitter);
      return;
    }
    leave();
    posted = true;
    clearTimeout(timer);
    if (sending) sending.abort();
  });
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) posted = false;
  });
  window.addEventListener("online", () => {
    if (unsaved) plan(0);
  });
}

document.querySelectorAll("form[data-draft]").forEach(keep);
