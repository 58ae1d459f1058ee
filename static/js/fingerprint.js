// <input type="file" data-fingerprint="field">: writes the SHA-256 of the chosen file into that field. Nothing is sent.
import { fresh } from "./dom.js";

export function startFingerprints(root) {
  if (!globalThis.crypto?.subtle) return;
  fresh(root, "input[data-fingerprint]").forEach((input) => {
    const field = document.getElementById(input.dataset.fingerprint);
    input.addEventListener("change", async () => {
      const [file] = input.files;
      field.value = file ? await fingerprint(file) : "";
    });
    input.closest("[hidden]")?.removeAttribute("hidden");
  });
}

async function fingerprint(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
