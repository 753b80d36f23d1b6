// Says every half minute that this page is open, and shows who else has it open. X-Background: it
// is the page that asks, and not somebody, so it keeps no sign-in alive.
const EVERY = 30000;

function watch(form) {
  const text = form.querySelector("[data-here-text]");

  async function say() {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Background": "1" },
        credentials: "same-origin",
        redirect: "manual",
      });
      if (!answer.ok) return; // signed out, or the plan is no longer open: nothing is claimed
      const told = await answer.json();
      if (text.textContent !== told.text) text.textContent = told.text;
    } catch {
      // no connection: what stands there may be old, and says so in a moment
      text.textContent = "";
    }
  }

  say();
  setInterval(say, EVERY);
  document.addEventListener("visibilitychange", say);
}

document.querySelectorAll("form[data-here]").forEach(watch);
