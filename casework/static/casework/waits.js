// A page that waits for something that is being made: it asks for a minute at most, so that a page
// that was left open keeps nobody signed in, and shows itself again when it is there.
const PAUSE = 1500;
const MOST = 40;

async function look(place, count) {
  const answer = await fetch(place.dataset.waits, { headers: { Accept: "application/json" } }).catch(
    () => null,
  );
  if (answer && answer.ok && !(await answer.json()).making) {
    window.location.reload();
  } else if (count < MOST) {
    window.setTimeout(() => look(place, count + 1), PAUSE);
  }
}

document.querySelectorAll("[data-waits]").forEach((place) => {
  window.setTimeout(() => look(place, 1), PAUSE);
});
