// htmx without eval, without inline styles, and only towards our own server.
import htmx from "htmx.org";

export { htmx };

export function configureHtmx() {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    historyCacheSize: 0,
    timeout: 20_000,
    // A refusal (409) or an invalid form (422) comes with words to show.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "(409|422)", swap: true, error: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:beforeSwap", keepWhatTheAnswerHasNot);
}

/** A session that ended answers with another page: the line of a file, asked for again by itself, stays as it was. */
function keepWhatTheAnswerHasNot({ target, detail }) {
  if (target.matches(".file[id]") && !detail.serverResponse.includes(`id="${target.id}"`)) detail.shouldSwap = false;
}
