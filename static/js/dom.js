// A fragment inserted by hand, given to htmx and to the enhancements; and the elements, from where htmx is already there.
import { htmx } from "./htmx.js";

export { all, fresh, make } from "./elements.js";

/** Give a fragment that htmx did not insert to htmx and to the enhancements. */
export function enhance(fragment) {
  htmx.process(fragment);
  htmx.trigger(fragment, "htmx:load");
}
