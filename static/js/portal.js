// What scripts add to pages that already work without them.
import { startAutosave } from "./autosave.js";
import { startCountdowns } from "./countdown.js";
import { startCounters } from "./counters.js";
import { startErrorSummary } from "./errors.js";
import { listenForFailures, startFailures } from "./failures.js";
import { startFills } from "./fill.js";
import { startFingerprints } from "./fingerprint.js";
import { startFormsets } from "./formset.js";
import { configureHtmx, htmx } from "./htmx.js";
import { startOffline } from "./offline.js";
import { startOnce } from "./once.js";
import { startPanes } from "./panes.js";
import { startScoring } from "./scoring.js";
import { startTimers } from "./timer.js";
import { startToken } from "./token.js";
import { startUploads } from "./upload.js";

const enhancements = [startCountdowns, startCounters, startFills, startFingerprints, startFormsets, startUploads, startAutosave, startErrorSummary, startFailures];
// The juror's. What is kept on the device is put back before the total is counted.
enhancements.push(startOffline, startScoring, startPanes, startTimers);

document.documentElement.classList.add("js");
configureHtmx();
listenForFailures();
startOnce();
startToken();
htmx.onLoad((root) => enhancements.forEach((start) => start(root)));
