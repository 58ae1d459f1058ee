// Uppy, which cuts a file in parts and makes the calls of S3, each signed by the portal. Loaded when a file is first sent.
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";

const STALLED = 30_000; // a line that is dead says nothing, and Uppy waits for it

/**
 * Send what has not arrived of a file. `multipart`: the parts' common name, given by the portal; null: one piece.
 * Ends when the storage has it all; what it is worth is for the portal to say.
 */
export function send({ file, name, key, multipart, part, sign, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const uppy = new Uppy({ autoProceed: false, logger: { debug() {}, warn() {}, error() {} } });
    let watch;
    const end = (settle) => {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      settle();
      queueMicrotask(() => uppy.destroy());
    };
    const stop = () => end(() => reject(new DOMException("Stopped", "AbortError")));
    const moving = () => {
      clearTimeout(watch);
      watch = setTimeout(() => end(() => reject(new Error("stalled"))), STALLED);
    };
    uppy.use(AwsS3, {
      limit: 1,
      shouldUseMultipart: Boolean(multipart),
      getChunkSize: () => part,
      generateObjectKey: () => key,
      signRequest: ({ method, partNumber }) => {
        moving();
        // Stopping here is a pause: it is the portal that is asked to give up, and takes away what came.
        if (method === "DELETE") throw new Error("not from here");
        return sign(method, partNumber);
      },
    });
    const id = uppy.addFile({ name, type: file.type, data: file });
    // As if resumed, even the first time: the portal has begun, and the parts that are there are asked for.
    if (multipart) uppy.setFileState(id, { s3Multipart: { uploadId: multipart, key } });
    uppy.on("upload-progress", (_file, { bytesUploaded }) => {
      moving();
      onProgress(bytesUploaded);
    });
    uppy.on("upload-success", () => end(resolve));
    uppy.on("upload-error", (_file, error) => end(() => reject(error)));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    moving();
    uppy.upload().catch((error) => end(() => reject(error)));
  });
}
