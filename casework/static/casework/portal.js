// Leaves at once: button, or Shift three times.
const link = document.querySelector("[data-exit]");
const token = () => document.querySelector('input[name="csrfmiddlewaretoken"]').value;

function post(address) {
  return fetch(address, {
    method: "POST",
    headers: { "X-CSRFToken": token() },
    credentials: "same-origin",
    redirect: "manual",
    keepalive: true,
  });
}

function leave(event) {
  if (event) event.preventDefault();
  document.body.hidden = true;
  document.title = "";
  post(link.dataset.exit).catch(() => {});
  window.location.replace(link.href); // this page is not in the list of pages to go back to
}

let presses = 0;
let last = 0;
if (link) {
  document.getElementById("exit-hint").hidden = false;
  link.addEventListener("click", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = 0;
      return;
    }
    if (event.repeat) return;
    const now = Date.now();
    presses = now - last < 2000 ? presses + 1 : 1;
    last = now;
    if (presses === 3) leave();
  });
}
