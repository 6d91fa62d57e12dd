// Keeps the page's live parts up to date while somebody looks at it. Without it the page is whole.
"use strict";
const EVERY = 10000;
async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      // What somebody stands in with the keyboard stays as it is.
      if (next && !part.contains(document.activeElement)) part.replaceWith(document.adoptNode(next));
    }
    document.documentElement.dataset.updated = String(Date.now());
    document.getElementById("live").textContent = "Updated every ten seconds.";
  } catch {
    document.getElementById("live").textContent = "The daemon does not answer; what you see is old.";
  }
}
if (document.querySelector("[data-live]")) setInterval(refresh, EVERY);
