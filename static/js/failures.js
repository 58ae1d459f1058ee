// What fails on these pages is remembered in this tab, a little of it, and goes with « J’ai un problème ».
//
// Each: what (save, upload, page, offline), where (a path, nothing typed), status, and when by a clock that only this tab
// reads: what is posted is how long ago.
import { fresh } from "./elements.js";

const KEY = "failures";
const MOST = 10;

export function listenForFailures() {
  const kind = ({ target }) => (target?.matches?.("form[data-autosave]") ? "save" : "page");
  const where = ({ pathInfo }) => pathInfo?.requestPath ?? location.pathname;
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const { status } = detail.xhr;
    if (status !== 409 && status !== 422) noteFailure(kind({ target: detail.elt }), where(detail), status);
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, ({ detail }) => noteFailure(kind({ target: detail.elt }), where(detail))));
  window.addEventListener("offline", () => noteFailure("offline", location.pathname));
}

export function noteFailure(what, where, status = 0) {
  const kept = [...failures(), { what, where: where.split("?")[0], status, at: Date.now() }];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept.slice(-MOST)));
  } catch {
    // A browser that keeps nothing loses the list, not the report.
  }
}

/** [name="failures"] of the page of reports: filled from what was remembered. */
export function startFailures(root) {
  fresh(root, 'input[name="failures"]').forEach((field) => {
    const seen = failures().map(({ at, ...failure }) => ({ ...failure, ago: Math.max(0, Math.round((Date.now() - at) / 1000)) }));
    if (seen.length) field.value = JSON.stringify(seen);
  });
}

function failures() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
