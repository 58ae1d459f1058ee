// [data-reader-place]: where there is room, a file opens over the dossier one was reading, the grid or the checklist still
// beside and what was typed there untouched. On a phone, or when anything fails, its link leads to its page.
import { start } from "./start.js";

let end = null; // what ends the reader that is open
let opener = null; // the link to come back to
let height = 0; // how far down one was reading

const place = () => document.querySelector("[data-reader-place]");
const hasRoom = (found) => window.matchMedia(`(min-width: ${found.dataset.readerPlace}px)`).matches;

export function startPlaces() {
  if (!place()) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-read]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && isPlain && hasRoom(place())) {
      event.preventDefault();
      open(link);
    }
    if (end && event.target.closest("[data-reader-close]")) {
      event.preventDefault();
      history.back();
    }
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && end && place().contains(event.target) && history.back());
  window.addEventListener("popstate", () => end && close());
}

async function open(link) {
  let reader;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    reader = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-reader]");
  } catch {
    reader = null;
  }
  if (!reader) return location.assign(link.href);
  const found = place();
  if (end) end();
  else {
    opener = link;
    height = window.scrollY;
    history.pushState({ reads: true }, "");
  }
  found.replaceChildren(document.adoptNode(reader));
  found.hidden = false;
  found.parentElement.classList.add("is-reading");
  end = start(reader);
  reader.querySelector("h2").focus({ preventScroll: true });
  // Once what it covers has gone, and the page has its new height.
  requestAnimationFrame(() => window.scrollTo({ top: window.scrollY + found.getBoundingClientRect().top, behavior: "instant" }));
}

function close() {
  end();
  end = null;
  const found = place();
  found.parentElement.classList.remove("is-reading");
  found.hidden = true;
  found.replaceChildren();
  window.scrollTo({ top: height, behavior: "instant" });
  opener?.focus({ preventScroll: true });
}
