// A worker: the SHA-256 of a file, read a block at a time.
import { sha256 } from "@noble/hashes/sha2.js";

self.onmessage = async ({ data: file }) => {
  try {
    const [hash, reader] = [sha256.create(), file.stream().getReader()];
    for (let read = 0, block; !(block = await reader.read()).done; self.postMessage({ read })) {
      hash.update(block.value);
      read += block.value.length;
    }
    self.postMessage({ digest: [...hash.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("") });
  } catch {
    self.postMessage({ failed: true });
  }
};
