"use strict";
// Replaces the parts of the page that have changed, one by one, so that the rest
// of the page does not move.
(() => {
  const shown = new Map(); // the text of each part as it was served
  const note = document.body.appendChild(document.createElement("p"));
  note.className = "warning";
  note.setAttribute("role", "status");
  note.style.cssText = "position: fixed; left: 1rem; right: 1rem; bottom: 0; z-index: 2";
  note.hidden = true;

  let served = ""; // the page as it was served last

  async function refresh() {
    const response = await fetch("/", { cache: "no-cache" });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    if (text === served) return;
    served = text;
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    for (const part of page.querySelectorAll("[data-live]")) {
      const name = part.dataset.live, text = part.outerHTML;
      if (shown.get(name) === text) continue;
      shown.set(name, text);
      const old = document.querySelector(`[data-live="${name}"]`);
      if (!old) return location.reload(); // this is another page now
      const focused = [...old.querySelectorAll("[tabindex]")].indexOf(document.activeElement);
      old.replaceWith(document.adoptNode(part));
      document.dispatchEvent(new CustomEvent("curves"));
      if (focused >= 0) part.querySelectorAll("[tabindex]")[focused]?.focus({ preventScroll: true });
    }
  }

  const say = (text) => { note.textContent = text; note.hidden = !text; };
  async function follow() {
    await refresh().then(() => say(""), (error) => say(error instanceof TypeError
      ? "The program that serves this page does not answer: it may have ended."
      : "This page could not be brought up to date: " + error.message));
    setTimeout(follow, 1000);
  }
  follow();
})();
