// What one sees of a file being sent: its name, how far it is, what happens in words, and what one may do.
import { make } from "../elements.js";
import { words } from "./words.js";

let numbers = 0;

export class Card {
  /** `acts`: what each button does, by its name in the words. */
  constructor({ name, code, size, acts }) {
    Object.assign(this, { code, size, acts, number: (numbers += 1), began: null });
    this.element = make("li", "sending");
    const title = make("p", "sending__name");
    title.append(make("strong", "", name), ` (${words.megabytes(size)})`);
    this.bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
    this.bar.setAttribute("aria-label", words.bar(name));
    this.figures = make("p", "sending__figures");
    this.said = make("p", "sending__words");
    this.said.setAttribute("role", "status");
    this.buttons = make("p", "sending__acts");
    const line = make("div", "sending__line");
    line.append(this.said, this.figures);
    this.element.append(title, this.bar, line, this.buttons);
    this.name = name;
  }

  /** In the list of its requirement; again when the page was renewed around it. */
  place() {
    const place = document.querySelector(`[data-sendings="${CSS.escape(this.code)}"]`);
    if (!place || place.contains(this.element)) return;
    const focused = this.focused;
    const list = place.querySelector("ul") ?? place.appendChild(make("ul", "sendings"));
    list.setAttribute("aria-label", words.list);
    list.append(this.element);
    if (focused) this.buttons.querySelector(`[data-act="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** Say what happens, and offer what may be done. */
  say(state, text, ...offered) {
    this.element.dataset.state = state;
    if (this.said.textContent !== text) this.said.textContent = text;
    this.said.classList.toggle("invalid-feedback", state === "failed");
    this.bar.hidden = ["failed", "waiting", "done"].includes(state);
    this.figures.hidden = !["sending", "paused", "cut"].includes(state);
    if (state !== "sending") this.began = null;
    this.offer(offered);
  }

  offer(offered) {
    const hadFocus = this.buttons.contains(document.activeElement);
    this.buttons.replaceChildren(...offered.map((act) => this.button(act)));
    if (hadFocus) (this.buttons.querySelector(`[data-act="${this.focused}"]`) ?? this.buttons.firstElementChild)?.focus();
  }

  button(act) {
    const button = make("button", act === "cancel" || act === "dismiss" ? "quiet" : "btn btn-sm", words[act]);
    button.type = "button";
    button.dataset.act = act;
    button.id = `sending-${this.number}-${act}`; // the focus is given back to it when the page is renewed
    button.append(make("span", "visually-hidden", ` – ${this.name}`));
    button.addEventListener("click", () => this.acts[act]());
    button.addEventListener("focus", () => (this.focused = act));
    button.addEventListener("blur", ({ relatedTarget }) => relatedTarget && (this.focused = null));
    return button;
  }

  progress(bytes) {
    const percent = Math.min(100, Math.floor((bytes / this.size) * 100));
    this.bar.value = percent;
    this.bar.textContent = `${percent} %`;
    this.figures.textContent = words.figures(percent, words.megabytes(bytes), words.megabytes(this.size)) + this.left(bytes);
  }

  /** How long it may still take, once that can be told. */
  left(bytes) {
    if (this.element.dataset.state !== "sending") return "";
    this.began ??= { bytes, at: Date.now() };
    const [sent, seconds] = [bytes - this.began.bytes, (Date.now() - this.began.at) / 1000];
    if (seconds < 5 || sent <= 0) return "";
    return words.left(Math.round(((this.size - bytes) / sent) * (seconds / 60)));
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  remove() {
    const list = this.element.parentElement;
    this.element.remove();
    if (list && !list.children.length) list.remove();
  }
}
