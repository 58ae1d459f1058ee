// Three files at a time: more would only be slower each.
const AT_ONCE = 3;
const waiting = [];
let going = 0;

/** Resolves with the function that gives the turn back. `signal`: who waits no more. */
export function turn(signal) {
  return new Promise((resolve, reject) => {
    const begin = () => {
      going += 1;
      let given = false;
      resolve(() => {
        if (given) return;
        given = true;
        going -= 1;
        waiting.shift()?.();
      });
    };
    if (going < AT_ONCE) return begin();
    waiting.push(begin);
    signal.addEventListener("abort", () => {
      const place = waiting.indexOf(begin);
      if (place >= 0) waiting.splice(place, 1);
      reject(new DOMException("Stopped", "AbortError"));
    });
  });
}
