// Finding elements in a fragment, itself included, each given to an enhancement once.

const given = new Map();

export function all(root, selector) {
  const inside = [...root.querySelectorAll(selector)];
  return root.matches?.(selector) ? [root, ...inside] : inside;
}

/** The elements of `root` that match `selector` and were not returned by an earlier call with it. */
export function fresh(root, selector) {
  const known = given.get(selector) ?? new WeakSet();
  given.set(selector, known);
  const found = all(root, selector).filter((element) => !known.has(element));
  found.forEach((element) => known.add(element));
  return found;
}

/** An element with a class and a text. */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
