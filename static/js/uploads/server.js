// The portal's own endpoint: JSON in, JSON out. It says who may, until when, and whether a file is saved.
const PATIENCE = 90_000; // the last answer comes once the whole file was read again

/** The portal said no, in a sentence for the person who asked. */
export class Refused extends Error {
  constructor(status, { sentence = "", code = "" } = {}) {
    super(sentence || `refused (${status})`);
    Object.assign(this, { name: "Refused", status, sentence, code });
  }
}

/** Nothing came back, or nothing that was an answer, or a fault of the portal's own: asking again may do. */
export class Cut extends Error {
  constructor(status = 0, { code = "" } = {}) {
    super(`cut (${status})`);
    Object.assign(this, { name: "Cut", status, code });
  }
}

export async function ask(address, said, signal) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", headers: headers(), body: JSON.stringify(said ?? {}), signal: bounded(signal) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Cut();
  }
  const told = await answer.json().catch(() => null);
  if (answer.status >= 500 || answer.status === 429) throw new Cut(answer.status, told ?? {});
  if (!answer.ok) throw new Refused(answer.status, told ?? {});
  if (!told) throw new Cut(answer.status);
  return told;
}

function headers() {
  // Signing in changes the token: the present one, not the one this page was given.
  const token = document.cookie.match(/(?:^|;\s*)(?:__Host-)?csrftoken=(\w+)/)?.[1] ?? document.querySelector('meta[name="csrf-token"]')?.content;
  return { "Content-Type": "application/json", "X-CSRFToken": token ?? "" };
}

function bounded(signal) {
  const late = AbortSignal.timeout?.(PATIENCE);
  return signal && late && AbortSignal.any ? AbortSignal.any([signal, late]) : signal;
}
