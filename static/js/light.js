// The page of the last hour: the time left, and a form sent once. It does without all the rest, and without this too.
import { startCountdowns } from "./countdown.js";

document.documentElement.classList.add("js");
startCountdowns(document);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent !== undefined) return event.preventDefault();
  form.dataset.sent = "";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
